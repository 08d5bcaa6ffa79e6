from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

import aitia
from aitia.errors import RecordError
from aitia.export.provjson import write_provjson
from aitia.export.selection import Selection
from aitia.ingest.lexicon import ONTOLOGY, Lexicon
from aitia.ingest.pipeline import ingest
from aitia.journal.writer import JournalWriter
from aitia.query.facts import bundles, facts
from aitia.query.picture import picture
from aitia.reader import Graph
from aitia.records import Associated, Derived, Entity, Record, RunEnded, RunStarted, Used, encode
from aitia.store.oxigraph import OxigraphStore
from aitia.validation.extensions import load
from aitia.validation.report import Report

RUN = "11111111-2222-4333-8444-555555555555"
LAB = "https://example.org/lab#"
MODULE = """@prefix lab: <https://example.org/lab#> .
@prefix aitia: <https://w3id.org/aitia/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://example.org/lab> a owl:Ontology .
lab:Plate a owl:Class ; rdfs:subClassOf aitia:Dataset .
lab:Assay a owl:Class ; rdfs:subClassOf aitia:TrainingRun .
lab:well a owl:DatatypeProperty ; rdfs:range xsd:positiveInteger .
lab:reads a owl:ObjectProperty ; rdfs:subPropertyOf aitia:trainedOn .
"""
RECORDS: list[Record] = [
    RunStarted(RUN, "assay", 1_790_000_000_000_000_000),
    Entity("plate", "lab:Plate", label="plate 7", attributes={"lab:well": 3}),
    Used("", "plate", relation="lab:reads"),
    RunEnded(1_790_000_001_000_000_000),
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "lab.ttl").write_text(MODULE)
    (tmp_path / "aitia.toml").write_text('[ontology]\nextensions = ["lab.ttl"]\n')
    return tmp_path


def record(project: Path, records: list[Record]) -> Path:
    writer = JournalWriter.create(project / ".aitia" / "journal", run=RUN)
    for one in records:
        writer.write(encode(one))
    writer.close()
    return project / ".aitia"


@pytest.fixture
def graph(project: Path) -> Iterator[Graph]:
    with aitia.open(record(project, RECORDS)) as found:
        yield found


def ask(graph: Graph, pattern: str) -> bool:
    prefixes = "PREFIX lab: <https://example.org/lab#> PREFIX aitia: <https://w3id.org/aitia/ns#> "
    prefixes += "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    answer = graph.sparql(f"{prefixes} ASK {{ {pattern} }}")
    assert isinstance(answer, bool)
    return answer


def judgements(report: Report) -> set[tuple[str, str, str]]:
    return {(r.focus, r.shape.rpartition("#")[2], r.severity) for r in report.results}


def test_terms_of_an_extension_are_known_by_curie_and_iri(project: Path) -> None:
    words = Lexicon(load([str(project / "lab.ttl")]))
    assert words.class_term("lab:Plate") == words.class_term(LAB + "Plate") == f"<{LAB}Plate>"
    assert words.class_term("aitia:Model") == ONTOLOGY.class_term("aitia:Model")
    assert "prov:used" in words.ancestors["lab:reads"]
    with pytest.raises(RecordError, match="did you mean lab:Plate"):
        words.class_term("lab:Plat")


def test_records_typed_by_an_extension_come_in_and_are_found(graph: Graph) -> None:
    assert ask(graph, "?thing a lab:Plate ; lab:well 3 . ?run lab:reads ?thing")
    assert ask(graph, "?thing a/rdfs:subClassOf* aitia:Dataset")
    assert [row[1] for row in graph.query("datasets")] == ["plate 7"]
    assert all(report.conforms for report in graph.validate().values())


