"""The alignments: each maps a term of Aitia to a foreign one, and says whether that was found."""

from __future__ import annotations

import csv
import importlib.util
import shutil
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from aitia import resources
from aitia.vocabulary.terms import CLASSES, DATA_PROPERTIES, OBJECT_PROPERTIES

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(resources.path("ontology", "alignments"))
TABLES = sorted(FOLDER.glob("*.sssom.tsv"))
OWL = "http://www.w3.org/2002/07/owl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
AITIA = "https://w3id.org/aitia/ns#"
MATCHES = {
    **{f"skos:{name}Match": f"{SKOS}{name}Match" for name in ("exact", "close", "related")},
    **{f"skos:{name}Match": f"{SKOS}{name}Match" for name in ("narrow", "broad")},
    "rdfs:subClassOf": RDFS + "subClassOf",
    "rdfs:subPropertyOf": RDFS + "subPropertyOf",
}
KINDS = {
    "owl class": CLASSES,
    "owl object property": OBJECT_PROPERTIES,
    "owl data property": DATA_PROPERTIES,
}
NEIGHBOURS = [
    "p-plan",
    "provone",
    "wfprov",
    "mls",
    "annett-o",
    "aio",
    "hpc",
    "sosa",
    "dcat",
    "schema",
    "fair4ml",
    "croissant",
    "spdx",
    "dpv",
    "airo",
    "prov-agent",
]
# Their terms may be named, and nothing of their files may be carried along.
NON_COMMERCIAL = ("http://purl.org/net/p-plan", "https://w3id.org/reproduceme")


def table(path: Path) -> tuple[dict[str, str], list[dict[str, str]]]:
    text = path.read_text(encoding="utf-8").splitlines()
    head = [line for line in text if line.startswith("#")]
    prefixes = {}
    for line in head[head.index("#curie_map:") + 1 :]:
        prefix, _, iri = line[1:].strip().partition(": ")
        prefixes[prefix] = iri.strip('"')
    return prefixes, list(csv.DictReader(text[len(head) :], delimiter="\t"))


def iri(curie: str, prefixes: dict[str, str]) -> str:
    prefix, _, local = curie.partition(":")
    return prefixes[prefix] + local


def triples(path: Path) -> set[tuple[str, str, str]]:
    found = ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    return {(str(t.subject), t.predicate.value, str(t.object)) for t in found}


