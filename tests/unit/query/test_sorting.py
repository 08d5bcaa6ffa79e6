from __future__ import annotations

import random
from itertools import product

import pyoxigraph as ox
import pytest

from aitia.query.catalog import load
from aitia.query.sorting import Key, in_rows, taken_out
from aitia.store.oxigraph import OxigraphStore
from aitia.store.port import Term
from aitia.vocabulary.literals import XSD


@pytest.mark.parametrize(
    ("text", "rest", "keys"),
    [
        ("SELECT ?a { } ORDER BY ?a", "SELECT ?a { }", (Key("a"),)),
        ("SELECT ?a ?b { }\nORDER BY DESC(?b) ASC( $a )\n", "SELECT ?a ?b { }", "-b a"),
        (
            "SELECT ?a (MAX(?c) AS ?b) { } GROUP BY ?a ORDER BY ?b",
            "SELECT ?a (MAX(?c) AS ?b) { } GROUP BY ?a",
            "b",
        ),
    ],
)
def test_what_orders_by_columns_is_taken_out(
    text: str, rest: str, keys: str | tuple[Key, ...]
) -> None:
    if isinstance(keys, str):
        keys = tuple(Key(name.lstrip("-"), name.startswith("-")) for name in keys.split())
    assert taken_out(text) == (rest, keys)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?a { }",
        "SELECT ?a { } ORDER BY ?hidden",
        "SELECT * { } ORDER BY ?a",
        "SELECT (MAX(?b) AS ?a) { } GROUP BY ?c ORDER BY ?b",
        "SELECT ?a { } ORDER BY STR(?a)",
        "SELECT ?a { } ORDER BY ?a LIMIT 3",
        "SELECT ?a { { SELECT ?a { } ORDER BY ?a } }",
        "SELECT ?a { } # ORDER BY ?a",
    ],
)
def test_other_queries_stay_as_they_are(text: str) -> None:
    assert taken_out(text) == (text, ())


def test_most_questions_of_the_library_are_ordered_outside_the_engine() -> None:
    ordered = [question for question in load().values() if "ORDER BY" in question.text]
    assert sum(bool(taken_out(question.text)[1]) for question in ordered) > 0.9 * len(ordered)


TERMS = [
    "<urn:b>",
    "<urn:a>",
    '"b"',
    '"B"',
    '"é"',
    '""',
    *("2", "10", "-1.5", "1e3", "0.1"),
    f'"INF"^^<{XSD}double>',
]
TIMES = [
    f'"2026-01-0{day}T00:00:0{second}{zone}"^^<{XSD}dateTime>'
    for day, second, zone in product("12", ("5", "5.25", "4"), ("Z", "+02:00"))
]


@pytest.mark.parametrize("terms", [TERMS[:6], TERMS[:2] + TERMS[6:], TIMES], ids=str)
@pytest.mark.parametrize("order", ["?a", "DESC(?a)", "?b DESC(?a)", "DESC(?b) ?a"])
def test_rows_are_in_the_order_of_the_engine(terms: list[str], order: str) -> None:
    rng = random.Random(order)
    rows = [f"({a} {rng.choice(['UNDEF', '1', '2'])})" for a in [*terms, "UNDEF"] for _ in "12"]
    rng.shuffle(rows)
    text = f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {' '.join(rows)} }} }} ORDER BY {order}"
    rest, keys = taken_out(text)
    store = OxigraphStore()
    found = store.select(rest)
    assert in_rows(found.rows, found.variables, keys) == list(store.select(text).rows)


def test_a_value_that_is_not_a_number_does_not_disturb_the_others() -> None:
    numbers = [Term("literal", text, XSD + "double") for text in ("2", "NaN", "1", "NaN", "3")]
    found = in_rows([(number,) for number in numbers], ["a"], [Key("a")])
    assert [row[0].value for row in found if row[0]] == ["NaN", "NaN", "1", "2", "3"]


def test_blank_nodes_come_before_names() -> None:
    rows = [(Term("iri", "urn:a"),), (None,), (Term("bnode", ox.BlankNode().value),)]
    assert [row[0].kind if row[0] else "" for row in in_rows(rows, ["a"], [Key("a")])] == [
        "",
        "bnode",
        "iri",
    ]
