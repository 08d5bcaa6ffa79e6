import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from aitia.capture.application import tables
from aitia.capture.describe import describe, stamp_of
from aitia.records.values import Json


@pytest.fixture(autouse=True)
def _registered() -> None:
    tables.register()


@pytest.fixture
def arrow() -> pa.Table:
    return pa.table({"n": [1, 2, 3], "x": [0.5, 1.5, 2.5], "s": ["a", None, "c"]})


def test_a_table_is_a_dataset_with_its_columns(arrow: pa.Table) -> None:
    found = describe(arrow.to_pandas())
    assert found.type == "aitia:Dataset"
    assert found.label == "table 3×3"
    assert found.attributes == {
        "aitia:arrayShape": Json([3, 3]),
        "aitia:columnSchema": Json(
            [
                {"name": "n", "type": "int64"},
                {"name": "x", "type": "float64"},
                {"name": "s", "type": "string"},
            ]
        ),
    }


def test_three_libraries_holding_the_same_table_give_the_same_description(arrow: pa.Table) -> None:
    frames = [arrow, arrow.to_pandas(), pl.from_arrow(arrow), arrow.to_batches()[0]]
    found = [describe(frame)._replace(stamp=None) for frame in frames]
    assert found[0].digest is not None
    assert all(description == found[0] for description in found)


def test_an_index_that_only_counts_is_not_content() -> None:
    frame = pd.DataFrame({"a": [1, 2]})
    counted = pd.DataFrame({"a": [1, 2]}, index=pd.Index([0, 1]))
    named = pd.DataFrame({"a": [1, 2]}, index=pd.Index([5, 6], name="id"))
    assert describe(frame).digest == describe(counted).digest
    assert describe(frame).digest != describe(named).digest
    assert describe(named).attributes["aitia:columnSchema"] == Json(
        [{"name": "id", "type": "int64", "index": True}, {"name": "a", "type": "int64"}]
    )
    again = pd.DataFrame({"a": [1, 2]}, index=pd.Index([5, 6], name="id"))
    assert describe(named).digest == describe(again).digest


def test_a_series_is_a_table_of_one_column() -> None:
    found = describe(pd.Series([1, 2], name="a"))
    assert found.label == "table 2×1"
    assert found.digest == describe(pl.Series("a", [1, 2])).digest


def test_names_order_and_values_matter(arrow: pa.Table) -> None:
    others = [
        arrow.rename_columns(["m", "x", "s"]),
        arrow.select(["x", "n", "s"]),
        arrow.slice(0, 2),
        arrow.set_column(0, "n", pa.array([1, 2, 4])),
        arrow.set_column(0, "n", pa.array([1, 2, 3], pa.int32())),
    ]
    assert len({describe(table).digest for table in [arrow, *others]}) == 6


def test_duplicate_and_unusual_column_names_are_described() -> None:
    frame = pd.DataFrame([[1, 2, 3]], columns=["a", "a", 7])
    found = describe(frame)
    assert found.digest is not None
    assert found.attributes["aitia:columnSchema"] == Json(
        [{"name": name, "type": "int64"} for name in ("a", "a", "7")]
    )


def test_a_large_table_has_no_digest(arrow: pa.Table) -> None:
    assert tables.describe_table(arrow, tables.arrow_columns, cap=10).digest is None


def test_the_stamp_of_a_pandas_table_changes_with_it() -> None:
    frame = pd.DataFrame({"a": [1, 2], "s": ["x", "y"], "c": pd.Categorical(["u", "v"])})
    stamps = [stamp_of(frame)]
    frame.loc[0, "a"] = 5
    stamps.append(stamp_of(frame))
    frame["c"] = pd.Categorical(["v", "v"])
    stamps.append(stamp_of(frame))
    assert len(set(stamps)) == 3
    assert stamp_of(frame) == stamps[-1]


def test_the_stamp_of_a_polars_table_changes_with_it() -> None:
    frame = pl.DataFrame({"a": [1, 2]})
    before = stamp_of(frame)
    frame[0, "a"] = 7
    assert stamp_of(frame) != before
    assert stamp_of(pl.Series([1])) == stamp_of(pl.Series([1]))
