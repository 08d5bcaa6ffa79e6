import pytest

from aitia.validation.paths import Alternative, Inverse, Predicate, Repeat, Sequence
from aitia.validation.patterns import Pattern, triple_patterns

P, Q = Predicate("urn:p"), Predicate("urn:q")
HEAD = "PREFIX x: <urn:> "


def test_patterns_at_whatever_depth():
    found = triple_patterns(
        HEAD + "SELECT $this ?v WHERE { $this x:p ?v , 1 ; a x:C . FILTER(?v < 3)"
        " FILTER NOT EXISTS { ?v ^x:p/(x:q|x:p)* $this } BIND(STR(?v) AS ?t)"
        " { SELECT $this (COUNT(?n) AS ?c) WHERE { $this x:q ?n } GROUP BY $this } }"
    )
    assert found is None  # a number is no term that is read here
    found = triple_patterns(
        HEAD + "SELECT $this ?v WHERE { $this x:p ?v , x:o ; a x:C . FILTER(?v < 3)"
        " FILTER NOT EXISTS { ?v ^x:p/(x:q|x:p)* $this } BIND(STR(?v) AS ?t)"
        " { SELECT $this (COUNT(?n) AS ?c) WHERE { $this x:q ?n } GROUP BY $this } }"
    )
    typed = Predicate("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    assert found == [
        Pattern("this", P, "v"),
        Pattern("this", P, "x:o"),
        Pattern("this", typed, "x:C"),
        Pattern("v", Sequence((Inverse(P), Repeat(Alternative((Q, P)), "*"))), "this"),
        Pattern("this", Q, "n"),
    ]


@pytest.mark.parametrize(
    "where",
    [
        "$this ?any ?v",
        "FILTER(EXISTS { $this x:p ?v })",
        "$this !x:p ?v",
        "$this y:p ?v",
        "GRAPH $shapesGraph { $this x:p ?v }",
        "$this x:p",
    ],
)
def test_what_is_not_read_is_not_guessed(where):
    assert triple_patterns(HEAD + f"SELECT $this WHERE {{ {where} }}") is None
