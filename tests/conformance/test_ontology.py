"""The ontology files: every term is labelled, defined and declared, and at home in one module."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest

from aitia import resources
from aitia.capture.model.concepts import loss, optimizer
from aitia.ingest.curves import classify

AITIA = "https://w3id.org/aitia/ns#"
OWL = "http://www.w3.org/2002/07/owl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
BUILT_IN = (OWL, RDF, RDFS, "http://www.w3.org/2001/XMLSchema#")
MODULES = ("core", "system", "platform", "model", "application", "causal")
TERM_TYPES = {
    OWL + kind for kind in ("Class", "ObjectProperty", "DatatypeProperty", "NamedIndividual")
}
TAXONOMIES = [Path(path) for path in resources.files("ontology/taxonomies", ".ttl")]

Graph = dict[str, dict[str, list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]]]


def read(*parts: str) -> Graph:
    graph: Graph = defaultdict(lambda: defaultdict(list))
    path = resources.path("ontology", *parts)
    for triple in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
        subject = triple.subject
        name = subject.value if isinstance(subject, ox.NamedNode) else str(subject)
        graph[name][triple.predicate.value].append(triple.object)
    return graph


def types(about: dict[str, list[object]]) -> set[str]:
    return {str(term)[1:-1] for term in about.get(RDF + "type", [])}


def text(about: dict[str, list[object]], predicate: str) -> str:
    found = [term for term in about.get(predicate, []) if isinstance(term, ox.Literal)]
    assert len(found) == 1, (predicate, found)
    return found[0].value


@pytest.fixture(params=MODULES)
def module(request: pytest.FixtureRequest) -> tuple[str, Graph]:
    return request.param, read(f"{request.param}.ttl")


def test_every_term_is_labelled_defined_and_at_home(module: tuple[str, Graph]) -> None:
    name, graph = module
    home = ox.NamedNode(f"https://w3id.org/aitia/{name}")
    for subject, about in graph.items():
        if not (subject.startswith(AITIA) and types(about) & TERM_TYPES):
            continue
        label, definition = text(about, RDFS + "label"), text(about, SKOS + "definition")
        assert label, subject
        assert len(definition) >= 12, subject
        assert definition[0].isupper() or definition[0].isdigit(), subject
        assert definition.endswith("."), subject
        assert label.lower() != definition.lower().rstrip("."), subject
        assert about[RDFS + "isDefinedBy"] == [home], subject


def test_every_term_says_for_whom_it_matters(module: tuple[str, Graph]) -> None:
    scheme = read("taxonomies", "stakeholder.ttl")
    known = {name for name, about in scheme.items() if types(about) == {SKOS + "Concept"}}
    assert len(known) == 6
    for subject, about in module[1].items():
        if subject.startswith(AITIA) and types(about) & {*TERM_TYPES, OWL + "AnnotationProperty"}:
            said = [str(stakeholder)[1:-1] for stakeholder in about.get(AITIA + "mattersTo", [])]
            assert said, f"{subject} has no aitia:mattersTo"
            assert set(said) <= known, subject


def test_names_tell_classes_from_properties(module: tuple[str, Graph]) -> None:
    for subject, about in module[1].items():
        if subject.startswith(AITIA) and types(about) & TERM_TYPES:
            is_property = types(about) & {OWL + "ObjectProperty", OWL + "DatatypeProperty"}
            assert subject[len(AITIA)].islower() == bool(is_property), subject


def test_the_header_says_what_the_module_is(module: tuple[str, Graph]) -> None:
    name, graph = module
    header = graph[f"https://w3id.org/aitia/{name}"]
    assert types(header) == {OWL + "Ontology"}
    for predicate in ("title", "description", "creator", "publisher", "created", "issued"):
        assert text(header, DCTERMS + predicate)
    (licence,) = header[DCTERMS + "license"]
    assert licence == ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")
    (version,) = header[OWL + "versionIRI"]
    assert version == ox.NamedNode(f"https://w3id.org/aitia/0.1.0/{name}")


def closure(name: str) -> list[Graph]:
    """Return a module with all that it imports."""
    todo, seen = [name], set()
    graphs = [read("imports", "prov-o.ttl")]
    while todo:
        here = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        graph = read("aitia.ttl" if here == "all" else f"{here}.ttl")
        graphs.append(graph)
        imported = map(str, graph[f"https://w3id.org/aitia/{here}"][OWL + "imports"])
        todo.extend(name[1:-1].rpartition("/")[2] for name in imported if "aitia" in name)
    return graphs


@pytest.mark.parametrize("name", [*MODULES, "all"])
def test_nothing_is_undeclared(name: str) -> None:
    graphs = closure(name)
    declared = {subject for graph in graphs for subject, about in graph.items() if types(about)}
    used: set[str] = set()
    for graph in graphs[1:]:
        for subject, about in graph.items():
            if types(about) == {OWL + "Ontology"}:
                used.update(about)
                continue
            used.add(subject)
            used.update(about)
            for predicate, terms in about.items():
                if predicate not in (RDFS + "isDefinedBy", AITIA + "mattersTo"):
                    used.update(t.value for t in terms if isinstance(t, ox.NamedNode))
    foreign = {name for name in used if not name.startswith((*BUILT_IN, "_:"))}
    assert foreign - declared == set()


def test_no_property_has_two_domains_or_ranges(module: tuple[str, Graph]) -> None:
    for subject, about in module[1].items():
        assert len(about.get(RDFS + "domain", [])) <= 1, subject
        assert len(about.get(RDFS + "range", [])) <= 1, subject


def test_no_two_terms_share_a_label() -> None:
    labels: dict[str, str] = {}
    for name in MODULES:
        for subject, about in read(f"{name}.ttl").items():
            if subject.startswith(AITIA) and types(about) & TERM_TYPES:
                label = text(about, RDFS + "label").lower()
                assert labels.setdefault(label, subject) == subject, label


def test_the_catalogue_leads_to_files() -> None:
    folder = Path(resources.path("ontology", "imports"))
    names = {}
    for entry in ET.parse(folder / "catalog-v001.xml").getroot():
        names[entry.attrib["name"]] = (folder / entry.attrib["uri"]).resolve()
    assert all(path.is_file() for path in names.values())
    for name in MODULES:
        assert names[f"https://w3id.org/aitia/{name}"].name == f"{name}.ttl"
    assert names["http://www.w3.org/ns/prov-o#"].name == "prov-o.ttl"


@pytest.mark.parametrize("path", TAXONOMIES, ids=lambda path: path.stem)
def test_a_taxonomy_is_whole(path: Path) -> None:
    graph = read("taxonomies", path.name)
    scheme = f"https://w3id.org/aitia/scheme/{path.stem}"
    assert types(graph[scheme]) == {SKOS + "ConceptScheme"}
    assert text(graph[scheme], DCTERMS + "title")
    concepts = {name: about for name, about in graph.items() if name != scheme}
    assert len(concepts) >= 4
    names: dict[str, str] = {}
    for name, about in concepts.items():
        assert name.startswith(scheme + "#")
        assert SKOS + "Concept" in types(about)
        assert about[SKOS + "inScheme"] == [ox.NamedNode(scheme)]
        assert text(about, SKOS + "definition").endswith(".")
        assert names.setdefault(text(about, SKOS + "prefLabel"), name) == name
        for broader in about.get(SKOS + "broader", []):
            assert str(broader)[1:-1] in concepts
        assert (SKOS + "broader" in about) != (SKOS + "topConceptOf" in about)


CURVES = {
    "EarlyLearner": [0.1, 0.8, 0.85, 0.88, 0.89, 0.9],
    "SteadyLearner": [0.1, 0.26, 0.42, 0.58, 0.74, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9],
    "LateLearner": [0.1, 0.1, 0.1, 0.1, 0.1, 0.9],
    "NeverLearner": [0.1, 0.11, 0.1, 0.11, 0.1, 0.1],
    "Overfitter": [0.1, 0.5, 0.9, 0.6, 0.5, 0.4],
    "Diverger": [0.9, 0.8, 0.5, float("nan"), 0.1],
}


def test_every_type_of_learning_curve_is_a_concept() -> None:
    graph = read("taxonomies", "learning-curve-type.ttl")
    scheme = "https://w3id.org/aitia/scheme/learning-curve-type#"
    for name, values in CURVES.items():
        assert classify(values, higher=True) == name
        assert AITIA + "LearningCurveType" in types(graph[scheme + name])
    assert {name.rpartition("#")[2] for name in graph if "#" in name} == set(CURVES)


@pytest.mark.parametrize("name", ["sgd", "adam", "lbfgs", "liblinear", "newton-cg", "saga"])
def test_optimizers_that_capture_names_are_concepts(name: str) -> None:
    entity = optimizer(name)
    assert entity is not None
    concept = read("taxonomies", "optimizer.ttl")[entity.id.replace("scheme:", SCHEME)]
    assert AITIA + "Optimizer" in types(concept)


@pytest.mark.parametrize("name", ["log_loss", "MSELoss", "hinge", "CrossEntropyLoss", "huber"])
def test_losses_that_capture_names_are_concepts(name: str) -> None:
    concept = read("taxonomies", "loss-function.ttl")[loss(name).id.replace("scheme:", SCHEME)]
    assert AITIA + "LossFunction" in types(concept)


SCHEME = "https://w3id.org/aitia/scheme/"
