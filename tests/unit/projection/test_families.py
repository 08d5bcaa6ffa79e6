from __future__ import annotations

import pyoxigraph as ox
import pytest

from aitia.projection.families import Families, Owners, families
from aitia.query.catalog import load

LIBRARY = load()
PAGE = [("urn:u:1", "urn:b:1"), ("urn:u:2", "urn:b:1")]


def of(name: str) -> Families:
    found = families(LIBRARY[name])
    assert found is not None
    return found


@pytest.mark.parametrize("scanned", [False, True])
@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize(
    "name", ["training-runs", "task-features", "model-features", "layer-features"]
)
def test_every_family_is_a_query_with_its_columns(name: str, ordered: bool, scanned: bool) -> None:
    store = ox.Store()
    for family in of(name).all:
        owners = [] if family.owners is Owners.NONE else [(0, "urn:t:1"), (1, "urn:t:2")]
        found = store.query(family.text(PAGE, owners, ordered=ordered, scanned=scanned))
        assert isinstance(found, ox.QuerySolutions)
        assert [v.value for v in found.variables] == ["i", "value", *family.columns]
        assert not set(family.columns) & set(family.constants)


def test_a_question_without_units_is_not_taken_apart() -> None:
    assert families(LIBRARY["learning-curves"]) is None


def test_what_surrounds_a_training_is_told_by_owners_and_not_searched_for() -> None:
    found = of("training-runs").all
    assert {family.owners for family in found} == {
        Owners.NONE,
        Owners.SELF_ALL,
        Owners.ALONE,
        Owners.SELF_ALONE,
    }
    for family in found:
        if family.owners is not Owners.NONE:
            assert "partOfExecution+" not in family.body
            assert "?other" not in family.body
    (across,) = (family for family in found if "samplingStrategy" in family.body)
    assert across.owners is Owners.NONE, (
        "what other bundles say around a run is no owner of its own"
    )


def test_parts_about_relations_that_are_nowhere_are_left_out() -> None:
    (settings,) = (f for f in of("training-runs").all if "aitia:configuredBy" in f.needed
                   and "aitia:hasSetting" in f.needed)  # fmt: skip
    assert "aitia:unitCode" in settings.body
    kept = settings.without({"aitia:unitCode"})
    assert "aitia:unitCode" not in kept.body
    assert kept.joined is not None
    assert "aitia:unitCode" not in kept.joined
    assert kept.columns == settings.columns


def test_a_page_of_one_has_a_second_row_where_servers_need_it() -> None:
    family = of("task-features").all[0]
    assert "<urn:x-aitia:none> <urn:x-aitia:none> -1" in family.text(PAGE[:1], ordered=True)
    assert "urn:x-aitia:none" not in family.text(PAGE, ordered=True)
