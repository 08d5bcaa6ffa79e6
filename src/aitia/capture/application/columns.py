"""The canonical form of a column of a table, whichever library holds it.

A column is its name, its logical type, the positions of its missing values, and the values that are
there: fixed-width ones as their bytes, texts as their lengths and then their UTF-8 bytes.
Chunks, offsets, dictionary codes and validity bitmaps do not matter, so that pandas, polars and
Arrow holding the same values of the same types give the same digest. NaN is a value.
"""

from __future__ import annotations

import sys
from array import array as packed
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from aitia.capture.digests import ContentHasher, chunks
from aitia.errors import ValueNotRecordableError

_ARROW_NAMES = {"double": "float64", "float": "float32", "halffloat": "float16"}
_POLARS_NAMES = {
    "Boolean": "bool",
    "Date": "date32[day]",
    "Time": "time64[ns]",
    "Categorical": "category<string>",
    "Enum": "category<string>",
}
_MAX_BOXED = 200_000
"""Most values of a type without a fast path that are taken one by one."""


class ColumnHasher(ContentHasher):
    """A content hasher that knows the columns of Arrow, pandas and polars."""

    def head(self, name: object, kind: str, rows: int) -> None:
        """Begin a column."""
        self.part("column", str(name).encode("utf-8", "surrogatepass"))
        self.part("type", kind.encode())
        self.part("rows", b"%d" % rows)

    def missing(self, positions: Any) -> None:
        """Add the positions of missing values, a numpy array of integers."""
        self.fixed([positions.astype("<i8")])

    def fixed(self, arrays: Sequence[Any]) -> None:
        """Add fixed-width values held in one or more numpy arrays."""
        size = sum(int(item.nbytes) for item in arrays)
        self.stream("values", size, (chunk for item in arrays for chunk in chunks(item)))

    def texts(self, texts: Iterable[str | bytes]) -> None:
        """Add texts or byte strings, none missing."""
        encoded = [t.encode("utf-8", "surrogatepass") if isinstance(t, str) else t for t in texts]
        lengths = packed("q", map(len, encoded))
        if sys.byteorder == "big":
            lengths.byteswap()
        self.stream("lengths", 8 * len(lengths), [lengths])
        self.stream("bytes", sum(map(len, encoded)), encoded)


def arrow_type(kind: Any) -> str:
    """Return the logical name of an Arrow data type."""
    import pyarrow as pa

    types = pa.types
    if types.is_dictionary(kind):
        return f"category<{arrow_type(kind.value_type)}>"
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return f"list<{arrow_type(kind.value_type)}>"
    if types.is_struct(kind):
        fields = (
            f"{kind.field(i).name}: {arrow_type(kind.field(i).type)}"
            for i in range(kind.num_fields)
        )
        return f"struct<{', '.join(fields)}>"
    name = str(kind).removeprefix("large_").removesuffix("_view")
    return _ARROW_NAMES.get(name, name)


def arrow_column(hasher: ColumnHasher, name: object, column: Any) -> None:
    """Add an Arrow array or chunked array.

    Raises
    ------
    ValueNotRecordableError
        When its type has no canonical form, or the budget is spent.
    """
    hasher.head(name, arrow_type(column.type), len(column))
    _arrow_values(hasher, _chunked(column))


def _arrow_values(hasher: ColumnHasher, column: Any) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        _arrow_values(hasher, column.cast(column.type.value_type))
        return
    hasher.missing(pc.indices_nonzero(column.is_null()).to_numpy())
    present = column.drop_null() if column.null_count else column
    if pa.types.is_boolean(column.type):
        present = present.cast(pa.uint8())
    _arrow_present(hasher, present, present.type)


