from __future__ import annotations

import datetime
import math
from pathlib import Path

import numpy as np
import pytest

from aitia.records.values import MAX_ITEMS, MAX_TEXT, Json, Typed, to_value


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (True, True),
        (3, 3),
        (0.5, 0.5),
        ("adam", "adam"),
        (None, Json(None)),
        (math.nan, Typed("NaN", "xsd:double")),
        (-math.inf, Typed("-INF", "xsd:double")),
        (2**80, Typed(str(2**80), "xsd:integer")),
        (b"\x00\xff", Typed("00ff", "xsd:hexBinary")),
        (Path("a/b"), "a/b"),
        (datetime.date(2026, 11, 24), Typed("2026-11-24", "xsd:date")),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        (np.float64("nan"), Typed("NaN", "xsd:double")),
        ([1, (2, {3})], Json([1, [2, [3]]])),
        ({"a": math.inf}, Json({"a": "INF"})),
    ],
)
def test_to_value(given: object, expected: object) -> None:
    found = to_value(given)
    assert found == expected
    assert type(found) is type(expected)


def test_a_huge_integer_is_named_by_its_size() -> None:
    assert to_value(1 << 20000) == Typed("an integer of 20001 bits", "xsd:string")


def test_text_is_cut_and_made_encodable() -> None:
    cut = to_value("x" * (MAX_TEXT + 5))
    assert isinstance(cut, str)
    assert len(cut) < MAX_TEXT + 10
    assert to_value("\ud800") == "\\ud800"


def test_cycles_and_long_lists_end() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert isinstance(to_value(loop), Json)
    assert len(to_value(list(range(MAX_ITEMS + 9))).data) == MAX_ITEMS  # type: ignore[union-attr]


def test_a_foreign_object_is_named_by_type_and_never_printed() -> None:
    class Secret:
        def __repr__(self) -> str:
            raise RuntimeError("printed")

    value = to_value(Secret())
    assert isinstance(value, Typed)
    assert value.lexical.endswith("Secret")
    inside = to_value([Secret()])
    assert isinstance(inside, Json)
    assert "Secret" in inside.data[0]
