"""The sample buffer, from file to store: whole, the same each time, without its secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from aitia.errors import ImportFormatError, NotFoundError
from aitia.importers.flowcept import INFERENCE, RECORDER, read, recognises
from aitia.ingest.pipeline import adopt, ingest
from aitia.records import encode
from aitia.store import graphs
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore

SAMPLE = Path(__file__).parents[3] / "data" / "flowcept" / "buffer_nested.jsonl"
RUN = "8e077096-e943-4091-9833-1649ddf057c8"
LEAKS = (b"canary", b"node-1", b"user-1", b"192.0.2.2", b"EXAMPLE_API_TOKEN")
PREFIXES = "PREFIX aitia: <https://w3id.org/aitia/ns#> PREFIX prov: <http://www.w3.org/ns/prov#> "


def load(directory: Path, store: OxigraphStore) -> int:
    for found in read(SAMPLE):
        adopt(directory, found.records, run=found.run, recorder=found.recorder)
    summary = ingest(directory, store)
    assert summary.problems == ()
    return len(summary.refused)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> OxigraphStore:
    found = OxigraphStore(None)
    assert load(tmp_path_factory.mktemp("flowcept"), found) == 0
    return found


def values(store: OxigraphStore, query: str, graph: str = RECORDER) -> list[str]:
    rows = store.select(PREFIXES + query, graphs=[graphs.bundle(RUN, graph)]).rows
    return sorted(str(row[0].value) for row in rows if row[0] is not None)


def test_records_hold_no_secret_and_no_name() -> None:
    for found in read(SAMPLE):
        text = b"".join(encode(record) for record in found.records)
        assert not [leak for leak in LEAKS if leak in text]


def test_the_journal_and_the_store_hold_no_secret(tmp_path: Path) -> None:
    store = OxigraphStore(None)
    load(tmp_path, store)
    held = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    held += [store.dump(graph) for graph in store.graphs() if graph != graphs.ONTOLOGY]
    assert not [leak for leak in LEAKS for data in held if leak in data]


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    store = OxigraphStore(None)
    load(tmp_path, store)
    before = {g: digest(store.dump(g)) for g in store.graphs() if graphs.is_bundle(g)}
    load(tmp_path, store)
    assert {g: digest(store.dump(g)) for g in store.graphs() if graphs.is_bundle(g)} == before
    assert len(before) == 2


def test_seven_tasks_and_three_iterations(store: OxigraphStore) -> None:
    query = "SELECT ?n WHERE {{ ?t a {} ; rdfs:label ?n }}"
    assert values(store, query.format("aitia:TrainingRun")) == ["train"]
    assert values(store, query.format("aitia:TaskRun")) == sorted(
        ["load", "split", "train_one", "train_one", "hp_search", "fail"]
        + ["epoch_loop_iteration"] * 3
    )


def test_six_finished_one_failed(store: OxigraphStore) -> None:
    query = "SELECT ?m WHERE { ?t aitia:status aitia:Failed ; aitia:errorMessage ?m }"
    assert values(store, query) == ["boom"]
    finished = "SELECT ?t WHERE { ?t aitia:status aitia:Completed ; prov:endedAtTime ?e }"
    assert len(values(store, finished)) == 7  # six tasks, and the run


def test_children_that_were_written_first_have_their_parent(store: OxigraphStore) -> None:
    query = """SELECT ?acc WHERE { ?p rdfs:label "hp_search" . ?c aitia:partOfExecution ?p .
               ?o prov:wasGeneratedBy ?c ; rdfs:label "acc" ; prov:value ?acc }"""
    assert values(store, query) == ["0.91", "0.92"]


def test_outputs_and_inputs_by_name(store: OxigraphStore) -> None:
    made = """SELECT ?v WHERE { ?o rdfs:label "best_lr" ; prov:value ?v }"""
    assert values(store, made) == ["0.2"]
    used = """SELECT ?v WHERE { ?t rdfs:label "load" ; aitia:hasSetting ?s .
              ?s aitia:settingName "path" ; aitia:settingValue ?v }"""
    assert values(store, used) == ["iris.csv"]


def test_the_run_is_part_of_its_campaign(store: OxigraphStore) -> None:
    query = f"""SELECT ?l WHERE {{ <urn:uuid:{RUN}> aitia:partOfExecution ?c .
                ?c a aitia:Campaign ; rdfs:label ?l }}"""
    assert values(store, query) == ["campaign-1"]


def test_the_bundle_derives_from_the_file(store: OxigraphStore) -> None:
    query = "SELECT ?n WHERE { ?b a aitia:CaptureBundle ; prov:wasDerivedFrom/rdfs:label ?n }"
    for recorder in (RECORDER, INFERENCE):
        assert values(store, query, recorder) == ["buffer_nested.jsonl"]


def test_what_was_inferred_is_in_its_own_bundle_alone(store: OxigraphStore) -> None:
    lineage = "SELECT ?s WHERE { ?s prov:wasInformedBy ?o }"
    assert values(store, lineage) == []
    assert len(values(store, lineage, INFERENCE)) == 4
    nested = "SELECT ?s WHERE { ?s aitia:partOfExecution ?o }"
    assert len(values(store, nested, INFERENCE)) == 3
    curves = "SELECT ?v WHERE { ?s a aitia:LearningCurve ; aitia:lastValue ?v }"
    assert values(store, curves) == []
    assert values(store, curves, INFERENCE) == ["0.3333333333333333", "0.54"]


def test_the_buffer_is_recognised() -> None:
    assert recognises(SAMPLE)
    assert not recognises(SAMPLE.parent / "README.md")
    assert not recognises(SAMPLE.parent)


def test_a_missing_file_and_a_cut_one(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        list(read(tmp_path / "nothing.jsonl"))
    cut = tmp_path / "cut.jsonl"
    cut.write_bytes(SAMPLE.read_bytes()[:-100])
    with pytest.raises(ImportFormatError, match=r"line 12 of cut\.jsonl: it is cut short"):
        list(read(cut))
