"""A table of answers: columns, rows of Python values, and the formats that others take.

>>> table = Table(("name", "accuracy"), [("net-1", 0.93), ("net-2", None)])
>>> table[0].accuracy, len(table)
(0.93, 2)
>>> print(table.to_csv(), end="")
name,accuracy
net-1,0.93
net-2,

``pandas.DataFrame(table)``, ``pandas.DataFrame.from_arrow(table)``, ``polars.DataFrame(table)`` and
``pyarrow.table(table)`` take it as it is; the last three without a copy (Arrow PyCapsule protocol).
"""

from __future__ import annotations

import io
import json
import math
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from html import escape
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import nanoarrow

_NAMED: Any = namedtuple

SHOWN = 100
"""Most rows that a notebook shows."""


class Table:
    """Answers to a question.

    Parameters
    ----------
    columns:
        Names of the columns.
    rows:
        Rows of str, int, float, bool, datetime, date, JSON data or None.
    descriptions:
        What the columns mean, by name.
    title:
        What the table is of.
    """

    def __init__(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        descriptions: Mapping[str, str] | None = None,
        title: str = "",
    ) -> None:
        self.columns = tuple(columns)
        self.descriptions = dict(descriptions or {})
        self.title = title
        # Named rows are what makes pandas.DataFrame(table) know the columns.
        row = _NAMED("Row", self.columns, rename=True)
        self.rows: list[Any] = [row(*values) for values in rows]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> Any:
        return self.rows[index]

    def __repr__(self) -> str:
        return f"<Table {' '.join(self.columns)}: {len(self)} rows>"

    def column(self, name: str) -> list[Any]:
        """Return the values of one column.

        Raises
        ------
        NotFoundError
            When there is no such column.
        """
        if name not in self.columns:
            from aitia.errors import NotFoundError

            raise NotFoundError(f"no column {name!r}", expected=f"one of {', '.join(self.columns)}")
        place = self.columns.index(name)
        return [row[place] for row in self.rows]

    def to_csv(self) -> str:
        """Return CSV (RFC 4180, with line feeds): a header line, then the rows."""
        return "".join(csv_lines(self.columns, self.rows))

    def to_tsv(self) -> str:
        """Return tab-separated lines; tabs, line breaks and backslashes in values are escaped."""
        return "".join(tsv_lines(self.columns, self.rows))

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return a JSON array of objects; NaN and infinities become the words of XSD."""
        return "".join(json_lines(self.columns, self.rows, indent=indent))

    def to_arrow_ipc(self) -> bytes:
        """Return an Arrow IPC stream."""
        from nanoarrow.ipc import StreamWriter

        out = io.BytesIO()
        with StreamWriter.from_writable(out) as writer:
            writer.write_stream(self)
        return out.getvalue()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the table as an Arrow stream (the Arrow PyCapsule protocol)."""
        import nanoarrow as na

        array = na.Array(self._arrow())
        return na.c_array_stream(array).__arrow_c_stream__(requested_schema)

    def _arrow(self) -> nanoarrow.c_array.CArray:
        import nanoarrow as na

        columns = [[row[i] for row in self.rows] for i in range(len(self.columns))]
        types = [_arrow_type(column) for column in columns]
        children = [_arrow_column(*pair) for pair in zip(columns, types, strict=True)]
        schema = na.struct(dict(zip(self.columns, types, strict=True)))
        return na.c_array_from_buffers(schema, len(self.rows), [None], children=children)

    def _repr_html_(self) -> str:
        """Return what a notebook shows: at most ``SHOWN`` rows."""
        head = "".join(
            f'<th title="{escape(self.descriptions.get(name, ""))}">{escape(name)}</th>'
            for name in self.columns
        )
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(text(value))}</td>' for value in row)}</tr>"
            for row in self.rows[:SHOWN]
        )
        more = len(self) - SHOWN
        caption = f"<caption>{escape(self.title)}</caption>" if self.title else ""
        rest = f"<p>… and {more} more rows</p>" if more > 0 else ""
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


class Answers(NamedTuple):
    """Answers whose rows come as they are found, and only once."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]
    descriptions: Mapping[str, str] = {}
    title: str = ""

    def table(self) -> Table:
        """Return all of them as a table."""
        return Table(self.columns, self.rows, descriptions=self.descriptions, title=self.title)


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield what ``Table.to_csv`` returns, a row at a time."""
    import csv

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for line in chain([columns], ([text(value) for value in row] for row in rows)):
        writer.writerow(line)
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def tsv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield what ``Table.to_tsv`` returns, a row at a time."""
    for line in chain([columns], ([text(value) for value in row] for row in rows)):
        yield "\t".join(item.translate(_TSV) for item in line) + "\n"


def json_lines(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], *, indent: int | None = 2
) -> Iterator[str]:
    """Yield what ``Table.to_json`` returns, a row at a time."""
    inner = "" if indent is None else "\n" + " " * indent
    first = True
    for row in rows:
        data = dict(zip(columns, map(_json, row), strict=True))
        item = json.dumps(data, indent=indent, ensure_ascii=False).replace("\n", inner)
        yield ("[" if first else "," if inner else ", ") + inner + item
        first = False
    yield "[]\n" if first else ("\n]\n" if inner else "]\n")


LINES: dict[str, Callable[[Sequence[str], Iterable[Sequence[Any]]], Iterator[str]]] = {
    "csv": csv_lines,
    "tsv": tsv_lines,
    "json": json_lines,
}
"""Formats that can be written while rows still come."""


def text(value: object) -> str:
    """Return a value as text: ISO 8601 times, the words of XSD for NaN, infinities and booleans."""
    if value is None:
        return ""
    plain = _json(value)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _json(value: Any) -> Any:
    """Return a value as JSON data."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else "INF" if value > 0 else "-INF"
    if isinstance(value, dict):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


_TSV = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _arrow_type(values: list[Any]) -> nanoarrow.Schema:
    """Return the narrowest Arrow type that holds all values of a column."""
    import nanoarrow as na

    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return na.bool_()
    if kinds and kinds <= {int, float}:
        whole = [v for v in values if type(v) is int]
        if all(-(2**63) <= v < 2**63 for v in whole):
            return na.int64() if kinds == {int} else na.float64()
    if kinds == {datetime} and all(v is None or v.tzinfo is not None for v in values):
        return na.timestamp("us", timezone="UTC")
    return na.string()


def _arrow_column(values: list[Any], type: nanoarrow.Schema) -> nanoarrow.c_array.CArray:
    import nanoarrow as na

    convert = _CELLS.get(type.type.name, lambda value: value)
    return na.c_array([None if value is None else convert(value) for value in values], type)


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


_CELLS: dict[str, Callable[[Any], Any]] = {
    "DOUBLE": float,
    "STRING": text,
    "TIMESTAMP": _microseconds,
}
