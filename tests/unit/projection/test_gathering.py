from __future__ import annotations

import pytest

from aitia.projection.facts import fact
from aitia.projection.gathering import Gathering
from aitia.projection.reading import Read


def read(*parts: tuple[str, str, dict[str, object]]) -> Read:
    names = sorted({name for _, _, row in parts for name in row})
    told = [fact({"variable": name, "relation": "prov:used"}) for name in names]
    return Read([part[:2] for part in parts], [dict(part[2]) for part in parts], told)  # type: ignore[arg-type]


PARTS = (
    ("u2", "b1", {"x": 1, "y": "a"}),
    ("u1", "b1", {"x": 2}),
    ("u2", "b2", {"x": 1, "y": "b"}),
    ("u1", "b2", {"x": 3}),
    ("u3", "b2", {}),
)


@pytest.mark.parametrize("most", [1, 3, 1000])
def test_parts_of_a_unit_come_together_however_few_are_held(most: int) -> None:
    with Gathering(most) as found:
        for part in PARTS:
            found.take(read(part))
        rows = list(found.rows())
        shape = found.shape(len(rows))
        assert found.sources == {"b1", "b2"}
    assert rows == [("u1", {}), ("u2", {"x": 1, "y": "a + b"})]
    assert [column.name for column in shape.columns] == ["x", "y"]
    assert [column.missing for column in shape.columns] == [0.5, 0.5]
    assert shape.notes == ("x has several values in 1 of 2 units: they were left out there",)
    assert shape.tiers == ("what the run used",)