def looked_up() -> list[dict[str, str]]:
    with (FOLDER / "verified.tsv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter="\t"))


def test_every_neighbour_has_both_files() -> None:
    names = {path.name.removesuffix(".sssom.tsv") for path in TABLES}
    assert names >= set(NEIGHBOURS)
    assert names == {path.stem for path in FOLDER.glob("*.ttl")}


@pytest.fixture(params=TABLES, ids=lambda path: path.name.removesuffix(".sssom.tsv"))
def pair(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_subjects_are_terms_and_predicates_are_mappings(pair: Path) -> None:
    prefixes, rows = table(pair)
    assert rows
    assert len({(r["subject_id"], r["predicate_id"], r["object_id"]) for r in rows}) == len(rows)
    for row in rows:
        assert row["subject_id"] in KINDS[row["subject_type"]], row
        assert row["predicate_id"] in MATCHES, row
        assert not iri(row["object_id"], prefixes).startswith(AITIA), row
        is_class = row["subject_type"] == "owl class"
        assert row["predicate_id"] != ("rdfs:subPropertyOf" if is_class else "rdfs:subClassOf"), row


def test_the_labels_are_those_of_the_ontology(pair: Path) -> None:
    labels = {}
    for name in ("core", "system", "platform", "model", "application", "causal"):
        path = resources.path("ontology", f"{name}.ttl")
        for triple in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
            if triple.predicate.value == RDFS + "label":
                labels[str(triple.subject)] = triple.object.value
    prefixes, rows = table(pair)
    for row in rows:
        assert row["subject_label"] == labels[f"<{iri(row['subject_id'], prefixes)}>"]


def test_table_and_turtle_say_the_same(pair: Path) -> None:
    prefixes, rows = table(pair)
    said = {
        (
            f"<{iri(row['subject_id'], prefixes)}>",
            MATCHES[row["predicate_id"]],
            f"<{iri(row['object_id'], prefixes)}>",
        )
        for row in rows
    }
    graph = triples(pair.with_name(pair.name.replace(".sssom.tsv", ".ttl")))
    assert {triple for triple in graph if triple[1] in MATCHES.values()} == said


def test_what_was_not_found_is_marked(pair: Path) -> None:
    prefixes, rows = table(pair)
    status = {row["term"]: row["found"] for row in looked_up()}
    assert {row["object_id"]: row["found"] for row in rows}.items() <= status.items()
    unverified = {
        f"<{iri(row['object_id'], prefixes)}>" for row in rows if row["found"] == "unverified"
    }
    graph = triples(pair.with_name(pair.name.replace(".sssom.tsv", ".ttl")))
    marked = {s: o for s, p, o in graph if p == OWL + "annotatedTarget"}
    comments = {s: o for s, p, o in graph if p == RDFS + "comment"}
    assert set(marked.values()) == unverified
    assert all(comments[axiom].startswith('"Unverified. ') for axiom in marked)


def test_an_alignment_imports_nothing_and_declares_what_it_uses(pair: Path) -> None:
    graph = triples(pair.with_name(pair.name.replace(".sssom.tsv", ".ttl")))
    assert not [triple for triple in graph if triple[1] == OWL + "imports"]
    declared = {s for s, p, _ in graph if p == RDF + "type"}
    own = {s for s, p, _ in graph if s.startswith(f"<{AITIA}")}
    above = {o for _, p, o in graph if p in (RDFS + "subClassOf", RDFS + "subPropertyOf")}
    assert own | above <= declared


def test_the_table_of_what_was_looked_up_is_whole() -> None:
    rows = looked_up()
    terms = [row["term"] for row in rows]
    assert len(set(terms)) == len(terms)
    used = {}
    for path in TABLES:
        prefixes, found = table(path)
        used.update({row["object_id"]: iri(row["object_id"], prefixes) for row in found})
    assert {row["term"]: row["iri"] for row in rows} == used
    for row in rows:
        assert row["found"] in ("declared", "specified", "unverified"), row
        assert row["in"], row
        assert row["version"], row
    assert sum(row["found"] == "unverified" for row in rows) < len(rows) / 10


def test_nothing_non_commercial_is_carried_along() -> None:
    for path in resources.files("ontology", ".ttl"):
        for subject, predicate, value in triples(Path(path)):
            foreign = [name for name in NON_COMMERCIAL if f"<{name}" in subject]
            # A bare declaration of a class or property is all that may be said of such a term.
            assert not foreign or (predicate == RDF + "type" and OWL in value), (path, subject)
            if predicate == OWL + "imports":
                assert not value.startswith(tuple(f"<{name}" for name in NON_COMMERCIAL))


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the tool that writes the Turtle files, at work on a copy of the folder."""
    spec = importlib.util.spec_from_file_location("alignments", ROOT / "tools/alignments.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    shutil.copytree(FOLDER, tmp_path / "alignments")
    shutil.copy(module.PAGE, tmp_path / "page.md")
    monkeypatch.setattr(module, "FOLDER", tmp_path / "alignments")
    monkeypatch.setattr(module, "PAGE", tmp_path / "page.md")
    return module


def test_the_turtle_files_are_fresh(tool: Any) -> None:
    assert tool.main(["--check"]) == 0


def test_a_table_that_its_turtle_does_not_follow_is_found(
    tool: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tool.FOLDER / "sosa.sssom.tsv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("skos:closeMatch\tsosa:Sensor", "skos:exactMatch\tsosa:Sensor"))
    assert tool.main(["--check"]) == 1
    assert capsys.readouterr().out.startswith("stale: sosa.ttl, page.md. next: ")
    assert tool.main([]) == 0
    assert tool.main(["--check"]) == 0
    written = triples(tool.FOLDER / "sosa.ttl")
    sensor = "<http://www.w3.org/ns/sosa/Sensor>"
    assert (f"<{AITIA}TelemetryProbe>", SKOS + "exactMatch", sensor) in written
