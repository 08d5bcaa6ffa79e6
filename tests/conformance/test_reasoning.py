"""OWL 2 DL and HermiT: the ontology is consistent, and contradictions in data are found.

PROV-O declares and uses two of its properties as annotations and as object properties, which OWL 2
DL forbids; those four triples are set aside, in memory only (see ontology/imports/README.md).
"""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from aitia import resources

rdflib = pytest.importorskip("rdflib")
owlready2 = pytest.importorskip("owlready2")

pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="no java: HermiT cannot run"),
    pytest.mark.slow,
]

AITIA = "https://w3id.org/aitia/ns#"
PROV = "http://www.w3.org/ns/prov#"
PROFILE = Path(__file__).parents[1] / "data" / "owl" / "Profile.java"
MODULES = ("core", "system", "platform", "model", "application", "causal", "aitia")
PREFIXES = f"@prefix aitia: <{AITIA}> .\n@prefix prov: <{PROV}> .\n@prefix ex: <urn:x:> .\n"
MORE_PREFIXES = (
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
    "@prefix sosa: <http://www.w3.org/ns/sosa/> .\n"
)
CONTRADICTIONS = {
    "a run that is a model": "ex:a a aitia:WorkflowRun , aitia:Model .",
    "trained on a run": "ex:a a aitia:TrainingRun ; aitia:trainedOn ex:b . ex:b a aitia:TaskRun .",
    "two learning rates": (
        "ex:a a aitia:TrainingConfiguration ; aitia:learningRate 0.1e0 , 0.2e0 ."
    ),
    "a negative count": "ex:a a aitia:Series ; aitia:pointCount -1 .",
    "a layer of two kinds": "ex:a a aitia:DenseLayer , aitia:PoolingLayer .",
    "a series that is a decision": "ex:a a aitia:Series , aitia:Decision .",
    "a dataset that is a model": "ex:a a aitia:Dataset , aitia:Model .",
    "a campaign that is a task": "ex:a a aitia:Campaign , aitia:TaskRun .",
    "a configuration that is a layer": "ex:a a aitia:TrainingConfiguration , aitia:Layer .",
    "a cluster that is a node": "ex:a a aitia:Cluster , aitia:ComputeNode .",
    "a status of one's own": (
        "ex:a a aitia:TaskRun ; aitia:status ex:b . ex:b a aitia:Model ."
        "ex:b <http://www.w3.org/2002/07/owl#differentFrom> aitia:Queued , aitia:Running ,"
        " aitia:Completed , aitia:Failed , aitia:Cancelled , aitia:Interrupted ."
    ),
}


def merged() -> Any:
    """Return all modules and PROV-O as one graph, without imports and foreign ontology headers."""
    graph = rdflib.Graph()
    for name in MODULES:
        graph.parse(resources.path("ontology", f"{name}.ttl"), format="turtle")
    graph.parse(resources.path("ontology", "imports", "prov-o.ttl"), format="turtle")
    owl, prov = rdflib.OWL, rdflib.Namespace(PROV)
    for punned in (prov.specializationOf, prov.wasRevisionOf):
        graph.remove((punned, rdflib.RDF.type, owl.AnnotationProperty))
        graph.remove((rdflib.URIRef("http://www.w3.org/ns/prov-o#"), punned, None))
    graph.remove((None, owl.imports, None))
    kept = rdflib.URIRef("https://w3id.org/aitia/all")
    for header in set(graph.subjects(rdflib.RDF.type, owl.Ontology)) - {kept}:
        graph.remove((header, None, None))
    return graph


@pytest.fixture(scope="module")
def schema() -> Any:
    return merged()


def aligned(schema: Any) -> Any:
    """Return all modules, PROV-O and all alignments as one graph."""
    graph = rdflib.Graph()
    for path in resources.files("ontology/alignments", ".ttl"):
        graph.parse(path, format="turtle")
    for header in set(graph.subjects(rdflib.RDF.type, rdflib.OWL.Ontology)):
        graph.remove((header, None, None))
    return schema + graph


def reason(schema: Any, data: bytes = b"") -> list[str]:
    """Return the unsatisfiable classes by HermiT; raise when schema and data are inconsistent."""
    world = owlready2.World()
    text = schema.serialize(format="nt", encoding="utf-8") + data
    ontology = world.get_ontology("https://w3id.org/aitia/all#").load(fileobj=io.BytesIO(text))
    with ontology:
        owlready2.sync_reasoner_hermit(
            world, infer_property_values=False, debug=0, ignore_unsupported_datatypes=True
        )
    return [str(cls) for cls in world.inconsistent_classes() if cls is not owlready2.Nothing]


def ntriples(turtle: str) -> bytes:
    """Return Turtle as N-Triples, the text of each literal as it stands."""
    triples = ox.parse(turtle, format=ox.RdfFormat.TURTLE)
    return "".join(f"{t.subject} {t.predicate} {t.object} .\n" for t in triples).encode()


def profile(schema: Any, path: Path) -> list[str]:
    """Return what OWL 2 DL forbids in a graph."""
    schema.serialize(str(path), format="xml")
    jar = Path(owlready2.__file__).parent / "hermit" / "HermiT.jar"
    done = subprocess.run(
        ["java", "-cp", str(jar), str(PROFILE), str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    if "compiler" in done.stderr.lower() and "checked" not in done.stdout:
        pytest.skip("java without a compiler: the profile cannot be checked")
    *violations, last = done.stdout.splitlines() or [done.stderr]
    assert last.startswith("checked ")
    return violations


def test_the_ontology_is_in_owl_2_dl(schema: Any, tmp_path: Path) -> None:
    assert profile(schema, tmp_path / "merged.owl") == []


def test_the_alignments_are_in_owl_2_dl_and_consistent(schema: Any, tmp_path: Path) -> None:
    both = aligned(schema)
    assert len(both) > len(schema) + 200
    assert profile(both, tmp_path / "aligned.owl") == []
    assert reason(both) == []


def test_an_alignment_that_contradicts_is_found(schema: Any) -> None:
    # sosa:Observation is an activity; a series is an entity.
    wrong = (
        "aitia:Series rdfs:subClassOf sosa:Observation . sosa:Observation a owl:Class ;"
        " rdfs:subClassOf prov:Activity ."
    )
    assert reason(aligned(schema), ntriples(PREFIXES + MORE_PREFIXES + wrong)) != []


def test_the_ontology_is_consistent(schema: Any) -> None:
    assert reason(schema) == []


@pytest.mark.parametrize("data", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_contradiction_is_found(schema: Any, data: str) -> None:
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        reason(schema, ntriples(PREFIXES + data))


def test_the_valid_example_is_consistent(schema: Any) -> None:
    example = Path(__file__).parents[1] / "shapes" / "valid.ttl"
    assert reason(schema, ntriples(example.read_text(encoding="utf-8"))) == []


def test_the_worked_examples_are_consistent(schema: Any) -> None:
    """Each module's examples are renamed apart, so that one run of the reasoner does for all."""
    texts = []
    for path in resources.files("ontology/examples", ".ttl"):
        apart = f"https://example.org/{Path(path).stem}/"
        text = Path(path).read_text(encoding="utf-8").replace("https://example.org/", apart)
        texts.append(ntriples(text))
    assert reason(schema, b"".join(texts)) == []
