from __future__ import annotations

import pytest

from aitia.errors import QueryError
from aitia.store import sparql


def test_keywords_are_code_alone() -> None:
    text = """PREFIX from: <http://service#> # SERVICE
    SELECT ?service $from WHERE { ?s a from:service ; <urn:SERVICE> "SERVICE '" , '''FROM "
    ''' ; x:SERVICE "a\\"SERVICE" }"""
    assert sparql.keywords(text) == ["PREFIX", "SELECT", "WHERE", "{", "A", "}"]


def test_a_less_than_sign_hides_nothing() -> None:
    text = "SELECT * { ?s ?p ?o FILTER(?o < 3 && ?o > 2) SERVICE <urn:x> { } }"
    assert sparql.calls_service(text)
    assert sparql.calls_service("SELECT * { FILTER(?a<?b) SERVICE<urn:x>{} # > \n }")


def test_a_dataset_clause_is_seen_in_the_head_alone() -> None:
    assert sparql.names_dataset("SELECT * FROM <urn:g> WHERE { }")
    assert sparql.names_dataset("ASK\nfrom named <urn:g> { }")
    assert not sparql.names_dataset("SELECT * WHERE { ?from ?p 'FROM' }")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("# ASK\nBASE <urn:x> PREFIX ask: <urn:y> construct {} WHERE {}", "CONSTRUCT"),
        ("describe <urn:x>", "DESCRIBE"),
        ("ASK{}", "ASK"),
        ("DELETE WHERE { ?s ?p ?o }", ""),
        ("WITH <urn:g> DELETE { ?s ?p ?o } WHERE { { SELECT * { } } }", ""),
        ("", ""),
    ],
)
def test_the_form_is_the_first_word(text: str, form: str) -> None:
    assert sparql.form(text) == form


def test_an_update_is_refused() -> None:
    with pytest.raises(QueryError, match="not a query: 'DROP ALL'"):
        sparql.require_query("DROP ALL")


def test_the_tail_is_what_follows_the_last_brace() -> None:
    text = "SELECT * { { SELECT * { } ORDER BY ?x LIMIT 1 } } OFFSET 3"
    assert sparql.tail(text) == ["OFFSET"]


def test_a_page_wraps_the_select_and_keeps_the_prologue() -> None:
    text = "PREFIX select: <urn:s> SELECT ?a WHERE { ?a select:p 1 } ORDER BY ?a # end"
    page = sparql.page(text, 10, 20)
    assert page.startswith("PREFIX select: <urn:s> SELECT * WHERE { { SELECT ?a")
    assert page.endswith("\n} } LIMIT 10 OFFSET 20")


def test_only_missing_prefixes_are_declared() -> None:
    text = "PREFIX prov: <urn:mine> SELECT * { ?a a prov:X , aitia:Run }"
    declared = sparql.prologue(text)
    assert "PREFIX aitia: <https://w3id.org/aitia/ns#>" in declared
    assert "prov:" not in declared
    assert "\n" not in declared


def test_code_hides_comments_strings_and_iris() -> None:
    assert sparql.code('SELECT "HAVING" <urn:x> # AS ?y') == 'SELECT "" <> '
