from __future__ import annotations

import pyoxigraph as ox

from aitia.validation.dataset import Dataset
from aitia.validation.engine import validate
from aitia.validation.facts import Guard
from aitia.validation.profiles import Profile, of_triples
from aitia.validation.statements import of_quads, parse_quads
from aitia.validation.terms import NATIVE

HEAD = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <urn:x:> .\n"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
SUBCLASS = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"


def profile(turtle: str) -> Profile:
    quads = ox.parse(HEAD + turtle, format=ox.RdfFormat.TURTLE)
    return of_triples([ox.Triple(q.subject, q.predicate, q.object) for q in quads])


def dataset(text: str, turtle: str) -> Dataset:
    return Dataset(of_quads(parse_quads(text.encode())), profile(turtle).plan)


def test_focus_nodes_by_class_subclass_and_property() -> None:
    shapes = (
        "ex:S sh:targetClass ex:C ; sh:nodeKind sh:IRI ."
        "ex:T sh:targetObjectsOf ex:p ; sh:nodeKind sh:IRI ."
    )
    data = dataset(
        f"<urn:x:a> {TYPE} <urn:x:D> <urn:g> .\n<urn:x:D> {SUBCLASS} <urn:x:C> <urn:g> .\n"
        '<urn:x:a> <urn:x:p> "v" <urn:g> .\n',
        shapes,
    )
    assert data.focus_nodes("urn:x:C") == [ox.NamedNode("urn:x:a")]
    (other,) = data.keys - {"urn:x:C"}
    assert data.focus_nodes(other) == [ox.Literal("v")]


def test_guards_use_the_focus_nodes() -> None:
    data = dataset(
        f"<urn:x:a> {TYPE} <urn:x:C> .\n", "ex:S sh:targetClass ex:C ; sh:nodeKind sh:IRI ."
    )
    assert data.permits(Guard(lacks="urn:x:p"), "urn:x:C")
    assert not data.permits(Guard(lacks=TYPE[1:-1]), "urn:x:C")


def test_the_native_graph_holds_plain_literals() -> None:
    count = '"5"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>'
    data = dataset(
        f"<urn:x:a> <urn:x:p> {count} .\n", "ex:S sh:targetNode ex:a ; sh:nodeKind sh:IRI ."
    )
    (held,) = data.store.quads_for_pattern(None, ox.NamedNode("urn:x:p"), None, ox.DefaultGraph())
    assert "exact" in str(held.object)
    assert data.native_graph() == NATIVE
    assert data.native_graph() == NATIVE
    (plain,) = data.store.quads_for_pattern(None, ox.NamedNode("urn:x:p"), None, NATIVE)
    assert str(plain.object) == '"5"^^<http://www.w3.org/2001/XMLSchema#integer>'


def test_a_path_of_no_steps_leads_to_a_node_that_no_triple_has() -> None:
    shapes = (
        "ex:S sh:targetNode ex:n ; sh:property ex:P ."
        "ex:P sh:path [ sh:zeroOrMorePath ex:p ] ; sh:class ex:C ."
    )
    report = validate(b"<urn:x:a> <urn:x:p> <urn:x:b> .\n", profile(shapes))
    assert [(r.focus, r.value) for r in report.results] == [("urn:x:n", "urn:x:n")]
