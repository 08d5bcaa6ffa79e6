from __future__ import annotations

import pyoxigraph as ox
import pytest

from aitia.errors import ValidationError
from aitia.validation.reader import read_shapes
from aitia.validation.shapes import Shapes, Target

HEAD = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <urn:x:> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def read(turtle: str) -> Shapes:
    quads = ox.parse(HEAD + turtle, format=ox.RdfFormat.TURTLE)
    return read_shapes([ox.Triple(q.subject, q.predicate, q.object) for q in quads])


def test_targets() -> None:
    shapes = read(
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:targetSubjectsOf ex:p ;"
        "sh:targetObjectsOf ex:q ; sh:targetNode 'n' . ex:D a rdfs:Class , sh:NodeShape ."
    ).shapes
    kinds = {target.kind for target in shapes["urn:x:S"].targets}
    assert kinds == {"class", "subjects", "objects", "node"}
    assert shapes["urn:x:D"].targets == (Target("class", ox.NamedNode("urn:x:D")),)


def test_only_what_a_target_reaches_is_read() -> None:
    shapes = read(
        "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:or ( ex:T [ sh:not ex:U ] ) ."
        "ex:T sh:class ex:C . ex:U sh:class ex:C . ex:Alone a sh:NodeShape ; sh:class ex:C ."
    )
    named = {key for key in shapes.shapes if not key.startswith("_:")}
    assert named == {"urn:x:S", "urn:x:T", "urn:x:U"}
    assert shapes.reached("urn:x:S") == set(shapes.shapes)


def test_deactivated_shapes_are_no_roots() -> None:
    assert read("ex:S sh:targetNode ex:a ; sh:deactivated true ; sh:class ex:C .").roots() == []


@pytest.mark.parametrize(
    ("turtle", "why"),
    [
        ("sh:js [ ]", "sh:js"),
        ("sh:pattern 'a(?!b)'", "the regular expression 'a(?!b)'"),
        ("sh:sparql [ sh:ask 'ASK {}' ]", "a SPARQL constraint that is no SELECT"),
        ("ex:mine 1", "the custom constraint component of <urn:x:mine>"),
    ],
)
def test_what_is_unsupported_is_said(turtle: str, why: str) -> None:
    component = "ex:Component sh:parameter [ sh:path ex:mine ] ."
    shapes = read(f"ex:S sh:targetNode ex:a ; {turtle} . {component}")
    assert shapes.shapes["urn:x:S"].unsupported == (why,)


@pytest.mark.parametrize(
    ("turtle", "says"),
    [
        ("sh:minCount 1", "has sh:minCount but no sh:path. expected a property shape"),
        ("sh:lessThan ex:p", "expected a property shape"),
        ("sh:class 'C'", "expected an IRI"),
        ("sh:maxLength -1", "expected a whole number of at least 0"),
        ("sh:pattern ex:p", "expected a literal"),
        ("sh:nodeKind sh:Thing", "expected a node kind"),
    ],
)
def test_a_parameter_that_cannot_be(turtle: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        read(f"ex:S sh:targetNode ex:a ; {turtle} .")


@pytest.mark.parametrize(
    ("turtle", "says"),
    [
        ("ex:S sh:targetNode ex:a ; sh:in [ rdf:first 1 ] .", "a broken list"),
        ("ex:S sh:targetNode ex:a ; sh:property [ sh:path [ ex:p 1 ] ] .", "no property path"),
    ],
)
def test_what_is_no_shacl_is_an_error(turtle: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        read(turtle)
