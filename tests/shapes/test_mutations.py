"""Each rule is broken by a change to a graph that keeps all rules, and says so in its own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aitia.validation.engine import validate
from aitia.validation.profiles import Profile

SHAPES = "https://w3id.org/aitia/shapes#"
PREFIXES = {
    "ex": "https://example.org/",
    "quantity": "https://w3id.org/aitia/quantity/",
}


def expanded(name: str) -> str:
    if name.startswith("<"):
        return name[1:-1]
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def test_the_valid_graph_keeps_all_rules(mutate: Callable[..., bytes], profile: Profile) -> None:
    report = validate(mutate(), profile)
    assert report.results == ()
    assert report.conforms
    assert report.text() == "The graph keeps all rules.\n"


def test_a_mutation_is_found(mutation: Any, mutate: Callable[..., bytes], profile: Profile) -> None:
    data = mutate(mutation.update)
    assert data != mutate()
    found = [
        result
        for result in validate(data, profile).results
        if result.shape == SHAPES + mutation.shape
    ]
    assert {result.focus for result in found} == {expanded(mutation.focus)}
    assert {result.message for result in found} == {mutation.says}


def test_every_rule_has_a_mutation(profile: Profile, broken: set[str]) -> None:
    rules = {
        key
        for key, shape in profile.shapes.shapes.items()
        if key.startswith(SHAPES) and shape.constraints
    }
    assert rules == broken
