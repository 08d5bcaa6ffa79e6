"""What shapes look at, read from small shapes of each kind."""

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from aitia.validation import needs as needs_module
from aitia.validation.constraints import COMPONENTS
from aitia.validation.needs import Needs, needs_of
from aitia.validation.profiles import of_triples

HEAD = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX : <http://example.org/>
:S a sh:NodeShape ; sh:targetClass :C ; """
P, Q, R = (f"<http://example.org/{name}>" for name in "pqr")


def needs(text: str) -> Needs:
    quads = parse(f"{HEAD}{text} .".encode(), RdfFormat.TURTLE)
    shapes = of_triples([Triple(q.subject, q.predicate, q.object) for q in quads]).shapes
    return needs_of(shapes, "http://example.org/S")


@pytest.mark.parametrize(
    "constraint",
    [
        "sh:datatype xsd:string",
        "sh:minCount 1 ; sh:maxCount 1",
        "sh:class :D",
        "sh:nodeKind sh:IRI",
        "sh:or ([ sh:datatype xsd:string ] [ sh:class :D ])",
    ],
)
def test_kinds_classes_and_numbers_of_values_ask_for_no_more(constraint):
    assert needs(f"sh:property [ sh:path :p ; {constraint} ]") == Needs()


@pytest.mark.parametrize("kind", ['pattern "a"', "minLength 1", "in (1 2)", "hasValue 1"])
def test_what_asks_for_the_text_of_a_value(kind):
    found = needs(f"sh:property [ sh:path :p ; sh:{kind} ]")

    assert found == Needs(texts={P}, links={P})


def test_bounds_are_numbers_that_values_are_compared_with():
    found = needs("sh:property [ sh:path :p ; sh:minInclusive 0 ; sh:maxExclusive 2.5 ]")

    assert dict(found.bounds) == {P: {0.0, 2.5}}
    assert not found.texts


def test_a_bound_that_is_no_number_asks_for_the_text():
    found = needs('sh:property [ sh:path :p ; sh:minInclusive "2026-01-01"^^xsd:date ]')

    assert found.texts == {P}


def test_what_lies_beyond_a_value_makes_it_matter():
    found = needs("sh:property [ sh:path :p ; sh:node [ sh:property [ sh:path :q ; sh:in (1) ] ] ]")

    assert found.links == {P, Q}
    assert found.texts == {Q}


def test_paths_matter_whole():
    found = needs("sh:property [ sh:path ([ sh:inversePath :p ] :q) ; sh:minCount 1 ]")

    assert found.links == {P, Q}
    assert found.inverse == {P}
    assert found.onward == {P}


def test_a_constraint_on_the_name_of_the_focus_node_is_opaque():
    assert needs('sh:pattern "^x"').opaque


def select(where: str) -> Needs:
    head = "PREFIX : <http://example.org/> SELECT $this ?value WHERE"
    return needs(f"sh:sparql [ sh:message 'm' ; sh:select '{head} {{ {where} }}' ]")


def test_a_query_that_compares_two_values_asks_for_their_order():
    found = select("$this :p ?value ; :q ?other . FILTER(?value < ?other)")

    assert found == Needs(orders={(P, Q)})


def test_a_query_that_asks_whether_values_are_the_same_does_not_ask_for_nodes():
    found = select("$this :p ?value . FILTER NOT EXISTS { $this :q ?value }")

    assert found == Needs(texts={P, Q})


@pytest.mark.parametrize(
    "where",
    [
        "$this :p ?value . ?value :q ?more",
        "$this :p ?value . FILTER(STRLEN(STR(?value)) > 2)",
        "$this :p ?value ; :q ?other . FILTER(?value < ?other && ?other > 2)",
        "$this :p ?value . ?value :p* $this",
    ],
)
def test_other_queries_ask_for_all(where):
    found = select(where)

    assert P in found.texts
    assert P in found.links


def test_a_query_that_finds_nodes_by_what_they_point_at_walks_backwards():
    found = select("?value :r $this")

    assert found.inverse == {R}
    assert found.onward == {R}


def test_each_constraint_of_the_compiler_is_known_here():
    known = needs_module._KINDS | needs_module._OF_SHAPES | needs_module._BOUNDS
    known |= needs_module._TEXTUAL | needs_module._PAIRS | {"closed"}

    assert known == COMPONENTS.keys()
