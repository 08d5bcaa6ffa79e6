from __future__ import annotations

import math

import pytest

from aitia.projection.cells import Cell, kind_of, lexical, profile_of, stored


@pytest.mark.parametrize(
    ("cell", "text"),
    [(None, ""), (math.nan, "NaN"), (-math.inf, "-INF"), (0.1, "0.1"), (3, "3"), ("a,b", "a,b")],
)
def test_cells_are_written(cell: Cell, text: str) -> None:
    assert lexical(cell) == text


@pytest.mark.parametrize(
    ("cells", "kind", "datatype", "storage"),
    [
        ((1, 2, None), "ordinal", "integer", "int64"),
        ((1, 2**63), "ordinal", "integer", "float64"),
        ((1, 2.5), "continuous", "double", "float64"),
        (tuple(range(11)), "continuous", "integer", "int64"),
        ((1, "a"), "nominal", "string", "string"),
        (("a", "a"), "constant", "string", "string"),
        ((None,), "constant", "double", "float64"),
    ],
)
def test_a_column_is_told_from_its_cells(
    cells: tuple[Cell, ...], kind: str, datatype: str, storage: str
) -> None:
    profile = profile_of(cells)
    assert (profile.kind, profile.datatype, profile.storage) == (kind, datatype, storage)
    assert kind_of(cells) == kind


def test_one_nan_is_one_value_however_often() -> None:
    assert kind_of((math.nan, math.nan)) == "constant"
    assert kind_of((math.nan, 1.0)) == "continuous"


def test_columns_of_texts_hold_texts_and_gaps() -> None:
    assert stored((1, None, "a"), "string") == ["1", None, "a"]
    assert stored((1, None), "int64") == [1, None]
