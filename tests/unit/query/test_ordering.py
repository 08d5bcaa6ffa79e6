from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest

from aitia.query.catalog import parse
from aitia.query.limited import LimitedStore
from aitia.query.ordering import in_order
from aitia.query.run import ask
from aitia.store.oxigraph import OxigraphStore
from aitia.store.port import Solutions

QUESTION = parse(
    """#+ title: t
#+ question: q
#+ columns: {a: x, label: y}
SELECT ?a ?label { ?a a <urn:C> OPTIONAL { ?a <urn:label> ?label } } ORDER BY ?a
""",
    name="question",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ ?a ?b ?c OPTIONAL { ?c ?d ?e } }", "{ ?a ?b ?c LATERAL { OPTIONAL { ?c ?d ?e } } }"),
        ("{ ?a ?b ?c { ?c ?d ?e } }", "{ ?a ?b ?c LATERAL { { ?c ?d ?e } } }"),
        (
            "{ ?a ?b ?c . { ?c ?d ?e } UNION { ?e ?d ?c } UNION {} ?e ?f ?g }",
            "{ ?a ?b ?c . LATERAL { { ?c ?d ?e } UNION { ?e ?d ?c } UNION {} } ?e ?f ?g }",
        ),
        (
            "{ ?a ?b ?c OPTIONAL { ?c ?d ?e OPTIONAL { ?e ?f ?g } } }",
            "{ ?a ?b ?c LATERAL { OPTIONAL { ?c ?d ?e LATERAL { OPTIONAL { ?e ?f ?g } } } } }",
        ),
        (
            "{ ?a ?b ?c FILTER NOT EXISTS { ?a ?x ?y { ?y ?z ?c } } }",
            "{ ?a ?b ?c FILTER NOT EXISTS { ?a ?x ?y LATERAL { { ?y ?z ?c } } } }",
        ),
        (
            "{ ?a ?b 1 { { SELECT * { ?c ?d 1 OPTIONAL { ?e ?f 2 } } } } }",
            "{ ?a ?b 1 LATERAL { { { SELECT * { ?c ?d 1 LATERAL { OPTIONAL { ?e ?f 2 } } } } } } }",
        ),
        (
            "{ ?a ?b ?c OPTIONAL { SELECT ?c { ?c ?d ?e } } }",
            "{ ?a ?b ?c LATERAL { OPTIONAL { SELECT ?c { ?c ?d ?e } } } }",
        ),
        (
            "{ VALUES ?a { UNDEF } OPTIONAL { ?a ?b ?c } }",
            "{ VALUES ?a { UNDEF } LATERAL { OPTIONAL { ?a ?b ?c } } }",
        ),
    ],
)
def test_braces_follow_on_what_stands_before_them(text: str, expected: str) -> None:
    assert in_order("SELECT * WHERE " + text) == "SELECT * WHERE " + expected


@pytest.mark.parametrize(
    "text",
    [
        "{ OPTIONAL { ?a ?b ?c } }",
        "{ # ?a ?b ?c\n { ?a ?b ?c } UNION { ?b ?a ?c } }",
        "{ ?a ?b ?c { SELECT ?c { ?c ?d ?e } GROUP BY ?c } }",
        "{ ?a ?b ?c OPTIONAL { { SELECT ?c { ?c ?d ?e } } } }",
        "{ ?a ?b ?c GRAPH ?g { ?c ?d ?e } MINUS { ?c ?d ?a } VALUES (?d) { (1) } }",
        '{ ?a ?b "OPTIONAL { }" , <urn:OPTIONAL> # { ?a OPTIONAL }\n }',
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert in_order("SELECT * WHERE " + text) == "SELECT * WHERE " + text


@pytest.mark.parametrize(
    "part",
    [
        "OPTIONAL { ?c ?d ?e BIND(1 AS ?a) }",
        "OPTIONAL { VALUES ?a { 1 } ?c ?d ?e }",
        "OPTIONAL { VALUES (?x ?a) { (1 2) } ?c ?d ?e }",
        "OPTIONAL { SELECT ?c (COUNT(?x) AS ?a) { ?c ?d ?x } GROUP BY ?c }",
    ],
)
def test_what_binds_again_stays_as_it_is(part: str) -> None:
    text = f"SELECT * {{ ?a ?b ?c {part} }}"
    assert in_order(text) == text
    nested = f"SELECT * {{ ?a ?b ?c {{ ?c ?f ?g {part} }} }}"
    assert "LATERAL { OPTIONAL" not in in_order(nested)


def test_branches_of_a_union_may_bind_alike() -> None:
    text = "SELECT * { ?a ?b ?c { BIND(1 AS ?x) } UNION { ?c ?d ?e OPTIONAL { VALUES ?x { 2 } } } }"
    assert in_order(text).count("LATERAL") == 2


def test_it_gives_what_the_engine_reads_and_the_same_solutions() -> None:
    store = ox.Store()
    store.load(
        b"<urn:1> a <urn:C> ; <urn:label> 'one' . <urn:2> a <urn:C> . <urn:3> <urn:label> 'no' .",
        format=ox.RdfFormat.TURTLE,
    )
    assert solutions(store, QUESTION.text) == [("<urn:1>", '"one"'), ("<urn:2>", None)]
    assert solutions(store, in_order(QUESTION.text)) == solutions(store, QUESTION.text)


def solutions(store: ox.Store, text: str) -> list[tuple[Any, ...]]:
    found: Any = store.query(text)
    return [tuple(None if term is None else str(term) for term in row) for row in found]


class Asked:
    """A store that keeps what it is asked."""

    shared = True

    def __init__(self, laterals: bool | None = None) -> None:
        if laterals is not None:
            self.laterals = laterals

    def select(self, sparql: str, *, graphs: object = ()) -> Solutions:
        self.text = sparql
        return Solutions(("a", "label"), iter(()))


@pytest.mark.parametrize(("laterals", "told"), [(True, 1), (False, 0), (None, 0)])
def test_stores_that_evaluate_it_are_told(laterals: bool | None, told: int) -> None:
    store = Asked(laterals)
    ask(store, QUESTION)  # type: ignore[arg-type]
    assert store.text.count("LATERAL") == told


def test_a_limit_hides_no_order() -> None:
    assert LimitedStore(OxigraphStore(), 1).laterals
    assert not LimitedStore(Asked(), 1).laterals  # type: ignore[arg-type]
