from __future__ import annotations

import logging

import pyoxigraph as ox
import pytest

from aitia.errors import ValidationError
from aitia.validation.engine import validate
from aitia.validation.oracle import to_rdflib
from aitia.validation.profiles import of_triples

rdflib = pytest.importorskip("rdflib")
pytest.importorskip("pyshacl")

HEAD = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <urn:x:> .\n"
A, P = ox.NamedNode("urn:x:a"), ox.NamedNode("urn:x:p")


def test_the_text_of_literals_is_kept() -> None:
    integer = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
    literals = [
        ox.Literal("01", datatype=integer),
        ox.Literal("abc", datatype=integer),
        ox.Literal("chat", language="fr"),
        ox.Literal("plain"),
    ]
    graph = to_rdflib([ox.Quad(A, P, literal) for literal in literals])
    assert {(str(o), o.language) for o in graph.objects()} == {
        ("01", None),
        ("abc", None),
        ("chat", "fr"),
        ("plain", None),
    }


def test_triple_terms_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"expected an RDF 1\.1 term"):
        to_rdflib([ox.Quad(A, P, ox.Triple(A, P, A))])


def test_it_is_quiet_and_leaves_the_log_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    turtle = HEAD + "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:nodeKind sh:Literal ."
    quads = ox.parse(turtle, format=ox.RdfFormat.TURTLE)
    profile = of_triples([ox.Triple(q.subject, q.predicate, q.object) for q in quads])
    level = logging.getLogger("rdflib.term").level
    data = b'<urn:x:a> <urn:x:p> "x"^^<http://www.w3.org/2001/XMLSchema#double> .\n'
    report = validate(data, profile, engine="pyshacl")
    assert [result.component for result in report.results] == ["NodeKindConstraintComponent"]
    assert report.notes == ("judged by pyshacl",)
    assert caplog.records == []
    assert logging.getLogger("rdflib.term").level == level


def test_what_pyshacl_refuses_is_an_error() -> None:
    turtle = HEAD + "ex:S sh:targetNode ex:a ; sh:path ex:p ; sh:lessThan ex:q ."
    quads = ox.parse(turtle, format=ox.RdfFormat.TURTLE)
    profile = of_triples([ox.Triple(q.subject, q.predicate, q.object) for q in quads])
    data = b'<urn:x:a> <urn:x:p> _:b .\n<urn:x:a> <urn:x:q> "1" .\n'
    with pytest.raises(ValidationError, match="pyshacl cannot judge the graph"):
        validate(data, profile, engine="pyshacl")
