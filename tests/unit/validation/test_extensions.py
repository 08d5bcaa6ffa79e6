from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse, serialize

from aitia.errors import ValidationError
from aitia.validation.engine import validate
from aitia.validation.extensions import load
from aitia.validation.profiles import load as shapes

HEAD = """@prefix lab: <https://example.org/lab#> .
@prefix aitia: <https://w3id.org/aitia/ns#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
ONTOLOGY = "<https://example.org/lab> a owl:Ontology .\n"
TERMS = """lab:Assay a owl:Class ; rdfs:subClassOf aitia:TrainingRun .
lab:Slow a owl:Class ; rdfs:subClassOf lab:Assay .
lab:well a owl:DatatypeProperty ; rdfs:range xsd:positiveInteger .
lab:reads a owl:ObjectProperty ; rdfs:subPropertyOf aitia:trainedOn .
"""
LAB = "https://example.org/lab#"


def write(folder: Path, text: str, head: str = HEAD + ONTOLOGY) -> str:
    path = folder / "lab.ttl"
    path.write_text(head + text)
    return str(path)


def test_an_extension_is_read_with_what_its_terms_are_below(tmp_path: Path) -> None:
    (found,) = load([write(tmp_path, TERMS)])
    assert (found.prefix, found.namespace) == ("lab", LAB)
    assert found.classes == {LAB + "Assay", LAB + "Slow"}
    assert found.attributes == {LAB + "well"}
    assert found.ranges == {LAB + "well": "xsd:positiveInteger"}
    assert {LAB + "Assay", "http://www.w3.org/ns/prov#Activity"} <= found.ancestors[LAB + "Slow"]
    assert "http://www.w3.org/ns/prov#used" in found.ancestors[LAB + "reads"]


REFUSED = {
    "a class in the namespace of Aitia": ("aitia:Mine a owl:Class .", "declares aitia:Mine"),
    "a class in the namespace of PROV": ("prov:Mine a owl:Class .", "declares prov:Mine"),
    "a statement about a class of Aitia": (
        "aitia:Model rdfs:subClassOf lab:Plate .",
        "says of aitia:Model that it is rdfs:subClassOf",
    ),
    "a term elsewhere": ("<urn:x:y> a owl:Class .", "declares <urn:x:y>"),
    "a syntax error": ("\nlab:Assay a owl:Class\nlab:Slow a owl:Class .", "line 10"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_an_extension_may_not_say_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        load([write(tmp_path, text)])


def test_a_module_without_an_ontology_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"declares no owl:Ontology"):
        load([write(tmp_path, TERMS, HEAD)])


def test_a_module_without_a_namespace_is_refused(tmp_path: Path) -> None:
    head = HEAD.partition("\n")[2] + ONTOLOGY
    with pytest.raises(ValidationError, match="declares no namespace of its own"):
        load([write(tmp_path, "", head)])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"gone\.ttl cannot be read"):
        load([str(tmp_path / "gone.ttl")])


def test_two_modules_of_one_namespace_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, TERMS)
    with pytest.raises(ValidationError, match="both use lab:"):
        load([path, path])


CONTRADICTIONS = {
    "both sides of PROV": "lab:Odd a owl:Class ; rdfs:subClassOf prov:Activity, prov:Entity .",
    "deep in the hierarchy": "lab:Odd a owl:Class ; rdfs:subClassOf lab:Slow , aitia:Model .",
    "an individual": "lab:odd a lab:Slow , aitia:Model .",
    "its own disjointness": (
        "lab:Odd a owl:Class ; rdfs:subClassOf lab:Slow ; owl:disjointWith lab:Assay ."
    ),
}


@pytest.mark.parametrize("text", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_contradiction_is_refused_with_its_statements(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValidationError, match=r"(?i)lab:odd can.*because.* are disjoint"):
        load([write(tmp_path, TERMS + text)])


def test_siblings_are_no_contradiction(tmp_path: Path) -> None:
    assert load([write(tmp_path, TERMS + "lab:Quick a owl:Class ; rdfs:subClassOf lab:Assay .")])


def judged(tmp_path: Path, triples: str, engine: str = "oxigraph") -> list[tuple[str, str]]:
    profile = shapes().extended(load([write(tmp_path, TERMS)]))
    quads = parse((HEAD + triples).encode(), RdfFormat.TURTLE)
    data = serialize(quads, format=RdfFormat.N_QUADS)
    assert data is not None
    report = validate(data, profile, engine=engine)
    return [(result.focus, result.message) for result in report.results]


@pytest.mark.parametrize("statement", ["a lab:Asay", "lab:wel 3", "lab:raeds <urn:x:d>"])
def test_a_term_that_the_module_does_not_declare_is_refused_with_the_nearest(
    tmp_path: Path, statement: str
) -> None:
    (found,) = judged(tmp_path, f"<urn:x:a> {statement} .")
    assert found[0] == "urn:x:a"
    assert "is not in the ontology; did you mean lab:" in found[1]


def test_terms_that_the_module_declares_are_known(tmp_path: Path) -> None:
    assert judged(tmp_path, "<urn:x:a> lab:well 3 .") == []


@pytest.mark.parametrize("engine", ["oxigraph", "pyshacl"])
def test_a_subproperty_is_judged_as_the_property_above(tmp_path: Path, engine: str) -> None:
    # What a run trains on is a set of data: the lab's own word for it makes no exception.
    run = "<urn:x:a> a aitia:TrainingRun . <urn:x:m> a aitia:Model . <urn:x:a> "
    ours = judged(tmp_path, run + "aitia:trainedOn <urn:x:m> .", engine)
    theirs = judged(tmp_path, run + "lab:reads <urn:x:m> .", engine)
    neither = judged(tmp_path, run + "rdfs:seeAlso <urn:x:m> .", engine)
    assert set(neither) != set(theirs)
    assert {message for _, message in ours} - {message for _, message in theirs} == set()


def test_an_import_of_what_is_not_given_is_refused(tmp_path: Path) -> None:
    text = "<https://example.org/lab> owl:imports <https://example.org/gone> .\n"
    with pytest.raises(ValidationError, match=r"imports <https://example.org/gone>"):
        load([write(tmp_path, text)])


def test_imports_of_aitia_and_prov_are_taken(tmp_path: Path) -> None:
    imported = "<https://w3id.org/aitia/ns#> , <http://www.w3.org/ns/prov-o#>"
    text = f"<https://example.org/lab> owl:imports {imported} ."
    assert load([write(tmp_path, text + "\n" + TERMS)])
