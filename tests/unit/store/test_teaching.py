"""A store that another version of Aitia made still opens, and is brought up to date."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from aitia.errors import StoreError
from aitia.ingest import journals
from aitia.ingest.pipeline import adopt, ingest
from aitia.records import Entity, RunEnded, RunStarted
from aitia.store import graphs, teaching
from aitia.store.canonical import canonical, digest
from aitia.store.oxigraph import OxigraphStore

RUN = "11111111-2222-4333-8444-555555555555"
DATA = Path(__file__).resolve().parents[2] / "data" / "old_store"


def everything(store: OxigraphStore) -> dict[str, str]:
    return {name: digest(store.dump(name)) for name in store.graphs()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    records = [
        RunStarted(RUN, "old", 10**18),
        Entity("x", "aitia:Artifact", "x"),
        RunEnded(2 * 10**18),
    ]
    adopt(tmp_path, records, run=RUN, recorder="aitia")
    return tmp_path


def fresh(root: Path) -> dict[str, str]:
    store = OxigraphStore()
    ingest(root, store, jobs=0)
    return everything(store)


def test_a_store_without_a_layout_is_made_again(root: Path) -> None:
    # The first layout had named graphs alone: no merge in the default graph, no number.
    path = root / "store"
    old = ox.Store(str(path))
    old.load(path=str(DATA / "layout1.nq"), format=ox.RdfFormat.N_QUADS)
    del old
    store = OxigraphStore(path)
    assert ingest(root, store, jobs=0).runs == 1
    assert everything(store) == fresh(root)
    assert store.ask(f"ASK {{ <urn:uuid:{RUN}> a aitia:WorkflowRun }}")
    assert not store.ask("ASK { ?s <https://w3id.org/aitia/ns#onlyInTheOldStore> ?o }")
    store.close()


def test_a_store_of_an_older_mapping_is_mapped_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "MAPPING_VERSION", journals.MAPPING_VERSION - 1)
    store = OxigraphStore(root / "store")
    ingest(root, store, jobs=0)
    store.close()
    monkeypatch.undo()
    again = OxigraphStore(root / "store")
    assert ingest(root, again, jobs=0).runs == 1
    assert ingest(root, again, jobs=0).runs == 0
    assert everything(again) == fresh(root)
    again.close()


def test_a_store_of_an_older_ontology_learns_the_new_one(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = tmp_path / "older.ttl"
    older.write_text("<urn:old> a <http://www.w3.org/2002/07/owl#Class> .")
    monkeypatch.setattr(teaching, "ontology_files", lambda: [str(older)])
    store = OxigraphStore(root / "store")
    ingest(root, store, jobs=0)
    assert store.ask("ASK { <urn:old> ?p ?o }")
    store.close()
    monkeypatch.undo()
    again = OxigraphStore(root / "store")
    assert not again.ask("ASK { <urn:old> ?p ?o }")
    assert again.ask("ASK { aitia:TrainingRun rdfs:subClassOf+ prov:Activity }")
    assert ingest(root, again, jobs=0).runs == 0
    assert everything(again).keys() == fresh(root).keys()
    again.close()


def test_a_store_of_a_newer_layout_is_refused_and_left_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teaching, "LAYOUT_VERSION", teaching.LAYOUT_VERSION + 1)
    store = OxigraphStore(root / "store")
    ingest(root, store, jobs=0)
    want = everything(store)
    store.close()
    monkeypatch.undo()
    with pytest.raises(StoreError, match="newer Aitia"):
        OxigraphStore(root / "store")
    monkeypatch.setattr(teaching, "LAYOUT_VERSION", teaching.LAYOUT_VERSION + 1)
    again = OxigraphStore(root / "store")
    assert everything(again) == want
    again.close()


def test_the_quads_for_a_server_are_those_of_the_embedded_store() -> None:
    store = OxigraphStore()
    made = teaching.quads(teaching.ontology_files())
    assert len(made[graphs.ONTOLOGY].splitlines()) == store.dump(graphs.ONTOLOGY).count(b"\n")
    assert canonical(made[graphs.CATALOGUE]) == canonical(store.dump(graphs.CATALOGUE))
