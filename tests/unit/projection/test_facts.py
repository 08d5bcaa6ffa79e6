from __future__ import annotations

from typing import Any

import pytest

from aitia.errors import ProjectionError
from aitia.projection.facts import cell_of, curie, fact, facts, module_of, stage_of


def test_terms_become_curies_and_gaps_are_not_given() -> None:
    (found,) = facts(
        ("unit", "variable", "value", "term", "unitCode"),
        [("urn:u", "loss", 1.5, "https://w3id.org/aitia/ns#mean", None)],
    )
    assert (found.term, found.unitCode, found.value) == ("aitia:mean", "", 1.5)
    assert curie("urn:x:1") == "urn:x:1"


def test_what_the_long_form_needs_is_said() -> None:
    with pytest.raises(ProjectionError, match="unit, variable"):
        facts(("unit", "variable"), [])


@pytest.mark.parametrize(
    ("value", "cell"),
    [(True, "true"), (False, "false"), (2, 2), (None, "null"), ([1, 2], "[1, 2]"), ("a", "a")],
)
def test_values_become_cells(value: Any, cell: object) -> None:
    assert cell_of(value) == cell


def test_stage_and_module_follow_from_the_terms() -> None:
    used = fact({"variable": "rate", "relation": "prov:used"})
    made = fact({"variable": "loss", "relation": "prov:generated", "stage": "first"})
    assert stage_of(used) == 0
    assert stage_of(made) == 1
    assert stage_of(fact({"variable": "x"})) is None
    assert module_of(fact({"variable": "x", "type": "aitia:Architecture"})) == "model"
    assert module_of(fact({"variable": "x"})) is None
