from __future__ import annotations

import pytest

from aitia.errors import ValidationError
from aitia.validation.prebinding import asks_for_shapes, for_all, refusal, tokens

FOCUS = "FOCUS"


def flat(text: str) -> str:
    return " ".join(text.split())


def test_each_group_gets_the_focus_nodes() -> None:
    query = "SELECT $this WHERE { { FILTER($this = ex:a) } UNION { $this ex:p ?o } }"
    assert flat(for_all(query, FOCUS)) == (
        "SELECT $this WHERE { FOCUS { FOCUS FILTER($this = ex:a) } UNION { FOCUS $this ex:p ?o } }"
    )


def test_a_nested_select_gets_them_inside() -> None:
    query = "SELECT $this { { SELECT $this (COUNT(?o) AS ?n) { $this ex:p ?o } GROUP BY $this } }"
    assert flat(for_all(query, FOCUS)) == (
        "SELECT $this { FOCUS { SELECT $this (COUNT(?o) AS ?n) { FOCUS $this ex:p ?o } "
        "GROUP BY $this } }"
    )


def test_exists_sees_the_binding_anyway() -> None:
    query = "SELECT $this { FILTER NOT EXISTS { $this ex:p ?o } }"
    assert for_all(query, FOCUS).count(FOCUS) == 1


def test_braces_in_strings_iris_and_comments_are_no_groups() -> None:
    query = 'SELECT $this { $this <urn:a#b> "}{" . # {\n }'
    assert for_all(query, FOCUS).count(FOCUS) == 1
    assert "<urn:a#b>" in for_all(query, FOCUS)
    assert [token.text for token in tokens("# gone\n?a") if token.kind != "space"] == ["?a"]


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("SELECT $this { $this ?p ?o MINUS { $this ?p 1 } }", "uses MINUS"),
        ("SELECT $this { VALUES ?x { 1 } }", "uses VALUES"),
        ("SELECT $this { SERVICE <urn:x> { ?a ?b ?c } }", "uses SERVICE"),
        ("SELECT $this { BIND(true AS $this) }", "assigns $this"),
        ("SELECT ?value { $this ?p ?value }", "does not project $this"),
        ("SELECT $this { { SELECT * { $this ?p ?o } } }", "does not project $this"),
    ],
)
def test_what_shacl_forbids_is_an_error(query: str, what: str) -> None:
    with pytest.raises(ValidationError) as caught:
        refusal(query)
    assert what in str(caught.value)
    assert "next:" in str(caught.value)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("SELECT $this { $this ?p ?o } LIMIT 1", "LIMIT"),
        ("SELECT $this (COUNT(?o) AS ?n) { $this ?p ?o }", "aggregates"),
    ],
)
def test_what_must_be_run_for_each_node_is_declined(query: str, why: str) -> None:
    assert why in refusal(query)


def test_names_that_look_like_keywords_are_no_keywords() -> None:
    assert refusal("PREFIX ex: <urn:x:> SELECT $this { $this ex:limit ?o ; ex:count ?minus }") == ""
    assert refusal("SELECT DISTINCT $this { $this <urn:values> 'MINUS' }") == ""
    assert refusal("SELECT $this (MAX(?o) AS ?m) { $this ?p ?o } GROUP BY $this") == ""


def test_the_shapes_graph_is_asked_for_by_name() -> None:
    assert asks_for_shapes("SELECT $this WHERE { GRAPH $shapesGraph { ?currentShape ?p ?o } }")
    assert not asks_for_shapes('SELECT $this WHERE { $this ?p "$shapesGraph" }')
