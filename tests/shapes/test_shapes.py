"""What every shape must have, and that together they leave no data property unjudged."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from aitia import resources
from aitia.validation.paths import Path as PropertyPath
from aitia.validation.paths import Predicate
from aitia.validation.profiles import Profile, load, read_file
from aitia.vocabulary.iris import expand
from aitia.vocabulary.terms import ANCESTORS, CLASSES, DATA_PROPERTIES, OBJECT_PROPERTIES

SH = "http://www.w3.org/ns/shacl#"
AITIA = "https://w3id.org/aitia/ns#"
SHAPES = "https://w3id.org/aitia/shapes#"
SEVERITIES = {"must": SH + "Violation", "should": SH + "Warning", "may": SH + "Info"}
LAYERS = {"core", "system", "platform", "model", "application", "causal"}
FILES = [Path(path) for path in resources.files("shapes", ".ttl")]


@pytest.fixture(params=FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def file(request: pytest.FixtureRequest) -> Path:
    return request.param


def named(triples: list[ox.Triple]) -> set[str]:
    return {
        triple.subject.value
        for triple in triples
        if isinstance(triple.subject, ox.NamedNode) and triple.subject.value.startswith(SHAPES)
    }


def test_the_folder_is_the_severity(file: Path) -> None:
    triples = read_file(str(file))
    said = {
        t.subject.value: t.object.value for t in triples if t.predicate.value == SH + "severity"
    }
    assert file.parent.name in SEVERITIES
    for shape in named(triples):
        assert said.get(shape, SH + "Violation") == SEVERITIES[file.parent.name], shape


def test_the_file_is_named_by_layer_and_noun(file: Path) -> None:
    layer, _, noun = file.stem.partition("_")
    assert layer in LAYERS
    assert noun.isalpha()


def test_no_shape_is_said_in_two_files() -> None:
    seen: set[str] = set()
    for path in FILES:
        here = named(read_file(str(path)))
        assert not seen & here
        seen |= here


def test_shapes_speak(profile: Profile) -> None:
    for key, shape in profile.shapes.shapes.items():
        if key.startswith("_:"):
            continue
        assert shape.name, key
        if shape.constraints:
            assert shape.message.endswith("."), key
            assert shape.fix.endswith((".", "…")) or "aitia" in shape.fix, key
            assert not shape.message.startswith("aitia:"), key


def test_shapes_use_terms_that_exist(file: Path) -> None:
    known = {expand(term) for term in CLASSES | DATA_PROPERTIES | OBJECT_PROPERTIES}
    individuals = {AITIA + name for name in STATUSES}
    for triple in read_file(str(file)):
        term = triple.object
        if isinstance(term, ox.NamedNode) and term.value.startswith(AITIA):
            assert term.value in known | individuals, term


STATUSES = ("Queued", "Running", "Completed", "Failed", "Cancelled", "Interrupted")


def predicates(path: PropertyPath | None) -> set[str]:
    return {path.iri} if isinstance(path, Predicate) else set()


def test_every_data_property_is_judged() -> None:
    must = load(("must",))
    judged: set[str] = set()
    for shape in must.shapes.shapes.values():
        kinds = {constraint.kind for constraint in shape.constraints}
        if kinds & {"datatype", "or", "in", "nodeKind"}:
            judged |= predicates(shape.path)
    ours = {expand(term) for term in DATA_PROPERTIES if term.startswith("aitia:")}
    assert ours - judged == set()


def test_every_relation_is_judged() -> None:
    must = load(("must",))
    judged: set[str] = set()
    for shape in must.shapes.shapes.values():
        if shape.constraints:
            judged |= predicates(shape.path)
    ours = {expand(term) for term in OBJECT_PROPERTIES if term.startswith("aitia:")}
    assert ours - judged == set()


def test_every_class_is_judged(profile: Profile) -> None:
    """A class is judged by shapes of its own, or by those of a class of ours above it."""
    targets = {t.term.value for s in profile.shapes.roots() for t in s.targets if t.kind == "class"}
    ours = {term for term in CLASSES if term.startswith("aitia:")} - UNJUDGED.keys()
    left = {
        term
        for term in ours
        if not any(
            expand(name) in targets
            for name in (term, *ANCESTORS.get(term, ()))
            if name.startswith("aitia:")
        )
    }
    assert left == set()
    assert UNJUDGED.keys() <= CLASSES


UNJUDGED = {
    "aitia:ExecutionStatus": "a closed set, which the shape of aitia:status lists",
}


def test_functional_properties_have_one_value() -> None:
    must = load(("must",))
    single: set[str] = set()
    for shape in must.shapes.shapes.values():
        if any(constraint.kind == "maxCount" for constraint in shape.constraints):
            single |= predicates(shape.path)
    functional: set[str] = set()
    for module in LAYERS:
        for triple in ox.parse(
            path=resources.path("ontology", f"{module}.ttl"), format=ox.RdfFormat.TURTLE
        ):
            if str(triple.object) == "<http://www.w3.org/2002/07/owl#FunctionalProperty>":
                functional.add(triple.subject.value)
    assert functional - single == set()


def test_nothing_is_declined(profile: Profile) -> None:
    assert profile.plan.declined == {}
