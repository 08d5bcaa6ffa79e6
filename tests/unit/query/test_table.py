from __future__ import annotations

import csv
import io
import json
import math
from datetime import UTC, date, datetime

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from aitia.errors import NotFoundError
from aitia.query.table import SHOWN, Table

MOMENT = datetime(2026, 5, 1, 10, 0, 0, 250000, tzinfo=UTC)
TABLE = Table(
    ("name", "count", "value", "ok", "time", "data", "mixed", "day", "none"),
    [
        ("a,\"b\"\n", 1, 0.5, True, MOMENT, [1, 2], 1, date(2026, 5, 1), None),
        (None, 2**40, math.nan, None, None, {"x": math.inf}, "x", None, None),
    ],
)  # fmt: skip


def test_rows_are_read_by_place_and_by_name() -> None:
    assert len(TABLE) == 2
    assert TABLE[0].count == TABLE[0][1] == 1
    assert TABLE.column("name") == ['a,"b"\n', None]
    assert [row.ok for row in TABLE] == [True, None]
    with pytest.raises(NotFoundError, match="no column 'nome'"):
        TABLE.column("nome")


def test_csv_reads_back() -> None:
    head, first, second = csv.reader(io.StringIO(TABLE.to_csv()))
    assert head == list(TABLE.columns)
    assert first[:6] == [
        'a,"b"\n',
        "1",
        "0.5",
        "true",
        "2026-05-01T10:00:00.250000+00:00",
        "[1, 2]",
    ]
    assert second == ["", str(2**40), "NaN", "", "", '{"x": "INF"}', "x", "", ""]


def test_tsv_has_one_line_a_row() -> None:
    lines = Table(("a", "b"), [("x\ty", "1\n2\\")]).to_tsv()
    assert lines == "a\tb\nx\\ty\t1\\n2\\\\\n"


def test_json_is_strict() -> None:
    def refuse(name: str) -> float:
        raise AssertionError(name)

    first, second = json.loads(TABLE.to_json(), parse_constant=refuse)
    assert first["name"] == 'a,"b"\n'
    assert (second["value"], second["data"]) == ("NaN", {"x": "INF"})
    assert list(first) == list(TABLE.columns)


def test_arrow_keeps_types_and_nulls() -> None:
    found = pa.table(TABLE)
    assert [str(field.type) for field in found.schema] == [
        *("string", "int64", "double", "bool", "timestamp[us, tz=UTC]"),
        *("string", "string", "string", "string"),
    ]
    assert found.column("count").to_pylist() == [1, 2**40]
    assert found.column("time").to_pylist() == [MOMENT, None]
    assert found.column("ok").to_pylist() == [True, None]
    assert math.isnan(found.column("value").to_pylist()[1])
    assert found.column("data").to_pylist() == ["[1, 2]", '{"x": "INF"}']
    assert found.column("none").null_count == 2


def test_ipc_reads_back() -> None:
    with pa.ipc.open_stream(TABLE.to_arrow_ipc()) as stream:
        found = stream.read_all()
    assert found.schema == pa.table(TABLE).schema
    # NaN is no equal of itself.
    assert found.drop(["value"]).equals(pa.table(TABLE).drop(["value"]))


def test_pandas_takes_a_table() -> None:
    frame = pd.DataFrame(TABLE)
    assert list(frame.columns) == list(TABLE.columns)
    assert frame["count"].tolist() == [1, 2**40]


def test_polars_takes_a_table() -> None:
    frame = pl.DataFrame(TABLE)
    assert frame.columns == list(TABLE.columns)
    assert frame["time"].dtype == pl.Datetime("us", "UTC")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 0.5, None], "double"),
        ([2**70, 1], "string"),
        ([10**400, 0.5], "string"),
        ([True, 1], "string"),
        ([datetime(2026, 1, 1), None], "string"),
        ([None], "string"),
        ([], "string"),
    ],
)  # fmt: skip
def test_a_column_gets_the_narrowest_type(values: list[object], kind: str) -> None:
    found = pa.table(Table(("a",), [(value,) for value in values]))
    assert str(found.schema.field("a").type) == kind
    assert found.num_rows == len(values)


def test_no_rows_keep_their_columns() -> None:
    empty = Table(("a", "b"), [])
    assert pa.table(empty).column_names == ["a", "b"]
    assert pl.DataFrame(empty).shape == (0, 2)
    assert empty.to_csv() == "a,b\n"
    assert json.loads(empty.to_json()) == []


def test_any_variable_name_can_be_a_column() -> None:
    table = Table(("class", "1", "größe"), [("x", 1, 2)])
    assert table.column("class") == ["x"]
    assert pa.table(table).column_names == ["class", "1", "größe"]


def test_a_notebook_shows_text_not_markup() -> None:
    table = Table(("<a>",), [("<script>",)] * (SHOWN + 3), descriptions={"<a>": '"x"'}, title="<t>")
    html = table._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "&lt;t&gt;" in html
    assert "3 more rows" in html
    assert html.count("<tr>") == SHOWN + 1
