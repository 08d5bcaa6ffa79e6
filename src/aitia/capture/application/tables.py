"""What tables are: pandas, polars and Arrow tables as data sets, with their columns and digest.

The digest is of the content alone (``columns``): a table read by pandas, polars or pyarrow from the
same file is the same node, as far as the libraries read the same types. An index that only counts
the rows is not part of the content; any other index is, as further columns.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterator
from functools import partial
from typing import Any, NamedTuple, cast

from aitia.capture import describe
from aitia.capture.application import columns
from aitia.capture.application.arrays import stamp_array
from aitia.capture.application.columns import ColumnHasher
from aitia.capture.describe import Description
from aitia.capture.digests import CAP
from aitia.errors import ValueNotRecordableError
from aitia.records.values import Json, Value

_MAX_COLUMNS = 1000
"""Most columns listed in a column schema."""

_STAMP_COLUMNS = 64
_STAMP_ROWS = 1024


class Column(NamedTuple):
    """One column: its name, its logical type, and how to add it to a hasher."""

    name: str
    kind: str
    add: Callable[[ColumnHasher], None]
    is_index: bool = False


def describe_table(
    obj: object, read: Callable[[Any], Iterator[Column]], cap: int = CAP
) -> Description:
    """Describe a table by the columns that ``read`` finds in it."""
    table = cast("Any", obj)
    found = list(read(table))
    shape = [len(table), sum(not column.is_index for column in found)]
    schema = [_schema_of(column) for column in found[:_MAX_COLUMNS]]
    attributes: dict[str, Value | list[Value]] = {
        "aitia:arrayShape": Json(shape),
        "aitia:columnSchema": Json(schema),
    }
    label = f"table {shape[0]}×{shape[1]}"
    return Description(
        "aitia:Dataset", label, _digest(shape, found, cap), attributes, _stamp(table)
    )


def _schema_of(column: Column) -> dict[str, object]:
    schema: dict[str, object] = {"name": column.name, "type": column.kind}
    if column.is_index:
        schema["index"] = True
    return schema


def _digest(shape: list[int], found: list[Column], cap: int) -> str | None:
    hasher = ColumnHasher(cap)
    try:
        hasher.part("table", repr(shape).encode())
        for column in found:
            hasher.part("index" if column.is_index else "data")
            column.add(hasher)
    except ValueNotRecordableError:
        return None
    return hasher.hexdigest()


def pandas_columns(frame: Any) -> Iterator[Column]:
    """Yield the columns of a pandas DataFrame or Series, the levels of its index first."""
    index = frame.index
    if not index.equals(sys.modules["pandas"].RangeIndex(len(frame))):
        for i, level in enumerate(_levels(index)):
            name = str(index.names[i] if index.names[i] is not None else f"index {i}")
            add = partial(columns.pandas_column, name=name, series=level)
            yield Column(name, columns.pandas_type(level), add, is_index=True)
    if not hasattr(frame, "columns"):
        name = str(frame.name)
        yield Column(name, columns.pandas_type(frame), _adder(columns.pandas_column, name, frame))
        return
    for i, label in enumerate(frame.columns):
        series, name = frame.iloc[:, i], str(label)
        yield Column(name, columns.pandas_type(series), _adder(columns.pandas_column, name, series))


def _levels(index: Any) -> Iterator[Any]:
    for i in range(index.nlevels):
        yield index.get_level_values(i).to_series()


def _adder(
    add: Callable[[ColumnHasher, object, Any], None], name: str, series: Any
) -> Callable[[ColumnHasher], None]:
    return lambda hasher: add(hasher, name, series)


def polars_columns(frame: Any) -> Iterator[Column]:
    """Yield the columns of a polars DataFrame or Series."""
    for series in frame.get_columns() if hasattr(frame, "get_columns") else [frame]:
        add = partial(columns.polars_column, series=series)
        yield Column(series.name, columns.polars_type(series.dtype), add)


def arrow_columns(table: Any) -> Iterator[Column]:
    """Yield the columns of a pyarrow Table or RecordBatch."""
    for name, column in zip(table.schema.names, table.columns, strict=True):
        add = _adder(columns.arrow_column, name, column)
        yield Column(name, columns.arrow_type(column.type), add)


def _stamp(table: Any) -> Hashable:
    library = type(table).__module__.partition(".")[0]
    maker = {"pandas": stamp_pandas, "polars": stamp_polars}.get(library)
    return None if maker is None else maker(table)


def stamp_pandas(obj: object) -> Hashable:
    """Return a checksum over a sample of a pandas table, at most 64 columns of 1,024 rows."""
    table = cast("Any", obj)
    step = max(1, len(table) // _STAMP_ROWS)
    if not hasattr(table, "columns"):
        return (len(table), str(table.dtype), _stamp_values(table.iloc[::step]))
    width = len(table.columns)
    picked = range(0, width, max(1, width // _STAMP_COLUMNS))
    values = tuple(_stamp_values(table.iloc[::step, i]) for i in picked)
    return (table.shape, tuple(map(str, table.columns)), values)


def _stamp_values(series: Any) -> Hashable:
    values = series.array
    if hasattr(values, "to_numpy") and str(series.dtype) != "category":
        return stamp_array(values.to_numpy())
    return stamp_array(sys.modules["numpy"].asarray(series.cat.codes))


def stamp_polars(obj: object) -> Hashable:
    """Return a checksum over a sample of at most about 1,024 rows of a polars table."""
    table = cast("Any", obj)
    frame = table if hasattr(table, "hash_rows") else table.to_frame()
    kinds = tuple(map(str, frame.dtypes))
    if any(kind.startswith(("Object", "List", "Array", "Struct")) for kind in kinds):
        return (frame.shape, tuple(frame.columns), kinds)
    sample = frame.gather_every(max(1, len(frame) // _STAMP_ROWS))
    return (frame.shape, tuple(frame.columns), kinds, tuple(sample.hash_rows().to_list()))


def register(cap: int = CAP) -> None:
    """Register the describers of tables; ``cap`` is the most bytes hashed for one of them."""
    for name in ("DataFrame", "Series"):
        describer = partial(describe_table, read=pandas_columns, cap=cap)
        module = "frame" if name == "DataFrame" else "series"
        # pandas 3 says that its classes are defined in the package itself.
        for where in ("pandas", f"pandas.core.{module}"):
            describe.register(f"{where}.{name}", describer, stamp=stamp_pandas)
    for name in ("polars.dataframe.frame.DataFrame", "polars.series.series.Series"):
        describer = partial(describe_table, read=polars_columns, cap=cap)
        describe.register(name, describer, stamp=stamp_polars)
    for name in ("pyarrow.lib.Table", "pyarrow.lib.RecordBatch"):
        describe.register(name, partial(describe_table, read=arrow_columns, cap=cap))
