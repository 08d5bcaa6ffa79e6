"""The worked examples: each class of the ontology has one, and all keep what the shapes ask for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from aitia import resources
from aitia.validation.engine import validate
from aitia.validation.profiles import load
from aitia.vocabulary.iris import expand
from aitia.vocabulary.terms import CLASSES, DATA_PROPERTIES, MODULES, OBJECT_PROPERTIES

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
EXAMPLES = Path(resources.path("ontology", "examples"))
NAMES = ("core", "system", "platform", "model", "application", "causal")
PROPERTIES = DATA_PROPERTIES | OBJECT_PROPERTIES


@pytest.fixture(params=NAMES)
def module(request: pytest.FixtureRequest) -> str:
    return request.param


def quads(module: str) -> list[ox.Quad]:
    path = EXAMPLES / f"{module}.ttl"
    return list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))


def missing(terms: frozenset[str], module: str, used: set[str]) -> set[str]:
    """Return the terms of a module that its example does not use."""
    return {term for term in terms if MODULES.get(term) == module and expand(term) not in used}


def test_each_module_has_its_examples() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.ttl")} == set(NAMES)


def test_every_class_has_an_example(module: str) -> None:
    shown = {quad.object.value for quad in quads(module) if quad.predicate.value == TYPE}
    assert missing(CLASSES, module, shown) == set()


def test_every_property_has_an_example(module: str) -> None:
    shown = {quad.predicate.value for quad in quads(module)}
    assert missing(PROPERTIES, module, shown) == set()


def test_an_example_keeps_all_rules_and_recommendations(module: str) -> None:
    data = "".join(f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in quads(module))
    report = validate(data.encode(), load(("must", "should")))
    assert report.results == (), report.text()


def test_an_example_describes_what_it_names(module: str) -> None:
    found = quads(module)
    said = {quad.subject.value for quad in found}
    named = Counter(quad.object.value for quad in found if isinstance(quad.object, ox.NamedNode))
    assert {name for name in named if name.startswith("https://example.org/")} <= said