def _arrow_present(hasher: ColumnHasher, present: Any, kind: Any) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    types = pa.types
    if _is_text(types, kind):
        _arrow_texts(hasher, present, "string" in str(kind))
    elif types.is_primitive(kind) or types.is_decimal(kind) or types.is_fixed_size_binary(kind):
        hasher.fixed([_buffer(chunk, kind.bit_width // 8) for chunk in present.chunks])
    elif arrow_type(kind).startswith("list<"):
        hasher.fixed([pc.list_value_length(present).cast("int64").to_numpy()])
        _arrow_values(hasher, pc.list_flatten(present))
    elif types.is_struct(kind):
        for i in range(kind.num_fields):
            _arrow_values(hasher, pc.struct_field(present, [i]))
    elif not types.is_null(kind):
        raise ValueNotRecordableError(f"a column of Arrow type {kind}")


def _is_text(types: Any, kind: Any) -> bool:
    tests = ("is_string", "is_large_string", "is_binary", "is_large_binary")
    views = ("is_string_view", "is_binary_view")
    return any(getattr(types, test)(kind) for test in (*tests, *views) if hasattr(types, test))


def _arrow_texts(hasher: ColumnHasher, column: Any, is_text: bool) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    column = column.cast(pa.large_string() if is_text else pa.large_binary())
    hasher.stream(
        "lengths",
        8 * len(column),
        (chunks_of(pc.binary_length(chunk).cast("int64").to_numpy()) for chunk in column.chunks),
    )
    spans = [_text_span(chunk) for chunk in column.chunks if len(chunk)]
    hasher.stream("bytes", sum(stop - start for _, start, stop in spans), _slices(spans))


def chunks_of(array: Any) -> Any:
    """Return the bytes of a one-dimensional array of fixed width, without copying."""
    return array.view("u1").data if array.flags.c_contiguous else array.tobytes()


def _text_span(chunk: Any) -> tuple[Any, int, int]:
    _, offsets, data = chunk.buffers()
    bounds = memoryview(offsets).cast("B").cast("q")
    return data, bounds[chunk.offset], bounds[chunk.offset + len(chunk)]


def _slices(spans: Iterable[tuple[Any, int, int]]) -> Iterator[memoryview]:
    for data, start, stop in spans:
        if stop > start:
            yield memoryview(data).cast("B")[start:stop]


def _buffer(chunk: Any, width: int) -> Any:
    numpy = sys.modules["numpy"]
    data = chunk.buffers()[1]
    whole = numpy.frombuffer(data, dtype="u1") if data is not None else numpy.empty(0, "u1")
    return whole[chunk.offset * width : (chunk.offset + len(chunk)) * width]


def pandas_type(series: Any) -> str:
    """Return the logical name of the type of a pandas Series."""
    dtype = series.dtype
    name = str(dtype)
    if name == "category":
        return f"category<{pandas_type(series.cat.categories.to_series())}>"
    if hasattr(dtype, "pyarrow_dtype"):
        return arrow_type(dtype.pyarrow_dtype)
    if getattr(dtype, "tz", None) is not None:
        return f"timestamp[{dtype.unit}, tz={dtype.tz}]"
    if name.startswith(("datetime64[", "timedelta64[")):
        unit = name.partition("[")[2]
        return ("timestamp[" if name.startswith("d") else "duration[") + unit
    if name == "object":
        kind = str(sys.modules["pandas"].api.types.infer_dtype(series, skipna=True))
        return kind if kind == "string" else f"object<{kind}>"
    if name in ("str", "string") or name.startswith("string["):
        return "string"
    return "bool" if name == "boolean" else name.lower()


def pandas_column(hasher: ColumnHasher, name: object, series: Any) -> None:
    """Add a pandas Series, without its index.

    Raises
    ------
    ValueNotRecordableError
        When its type has no canonical form, or the budget is spent.
    """
    hasher.head(name, pandas_type(series), len(series))
    _pandas_values(hasher, series)


def _pandas_values(hasher: ColumnHasher, series: Any) -> None:
    numpy = sys.modules["numpy"]
    dtype = series.dtype
    if str(dtype) == "category":
        _pandas_values(hasher, series.astype(series.cat.categories.dtype))
    elif _holds_arrow(series):
        _arrow_values(hasher, _chunked(series.array.__arrow_array__()))
    elif isinstance(dtype, numpy.dtype) and dtype.kind in "biufc":
        hasher.missing(numpy.empty(0, "i8"))
        hasher.fixed([series.to_numpy()])
    else:
        gaps = series.isna().to_numpy()
        hasher.missing(numpy.flatnonzero(gaps))
        _pandas_present(hasher, series[~gaps] if gaps.any() else series)


def _pandas_present(hasher: ColumnHasher, present: Any) -> None:
    kind = pandas_type(present)
    if kind == "string":
        hasher.texts(present.tolist())
    elif kind.startswith(("timestamp[", "duration[")):
        hasher.fixed([present.astype("int64").to_numpy()])
    elif kind.startswith(("int", "uint", "float", "bool")):
        hasher.fixed([present.to_numpy(dtype=kind)])
    elif len(present) > _MAX_BOXED:
        raise ValueNotRecordableError(f"a long column of pandas type {present.dtype}")
    else:
        hasher.value(present.tolist())


def _holds_arrow(series: Any) -> bool:
    is_arrow = hasattr(series.dtype, "pyarrow_dtype") or (
        getattr(series.dtype, "storage", None) == "pyarrow"
    )
    return is_arrow and "pyarrow" in sys.modules


def _chunked(column: Any) -> Any:
    import pyarrow as pa

    return pa.chunked_array([column]) if isinstance(column, pa.Array) else column


def polars_type(dtype: Any) -> str:
    """Return the logical name of a polars data type."""
    name = str(dtype.base_type())
    if name == "Datetime":
        zone = f", tz={dtype.time_zone}" if dtype.time_zone else ""
        return f"timestamp[{dtype.time_unit}{zone}]"
    if name == "Duration":
        return f"duration[{dtype.time_unit}]"
    if name in ("List", "Array"):
        return f"list<{polars_type(dtype.inner)}>"
    if name == "Struct":
        fields = (f"{field.name}: {polars_type(field.dtype)}" for field in dtype.fields)
        return f"struct<{', '.join(fields)}>"
    if name == "Decimal":
        return f"decimal128({dtype.precision}, {dtype.scale})"
    return _POLARS_NAMES.get(name, name.lower())


def polars_column(hasher: ColumnHasher, series: Any) -> None:
    """Add a polars Series.

    Raises
    ------
    ValueNotRecordableError
        When its type has no canonical form, or the budget is spent.
    """
    kind = polars_type(series.dtype)
    hasher.head(series.name, kind, len(series))
    if kind.startswith(("list<", "struct<", "decimal")):
        if "pyarrow" not in sys.modules:
            raise ValueNotRecordableError(f"a nested column of polars type {series.dtype}")
        _arrow_values(hasher, _chunked(series.to_arrow()))
        return
    hasher.missing(series.is_null().arg_true().to_numpy())
    _polars_present(hasher, series.drop_nulls(), kind)


def _polars_present(hasher: ColumnHasher, present: Any, kind: str) -> None:
    if kind == "category<string>":
        hasher.texts(present.cast(str).to_list())
    elif kind in ("string", "binary"):
        hasher.texts(present.to_list())
    elif kind == "bool":
        hasher.fixed([present.to_numpy().view("u1")])
    elif kind == "object":
        raise ValueNotRecordableError("a polars column of Python objects")
    elif kind != "null":
        hasher.fixed([present.to_physical().to_numpy()])