def test_a_statement_is_one_with_the_properties_above_too(project: Path) -> None:
    module = """lab:looks a owl:ObjectProperty ; rdfs:subPropertyOf lab:reads .
lab:runsIn a owl:ObjectProperty ; rdfs:subPropertyOf aitia:ranOn .
lab:from a owl:ObjectProperty ; rdfs:subPropertyOf aitia:adaptedFrom .
lab:rate a owl:DatatypeProperty ; rdfs:subPropertyOf aitia:learningRate .
"""
    (project / "lab.ttl").write_text(MODULE + module)
    records = [
        *RECORDS[:-1],
        Entity("room", "aitia:ComputeNode", label="room"),
        Entity("how", "aitia:TrainingConfiguration", label="how", attributes={"lab:rate": 0.5}),
        Entity("old", "aitia:Model", label="old"),
        Entity("new", "aitia:Model", label="new"),
        Used("", "plate", relation="lab:looks"),
        Used("", "room", relation="lab:runsIn"),
        Derived("new", "old", relation="lab:from"),
        RECORDS[-1],
    ]
    with aitia.open(record(project, records)) as graph:
        assert ask(graph, "?run lab:looks ?thing ; lab:reads ?thing ; aitia:trainedOn ?thing")
        assert ask(graph, "?run lab:runsIn ?room ; aitia:ranOn ?room")
        assert ask(graph, "?how lab:rate 0.5e0 ; aitia:learningRate 0.5e0")
        assert ask(graph, "?new lab:from ?old ; aitia:adaptedFrom ?old")


def test_what_an_extension_classifies_is_shown_drawn_and_exported_as_what_is_above(
    project: Path,
) -> None:
    (project / "lab.ttl").write_text(
        MODULE + "lab:Robot a owl:Class ; rdfs:subClassOf aitia:AIAgent .\n"
    )
    robot = Entity("robot", "lab:Robot", label="robot 1")
    records = [*RECORDS[:-1], robot, Associated("", "robot"), RECORDS[-1]]
    run = f"urn:uuid:{RUN}"
    with aitia.open(record(project, records)) as graph:
        shown = facts(graph.store, run).layers["application"]
        assert {(thing.type, thing.label) for thing in shown} >= {(f"{LAB}Plate", "plate 7")}
        drawn = picture(graph.store, run, bundles(graph.store, run)).nodes
        assert ("robot 1", "agent", "Robot") in {(n.label, n.kind, n.detail) for n in drawn}
        out = BytesIO()
        write_provjson(Selection(graph.store, tuple(bundles(graph.store, run))), out)
    (told,) = json.loads(out.getvalue())["bundle"].values()
    assert told["prefix"]["lab"] == LAB
    assert list(told["prefix"].values()).count(LAB) == 1


def test_the_shapes_of_the_class_above_judge_its_instances(project: Path) -> None:
    # A byte count below 0 is refused for any artifact; the class of this one is the lab's own.
    bad = Entity("bad", "lab:Plate", label="bad", attributes={"aitia:byteSize": -1})
    root = record(project, [*RECORDS[:-1], bad, RECORDS[-1]])
    lab = load([str(project / "lab.ttl")])
    (refused,) = ingest(root, OxigraphStore(None), extensions=lab).refused
    assert b'"bad"' in refused.raw
    assert refused.shapes == ("https://w3id.org/aitia/shapes#ArtifactSize",)
    with aitia.open(root) as graph:
        assert ask(graph, "?thing a lab:Plate ; rdfs:label 'plate 7'")
        assert not ask(graph, "?thing rdfs:label 'bad'")


def test_instances_are_judged_as_instances_of_the_class_above(graph: Graph, project: Path) -> None:
    from aitia.validation.engine import validate
    from aitia.validation.profiles import load as shapes

    data = f"<urn:x:a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{LAB}Assay> <urn:x:g> .\n"
    alone = validate(data.encode(), shapes())
    extended = shapes().extended(load([str(project / "lab.ttl")]))
    assert alone.results == ()
    above = data.replace(f"{LAB}Assay", "https://w3id.org/aitia/ns#TrainingRun").encode()
    wanted = judgements(validate(above, shapes()))
    assert ("urn:x:a", "TrainingDataKnown", "should") in wanted
    assert judgements(validate(data.encode(), extended)) == wanted
    assert judgements(validate(data.encode(), extended, engine="pyshacl")) == wanted


def test_a_changed_extension_makes_runs_again(project: Path, graph: Graph) -> None:
    path = project / "lab.ttl"
    same = load([str(path)])
    assert ingest(str(project / ".aitia"), graph.store, extensions=same).runs == 0
    path.write_text(MODULE + "lab:Dish a owl:Class ; rdfs:subClassOf lab:Plate .\n")
    assert ingest(str(project / ".aitia"), graph.store, extensions=load([str(path)])).runs == 1
    assert ask(graph, "lab:Dish rdfs:subClassOf lab:Plate")
    refused = ingest(str(project / ".aitia"), graph.store).refused
    assert refused
    assert not ask(graph, "lab:Dish rdfs:subClassOf lab:Plate")
