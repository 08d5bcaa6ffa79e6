from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import polars
import pyarrow.parquet
import pytest

from aitia.errors import NotFoundError, ProjectionError
from aitia.projection.table import Column, FeatureTable, kind_of
from aitia.vocabulary.iris import digest_of


@pytest.fixture
def table() -> FeatureTable:
    columns = (
        Column("rate", (0.1, 0.01, None), "continuous", "aitia:learningRate", "model", tier=0),
        Column("layers", (2, 3, 2), "ordinal", "aitia:layerCount", "model", "C62", 0, ("units",)),
        Column("kind", ("a", "b, c", None), "nominal", tier=1),
        Column("loss", (math.nan, math.inf, -1.5), "continuous", tier=1),
    )
    return FeatureTable(("u1", "u2", "u3"), columns, ("used", "made"), "training-runs")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ((1, 2, 3), "ordinal"),
        (tuple(range(11)), "continuous"),
        ((1.0, 2.0), "continuous"),
        (("a", 1), "nominal"),
        ((1, 1, None), "constant"),
        ((math.nan, math.nan), "constant"),
        ((math.nan, 1.0), "continuous"),
        ((), "constant"),
    ],
)
def test_the_kind_follows_from_the_values(values: tuple[Any, ...], kind: str) -> None:
    assert kind_of(values) == kind


def test_csv_keeps_gaps_and_what_is_not_finite_apart(table: FeatureTable) -> None:
    assert table.csv.decode() == (
        'unit,rate,layers,kind,loss\nu1,0.1,2,a,NaN\nu2,0.01,3,"b, c",INF\nu3,,2,,-1.5\n'
    )


def test_the_digest_is_that_of_the_written_file(table: FeatureTable, tmp_path: Path) -> None:
    table.to_csv(tmp_path / "t.csv")
    assert hashlib.sha256((tmp_path / "t.csv").read_bytes()).hexdigest() == table.digest
    assert digest_of(table.iri) == table.digest


def test_the_digest_follows_the_values(table: FeatureTable) -> None:
    assert table.select(["rate"]).digest != table.digest
    assert FeatureTable(table.units, table.columns).digest == table.digest


def test_arrow_carries_the_schema(table: FeatureTable) -> None:
    arrow = table.to_arrow()
    assert arrow.column("rate").to_pylist() == [0.1, 0.01, None]
    assert arrow.schema.field("layers").metadata[b"aitia:derivedFrom"] == b"units"
    assert arrow.schema.field("layers").metadata[b"aitia:unit"] == b"C62"
    assert arrow.schema.metadata[b"aitia:sha256"] == table.digest.encode()


def test_parquet_reads_back(table: FeatureTable, tmp_path: Path) -> None:
    table.to_parquet(tmp_path / "t.parquet")
    back = pyarrow.parquet.read_table(tmp_path / "t.parquet")
    assert back.column("kind").to_pylist() == ["a", "b, c", None]
    assert back.schema.field("rate").metadata[b"aitia:term"] == b"aitia:learningRate"


def test_data_frames_take_it_by_the_capsule_protocol(table: FeatureTable) -> None:
    assert polars.DataFrame(table)["layers"].to_list() == [2, 3, 2]
    assert pandas.DataFrame.from_arrow(table)["layers"].tolist() == [2, 3, 2]


def test_a_table_takes_a_data_frame() -> None:
    frame = pandas.DataFrame({"x": np.array([1.5, 2.5]), "k": ["a", None], "b": [True, False]})
    table = FeatureTable.of(frame, tiers={"x": 1})
    assert table["x"].values == (1.5, 2.5)
    assert table["x"].tier == 1
    assert table["k"].values == ("a", None)
    assert table["b"].values == ("true", "false")
    assert table["b"].kind == "nominal"


def test_numbers_can_be_declared_names() -> None:
    assert FeatureTable.of({"k": [0, 1, 2]}, nominal=["k"])["k"].kind == "nominal"


def test_missing_and_schema(table: FeatureTable) -> None:
    assert table["rate"].missing == pytest.approx(1 / 3)
    assert table["layers"].derived
    assert table.schema()[0] == {
        "name": "rate", "kind": "continuous", "term": "aitia:learningRate", "module": "model",
        "unit": None, "tier": 0, "derivedFrom": [], "missing": 0.333333,
    }  # fmt: skip


def test_an_unknown_column_is_refused_with_the_nearest(table: FeatureTable) -> None:
    with pytest.raises(NotFoundError, match=r"no column 'layer'.*layers"):
        table["layer"]


def test_columns_of_another_length_are_refused() -> None:
    with pytest.raises(ProjectionError, match=r"2 values.*3, one per unit"):
        FeatureTable(("a", "b", "c"), (Column("x", (1, 2), "ordinal"),))


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(ProjectionError, match="two columns are named 'x'"):
        FeatureTable(("a",), (Column("x", (1,), "constant"), Column("x", (2,), "constant")))


def test_units_can_be_taken_in_any_order(table: FeatureTable) -> None:
    taken = table.take([1, 0])
    assert taken.units == (table.units[1], table.units[0])
    assert list(taken.rows()) == list(reversed(list(table.rows())[:2]))
    assert taken.names == table.names
    assert len(table.take([])) == 0
