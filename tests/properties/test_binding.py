"""What is bound to a parameter arrives as it was given, in two engines, and changes nothing."""

from __future__ import annotations

import math

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from aitia.errors import QueryError
from aitia.query.binding import bind
from aitia.query.catalog import Parameter, Question, load, parse
from aitia.query.run import ask
from aitia.store.oxigraph import OxigraphStore
from aitia.store.sparql import code

STORE = OxigraphStore()
TEXT = """#+ title: t
#+ question: q
#+ for: [tests]
#+ parameters:
#+   value: {{type: {type}, default: UNDEF, description: d}}
#+ columns: {{given: g, same: s}}
SELECT ?given ?same WHERE {{
  VALUES ?value {{ UNDEF }}
  BIND(?value AS ?given)
  BIND(1 AS ?same)
}}
ORDER BY ?given
"""
QUESTIONS = {
    kind: parse(TEXT.format(type=kind), name=kind)
    for kind in ("string", "integer", "double", "iri")
}
HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.text("\"'\\\n\r\t{}<>?$#u0041 \0\x7f .;*&|\u2028"),
    st.sampled_from(
        [
            '" } ?s ?p ?o . { "',
            '"@en',
            "\\u0022 } # ",
            "\\U00000022",
            "\\\\u0041",
            "\x010041",
            "\\U0000",
            '"""',
            "VALUES ?value { UNDEF }",
            "UNDEF ",
            "\\g<0>\\1",
            "$value",
        ]
    ),
)


def rows(kind: str, value: object) -> list[object]:
    return [(row.given, row.same) for row in ask(STORE, QUESTIONS[kind], value=value)]


@settings(max_examples=300, deadline=None)
@given(HOSTILE)
def test_any_text_arrives_in_the_embedded_store(value: str) -> None:
    if value == "UNDEF":
        return
    assert rows("string", value) == [(value, 1)]


@settings(max_examples=100, deadline=None)
@given(HOSTILE)
def test_any_text_arrives_in_rdflib(value: str) -> None:
    if value == "UNDEF":
        return
    found = list(rdflib.Graph().query(bind(QUESTIONS["string"], {"value": value})))
    assert [str(row[0]) for row in found] == [value]


@settings(max_examples=100, deadline=None)
@given(st.integers())
def test_any_integer_arrives(value: int) -> None:
    found = rows("integer", value)
    if -(2**63) <= value < 2**63:
        assert found == [(value, 1)]
    else:
        # Beyond 64 bits the engine keeps the lexical form.
        assert [str(given) for given, _ in found] == [str(value)]


@settings(max_examples=200, deadline=None)
@given(st.floats())
def test_any_number_arrives(value: float) -> None:
    ((found, _),) = rows("double", value)
    assert isinstance(found, float)
    assert found == value or (math.isnan(found) and math.isnan(value))


@settings(max_examples=300, deadline=None)
@given(st.one_of(HOSTILE, HOSTILE.map(lambda text: "urn:x:" + text)))
def test_a_text_is_an_iri_or_is_refused(value: str) -> None:
    if value == "UNDEF":
        return
    try:
        found = rows("iri", value)
    except QueryError:
        return
    assert found == [(value, 1)]


@settings(max_examples=50, deadline=None)
@given(st.lists(HOSTILE.filter(lambda text: text != "UNDEF"), max_size=5, unique=True))
def test_any_list_of_texts_arrives(values: list[str]) -> None:
    assert sorted(str(given) for given, _ in rows("string", values)) == sorted(values)


@pytest.mark.parametrize("value", ["\ud800", "a\udfffb"])
def test_half_a_character_is_refused(value: str) -> None:
    with pytest.raises(QueryError):
        rows("string", value)


BENIGN = {
    "string": "a",
    "integer": 1,
    "double": 1.5,
    "boolean": True,
    "iri": "urn:a:b",
    "run": "urn:uuid:00000000-0000-4000-8000-000000000001",
    "path": "ni:///sha-256;AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
}
BOUND = [(q, p) for q in load().values() for p in q.parameters.values()]
FRAGMENTS = st.one_of(
    HOSTILE,
    st.sampled_from(
        [
            "urn:x> } UNION { ?s ?p ?o } #",
            "urn:x y",
            "http://x/<>",
            "urn:x\n} DROP ALL ; {",
            '1 } FILTER(true) VALUES ?x { "',
            "?run",
            "last'; DELETE WHERE { ?s ?p ?o } #",
        ]
    ),
)


def structure(question: Question, parameter: Parameter, value: object) -> str:
    given = {p.name: BENIGN[p.type] for p in question.parameters.values()}
    return code(bind(question, {**given, parameter.name: value}))


@pytest.mark.parametrize("bound", BOUND, ids=lambda pair: f"{pair[0].name}-{pair[1].name}")
@settings(max_examples=15, deadline=None)
@given(value=FRAGMENTS)
def test_no_value_changes_the_structure_of_a_question(
    bound: tuple[Question, Parameter], value: str
) -> None:
    if value == "UNDEF":
        return
    question, parameter = bound
    try:
        found = structure(question, parameter, value)
    except QueryError:
        return
    assert found == structure(question, parameter, BENIGN[parameter.type])
