from __future__ import annotations

import sys

import pyoxigraph as ox
import pytest

from aitia.errors import MissingExtraError, ValidationError
from aitia.validation.engine import validate
from aitia.validation.profiles import Profile, load, of_triples

HEAD = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <urn:x:> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
INTEGER = "^^<http://www.w3.org/2001/XMLSchema#integer>"


def profile(turtle: str) -> Profile:
    quads = ox.parse(HEAD + turtle, format=ox.RdfFormat.TURTLE)
    return of_triples([ox.Triple(q.subject, q.predicate, q.object) for q in quads])


def lines(*triples: str) -> bytes:
    return "".join(f"{triple} .\n" for triple in triples).encode()


def test_graphs_are_judged_as_their_union() -> None:
    shapes = profile("ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property ex:P ."
                     "ex:P sh:path ex:p ; sh:maxCount 1 .")  # fmt: skip
    apart = lines("<urn:x:a> <urn:x:p> 'one' <urn:g:1>", "<urn:x:a> <urn:x:p> 'one' <urn:g:2>")
    assert validate(apart.replace(b"'", b'"'), shapes).results == ()
    two = lines('<urn:x:a> <urn:x:p> "one" <urn:g:1>', '<urn:x:a> <urn:x:p> "two" <urn:g:2>')
    (result,) = validate(two, shapes).results
    assert result.component == "MaxCountConstraintComponent"
    assert result.message == "There are more values than are allowed"


def test_subclasses_of_the_ontology_are_known() -> None:
    shapes = profile(
        "ex:S a sh:NodeShape ; sh:targetClass <http://www.w3.org/ns/prov#Activity> ;"
        "sh:property [ sh:path ex:p ; sh:minCount 1 ] ."
    )
    data = lines(
        "<urn:x:a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        "<https://w3id.org/aitia/ns#TrainingRun>"
    )
    assert [result.focus for result in validate(data, shapes).results] == ["urn:x:a"]


def test_ill_typed_literals_are_found() -> None:
    shapes = profile("ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property ex:P ."
                     "ex:P sh:path ex:p ; sh:datatype xsd:double .")  # fmt: skip
    good = '<urn:x:a> <urn:x:p> "1.0"^^<http://www.w3.org/2001/XMLSchema#double>'
    assert validate(lines(good), shapes).results == ()
    (result,) = validate(lines(good.replace("1.0", "abc")), shapes).results
    assert result.value == '"abc"^^<http://www.w3.org/2001/XMLSchema#double>'


def test_huge_integers_are_integers() -> None:
    shapes = profile("ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property ex:P ."
                     "ex:P sh:path ex:p ; sh:datatype xsd:integer .")  # fmt: skip
    assert validate(lines(f'<urn:x:a> <urn:x:p> "{10**40}"{INTEGER}'), shapes).results == ()


def test_nested_property_shapes_of_a_checked_shape() -> None:
    shapes = profile(
        "ex:S a sh:NodeShape ; sh:targetNode ex:a , ex:b ; sh:node ex:Outer ."
        "ex:Outer sh:property [ sh:path ex:p ; sh:property [ sh:path ex:q ; sh:minCount 1 ] ] ."
    )
    data = lines("<urn:x:a> <urn:x:p> <urn:x:c>", "<urn:x:b> <urn:x:p> <urn:x:d>",
                 "<urn:x:d> <urn:x:q> <urn:x:e>")  # fmt: skip
    assert [result.focus for result in validate(data, shapes).results] == ["urn:x:a"]


def test_a_shape_in_two_roles_reports_only_for_its_targets() -> None:
    shapes = profile(
        "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:not ex:T ."
        "ex:T a sh:NodeShape ; sh:targetNode ex:b ; sh:nodeKind sh:Literal ."
    )
    found = {(r.focus, r.component) for r in validate(b"", shapes).results}
    assert found == {("urn:x:b", "NodeKindConstraintComponent")}


def test_messages_of_sparql_constraints_are_filled_in() -> None:
    shapes = profile(
        'ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql [ sh:message "{$this} has {?value}" ;'
        'sh:select "SELECT $this ?value { $this <urn:x:p> ?value FILTER(?value > 1) }" ] .'
    )
    data = lines(f'<urn:x:a> <urn:x:p> "1"{INTEGER}', f'<urn:x:a> <urn:x:p> "2"{INTEGER}')
    (result,) = validate(data, shapes).results
    assert result.message == "urn:x:a has 2"
    assert result.component == "SPARQLConstraintComponent"


def test_sparql_constraints_see_the_numbers_as_they_are() -> None:
    shapes = profile(
        "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql ["
        'sh:select "SELECT $this { $this <urn:x:p> ?v FILTER(?v = 7) }" ] .'
    )
    data = lines('<urn:x:a> <urn:x:p> "007"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>')
    assert len(validate(data, shapes).results) == 1


def test_a_sparql_constraint_that_cannot_be_parsed() -> None:
    shapes = profile(
        'ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql [ sh:select "SELECT $this { ?" ] .'
    )
    with pytest.raises(ValidationError, match=r"the SPARQL constraint of urn:x:S fails"):
        validate(b"", shapes)


DECLINED = (
    "ex:S a sh:NodeShape ; sh:targetNode ex:a , ex:ab ; sh:pattern '(?=x)x' ."
    "ex:T a sh:NodeShape ; sh:targetNode ex:a ; sh:nodeKind sh:Literal ."
)


def test_what_the_compiler_declines_is_judged_by_pyshacl_and_said() -> None:
    pytest.importorskip("pyshacl")
    shapes = profile(DECLINED)
    assert set(shapes.plan.declined) == {"urn:x:S"}
    report = validate(b"", shapes)
    assert {(r.focus, r.component) for r in report.results} == {
        ("urn:x:a", "NodeKindConstraintComponent")
    }
    (note,) = report.notes
    assert note == "judged by pyshacl: urn:x:S, for the regular expression '(?=x)x'"


def test_a_declined_shape_that_is_broken() -> None:
    pytest.importorskip("pyshacl")
    report = validate(b"", profile(DECLINED.replace("(?=x)x", "(?=z)z")))
    found = {(r.focus, r.component) for r in report.results}
    assert ("urn:x:ab", "PatternConstraintComponent") in found


def test_recursive_shapes_are_declined() -> None:
    shapes = profile("ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property ex:P ."
                     "ex:P sh:path ex:p ; sh:node ex:S .")  # fmt: skip
    assert shapes.plan.declined == {"urn:x:S": "shapes that refer to themselves"}


def test_pyshacl_is_asked_for_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyshacl", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'aitia\[validate\]'"):
        validate(b"", profile(DECLINED))


def test_data_that_is_no_nquads() -> None:
    with pytest.raises(ValidationError, match="expected N-Quads"):
        validate(b"no quads", load())


def test_an_unknown_engine() -> None:
    with pytest.raises(ValidationError, match="expected one of oxigraph, pyshacl"):
        validate(b"", load(), engine="guess")


def test_the_empty_graph_keeps_all_rules() -> None:
    assert validate(b"", load()).results == ()
