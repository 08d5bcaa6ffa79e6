import datetime as dt

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from aitia.capture.application.columns import (
    ColumnHasher,
    arrow_column,
    arrow_type,
    pandas_column,
    pandas_type,
    polars_column,
    polars_type,
)
from aitia.errors import ValueNotRecordableError

VALUES = {
    "int64": pa.array([1, None, 3]),
    "uint8": pa.array([1, None, 3], pa.uint8()),
    "float32": pa.array([1.5, float("nan")], pa.float32()),
    "float64": pa.array([1.5, float("nan"), -0.0]),
    "bool": pa.array([True, None, False]),
    "string": pa.array(["x", "", None, "é"]),
    "binary": pa.array([b"x", b"", None]),
    "date32[day]": pa.array([dt.date(2020, 1, 1), None]),
    "timestamp[us]": pa.array([dt.datetime(2020, 1, 1), None], pa.timestamp("us")),
    "timestamp[ns, tz=UTC]": pa.array([1, None], pa.timestamp("ns", "UTC")),
    "duration[ms]": pa.array([5, None], pa.duration("ms")),
    "time64[ns]": pa.array([5, None], pa.time64("ns")),
    "category<string>": pa.array(["a", "b", "a", None]).dictionary_encode(),
    "list<int64>": pa.array([[1, 2], None, [], [3, None]]),
    "struct<x: int64, y: string>": pa.array([{"x": 1, "y": "a"}, None]),
}


def arrow_digest(column: pa.Array | pa.ChunkedArray) -> str:
    hasher = ColumnHasher()
    arrow_column(hasher, "c", column)
    return hasher.hexdigest()


def pandas_digest(series: pd.Series) -> str:
    hasher = ColumnHasher()
    pandas_column(hasher, "c", series)
    return hasher.hexdigest()


def polars_digest(series: pl.Series) -> str:
    hasher = ColumnHasher()
    polars_column(hasher, series.alias("c"))
    return hasher.hexdigest()


@pytest.mark.parametrize("kind", VALUES)
def test_polars_and_arrow_agree(kind: str) -> None:
    column = VALUES[kind]
    series = pl.Series("c", pl.from_arrow(column))
    assert arrow_type(column.type) == kind
    assert polars_type(series.dtype) == kind
    assert polars_digest(series) == arrow_digest(column)


@pytest.mark.parametrize("kind", VALUES)
def test_pandas_with_arrow_types_and_arrow_agree(kind: str) -> None:
    column = VALUES[kind]
    series = pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([column])))
    assert pandas_type(series) == kind
    assert pandas_digest(series) == arrow_digest(column)


@pytest.mark.parametrize(
    ("series", "column"),
    [
        (pd.Series([1, 2]), pa.array([1, 2])),
        (pd.Series([1.0, float("nan")]), pa.array([1.0, float("nan")])),
        (pd.Series([1, None], dtype="Int32"), pa.array([1, None], pa.int32())),
        (pd.Series([True, None], dtype="boolean"), pa.array([True, None])),
        (pd.Series(["a", None], dtype=object), pa.array(["a", None])),
        (pd.Series(["a", None], dtype="string[python]"), pa.array(["a", None])),
        (pd.Series(["a", "b"], dtype="category"), pa.array(["a", "b"]).dictionary_encode()),
        (
            pd.Series(pd.to_datetime(["2020-01-01", None])).astype("datetime64[us]"),
            pa.array([dt.datetime(2020, 1, 1), None], pa.timestamp("us")),
        ),
    ],
)
def test_pandas_with_its_own_types_and_arrow_agree(series: pd.Series, column: pa.Array) -> None:
    assert pandas_type(series) == arrow_type(column.type)
    assert pandas_digest(series) == arrow_digest(column)


@pytest.mark.parametrize("kind", VALUES)
def test_chunks_and_offsets_do_not_matter(kind: str) -> None:
    column = VALUES[kind]
    padded = pa.concat_arrays([column, column]).slice(1, len(column) - 1)
    parts = pa.chunked_array([column.slice(1, 1), column.slice(2)])
    assert arrow_digest(padded) == arrow_digest(column.slice(1)) == arrow_digest(parts)


def test_texts_are_told_apart_by_their_boundaries_and_gaps() -> None:
    texts = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["abc", None], [None, "abc"]]
    assert len({arrow_digest(pa.array(text, pa.string())) for text in texts}) == len(texts)


def test_a_column_of_objects_has_a_digest_only_when_they_are_plain() -> None:
    assert pandas_digest(pd.Series([[1], {"a": 2}])) == pandas_digest(pd.Series([[1], {"a": 2}]))
    with pytest.raises(ValueNotRecordableError):
        pandas_digest(pd.Series([object()]))
    with pytest.raises(ValueNotRecordableError):
        polars_digest(pl.Series([object()], dtype=pl.Object))
