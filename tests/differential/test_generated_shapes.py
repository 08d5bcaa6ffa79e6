"""Shapes and graphs made by chance: the engines agree, and so does judging some nodes with all.

Every component of SHACL Core is among the shapes. Values are such that pyshacl can compare them:
whole numbers, texts with and without a language, and IRIs; what it compares otherwise than SPARQL
(texts with numbers) is left out of the comparison of the engines.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aitia.validation.engine import validate
from aitia.validation.incremental import Incremental, judge
from aitia.validation.neighbourhood import Neighbourhood
from aitia.validation.profiles import Profile, load, of_triples
from aitia.validation.report import Report
from aitia.validation.statements import of_quads

HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
NODES = [f"ex:n{i}" for i in range(6)]
PROPERTIES = [f"ex:p{i}" for i in range(4)]
CLASSES = [f"ex:C{i}" for i in range(3)]
VALUES = ['"a"', '"ab"@en', '"Ab"@en', '"b"@de', "0", "1", "2", "7", *NODES[:3]]
LOGIC = ("sh:and", "sh:or", "sh:xone")

node, prop, cls, value = map(st.sampled_from, (NODES, PROPERTIES, CLASSES, VALUES))
count = st.integers(0, 2).map(str)
path = st.recursive(
    prop,
    lambda inner: st.one_of(
        inner.map("[ sh:inversePath {} ]".format),
        st.lists(inner, min_size=2, max_size=2).map(lambda two: f"( {' '.join(two)} )"),
        st.lists(inner, min_size=2, max_size=2).map(
            lambda two: f"[ sh:alternativePath ( {' '.join(two)} ) ]"
        ),
        *(
            inner.map(f"[ sh:{mark}Path {{}} ]".format)
            for mark in ("zeroOrMore", "oneOrMore", "zeroOrOne")
        ),
    ),
    max_leaves=3,
)


UNORDERED = re.compile(r'ex:n\d ex:p\d ("|ex:)')


def one(name: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return values.map(f"sh:{name} {{}}".format)


SIMPLE = st.one_of(
    one("class", cls),
    one("datatype", st.sampled_from(["xsd:integer", "xsd:string"])),
    one("nodeKind", st.sampled_from([f"sh:{k}" for k in ("IRI", "Literal", "BlankNodeOrIRI")])),
    *(one(f"{end}{kind}", count) for end in ("min", "max") for kind in ("Inclusive", "Exclusive")),
    one("minLength", count),
    one("maxLength", count),
    one("pattern", st.sampled_from(['"a"', '"^[0-9]$"', '"example"'])),
    one("languageIn", st.just('( "en" )')),
    one("equals", prop),
    one("disjoint", prop),
    one("hasValue", value),
    one("in", st.lists(value, min_size=1, max_size=4).map(lambda some: f"( {' '.join(some)} )")),
)
OF_PROPERTIES = st.one_of(
    one("minCount", count),
    one("maxCount", count),
    one("uniqueLang", st.just("true")),
    one("lessThan", prop),
    one("lessThanOrEquals", prop),
)


def first(text: str) -> str:
    return text.split()[0]


@st.composite
def shapes(draw: st.DrawFn) -> str:
    """Return shapes of which each refers to later ones alone, so that none refers to itself."""
    number = draw(st.integers(1, 5))
    kinds = [i > 0 and draw(st.booleans()) for i in range(number)]
    lines = []
    for i, is_property in enumerate(kinds):
        parts = draw(st.lists(SIMPLE, min_size=1, max_size=2, unique_by=first))
        if is_property:
            parts = [f"sh:path {draw(path)}", *parts]
            parts += draw(st.lists(OF_PROPERTIES, max_size=2, unique_by=first))
        later = {f"ex:s{j}": kinds[j] for j in range(i + 1, number)}
        if later:
            more = references(later, is_property)
            parts += draw(st.lists(more, max_size=2, unique_by=first))
        if not is_property and draw(st.integers(0, 5)) == 0:
            parts.append(f"sh:closed true ; sh:ignoredProperties ( {draw(prop)} )")
        if i == 0 or draw(st.booleans()):
            parts += draw(st.lists(TARGETS, min_size=1, max_size=2))
        lines.append(
            f"ex:s{i} a sh:{'Property' if is_property else 'Node'}Shape ; {' ; '.join(parts)} ."
        )
    return HEAD + "\n".join(lines)


TARGETS = st.one_of(
    one("targetClass", cls),
    one("targetNode", node),
    one("targetSubjectsOf", prop),
    one("targetObjectsOf", prop),
)


def references(later: dict[str, bool], is_property: bool) -> st.SearchStrategy[str]:
    other = st.sampled_from(sorted(later))
    several = st.lists(other, min_size=1, max_size=2).map(lambda some: f"( {' '.join(some)} )")
    found = [one("not", other), *(one(name[3:], several) for name in LOGIC)]
    for name, wanted in (("node", False), ("property", True)):
        fitting = sorted(key for key, has_path in later.items() if has_path is wanted)
        if fitting:
            found.append(one(name, st.sampled_from(fitting)))
    # What is under sh:property has a path; only the text of such shapes is known here.
    inner = st.tuples(path, st.one_of(SIMPLE, OF_PROPERTIES)).map(
        lambda two: f"sh:property [ sh:path {two[0]} ; {two[1]} ]"
    )
    found.append(inner)
    if is_property:
        found.append(
            st.tuples(other, count).map(
                lambda two: (
                    f"sh:qualifiedValueShape {two[0]} ; sh:qualifiedMinCount {two[1]} ; "
                    f"sh:qualifiedMaxCount {two[1]}"
                )
            )
        )
    return st.one_of(found)


@st.composite
def graphs(draw: st.DrawFn) -> str:
    lines = [HEAD, "ex:C1 rdfs:subClassOf ex:C0 ."] if draw(st.booleans()) else [HEAD]
    lines += [f"{draw(node)} a {draw(cls)} ." for _ in range(draw(st.integers(1, 4)))]
    lines += [f"{draw(node)} {draw(prop)} {draw(value)} ." for _ in range(draw(st.integers(1, 14)))]
    return "\n".join(lines)


def triples(text: str) -> list[ox.Triple]:
    found = ox.parse(text.encode(), ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    return [ox.Triple(quad.subject, quad.predicate, quad.object) for quad in found]


def nquads(text: str) -> bytes:
    return ox.serialize(triples(text), format=ox.RdfFormat.N_TRIPLES) or b""


def found(report: Report) -> set[tuple[str | None, ...]]:
    return {
        (r.focus, r.path, r.value, r.component, "_" if r.shape[:2] == "_:" else r.shape)
        for r in report.results
    }


# The same shapes each time: where pyshacl differs from SHACL is found by a person, not by chance.
@settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(shapes(), graphs())
def test_the_engines_agree(shape_text: str, data: str) -> None:
    pytest.importorskip("pyshacl")
    profile = of_triples(triples(shape_text))
    if "sh:lessThan" in shape_text:
        # pyshacl compares texts with IRIs, and with texts in a language.
        data = "\n".join(line for line in data.splitlines() if not UNORDERED.search(line))
    ours = validate(nquads(data), profile)
    theirs = validate(nquads(data), profile, engine="pyshacl")
    assert found(ours) == found(theirs)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(shapes(), graphs(), st.sets(st.sampled_from(NODES), min_size=1, max_size=2))
def test_some_nodes_are_judged_as_all_are(shape_text: str, data: str, touched: set[str]) -> None:
    profile = of_triples(triples(shape_text))
    nodes = {f"<http://example.org/{name[3:]}>" for name in touched}
    found, expected = judged(profile, triples(data), nodes)
    assert found == expected


def judged(profile: Profile, data: list[ox.Triple], touched: set[str]) -> tuple[Report, Report]:
    """Return the report on some nodes by what they depend on, and by the whole graph."""
    store = ox.Store()
    store.extend([ox.Quad(t.subject, t.predicate, t.object) for t in data])

    def ask(text: str) -> list[tuple[str, ...]]:
        return [tuple(map(str, row)) for row in store.query(text)]  # type: ignore[union-attr, arg-type]

    incremental = Incremental(profile)
    near = Neighbourhood(ask, profile, incremental.reach, touched)
    pointing = {str(q.subject) for q in store if str(q.object) in touched}
    assert set(near.wanted) == touched | pointing
    report = incremental.validate(ask, touched)
    whole = validate(ox.serialize(store, format=ox.RdfFormat.N_QUADS) or b"", profile)
    assert not Counter(report.results) - Counter(whole.results)
    if not any(s.path is not None and s.properties for s in profile.shapes.shapes.values()):
        # Else a value can be a focus node of what another node is judged by.
        about = {name.strip("<>") for name in near.wanted}
        assert report.results == tuple(r for r in whole.results if r.focus in about)
    return report, judge(of_quads(store), profile, frozenset(near.wanted))


@pytest.fixture(scope="module")
def valid() -> list[ox.Triple]:
    path = str(Path(__file__).parents[1] / "shapes" / "valid.ttl")
    found = ox.parse(path=path, format=ox.RdfFormat.TURTLE)
    return [ox.Triple(quad.subject, quad.predicate, quad.object) for quad in found]


@pytest.mark.parametrize("seed", range(40))
def test_some_nodes_of_a_run_are_judged_as_all_are(seed: int, valid: list[ox.Triple]) -> None:
    chance = random.Random(seed)
    data = list(valid)
    for _ in range(30):
        old, other = chance.choice(data), chance.choice(data)
        data.remove(old)
        if chance.random() < 0.7:
            data.append(ox.Triple(old.subject, old.predicate, other.object))
    touched = {str(chance.choice(data).subject) for _ in range(chance.randint(1, 4))}
    found, expected = judged(load(), data, touched)
    assert found == expected
