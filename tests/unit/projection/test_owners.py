from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from aitia.projection.families import Owners
from aitia.projection.owners import MOST_BUNDLES, Around

TOLD = {
    # Two trainings, each in a task of its own, in one run; the second holds a third.
    "b1": [("u1", "t1"), ("u1", "run"), ("u2", "t2"), ("u2", "run"), ("u3", "u2"), ("u3", "t2"),
           ("u3", "run")],
    "b2": [("u1", "campaign")],
    "b3": [("loop", "loop")],
}  # fmt: skip


@pytest.fixture
def asked() -> list[list[str]]:
    return []


@pytest.fixture
def around(asked: list[list[str]]) -> Around:
    def ask(bundles: Sequence[str]) -> Iterator[tuple[int, str, str]]:
        asked.append(list(bundles))
        for place, bundle in enumerate(bundles):
            for unit, owner in TOLD.get(bundle, ()):
                yield place, unit, owner

    return Around(ask)


@pytest.mark.parametrize(
    ("which", "owners"),
    [
        (Owners.ALL, {"u1": ["t1", "run"], "u2": ["t2", "run"], "u3": ["u2", "t2", "run"]}),
        (Owners.SELF_ALL, {"u1": ["t1", "run", "u1"], "u2": ["t2", "run", "u2"],
                           "u3": ["u2", "t2", "run", "u3"]}),
        (Owners.ALONE, {"u1": ["t1"], "u2": [], "u3": ["u2"]}),
        (Owners.SELF_ALONE, {"u1": ["t1", "u1"], "u2": [], "u3": ["u2", "u3"]}),
    ],
)  # fmt: skip
def test_what_holds_no_other_unit_is_alone(
    around: Around, which: Owners, owners: dict[str, list[str]]
) -> None:
    page = [(unit, "b1") for unit in owners]
    places = list(owners)
    found: dict[str, list[str]] = {unit: [] for unit in owners}
    for place, owner in around.of(page, which):
        found[places[place]].append(owner)
    assert found == owners


def test_each_bundle_tells_of_itself_alone(around: Around) -> None:
    assert around.of([("u1", "b2")], Owners.SELF_ALONE) == [(0, "campaign"), (0, "u1")]


def test_what_is_part_of_itself_is_no_other_unit(around: Around) -> None:
    assert around.of([("loop", "b3")], Owners.SELF_ALONE) == [(0, "loop")]


def test_a_unit_that_is_part_of_nothing_is_alone(around: Around) -> None:
    assert around.of([("u9", "none")], Owners.ALONE) == []
    assert around.of([("u9", "none")], Owners.SELF_ALONE) == [(0, "u9")]


def test_a_bundle_is_asked_once_for_all_its_units(around: Around, asked: list[list[str]]) -> None:
    for unit in ("u1", "u2", "u3"):
        around.of([(unit, "b1")], Owners.ALONE)
    assert asked == [["b1"]]


def test_bundles_long_gone_by_are_forgotten(around: Around, asked: list[list[str]]) -> None:
    around.of([("u1", "b1")], Owners.ALL)
    for place in range(MOST_BUNDLES):
        around.of([("x", f"other{place}")], Owners.ALL)
    around.of([("u1", "b1")], Owners.ALL)
    assert asked.count(["b1"]) == 2
