from __future__ import annotations

import os
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest

from aitia.capture import pending
from aitia.ingest.pipeline import ingest, rebuild
from aitia.journal.writer import JournalWriter
from aitia.records import Ended, Entity, Generated, RunEnded, RunStarted, Started, encode
from aitia.store.oxigraph import OxigraphStore
from aitia.vocabulary.iris import content_iri

RUN = "0f0e0d0c-0b0a-4908-8706-050403020100"


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """A run that made a file and had no time to hash it."""
    writer = JournalWriter.create(tmp_path / "journal", run=RUN)
    for record in (
        RunStarted(RUN, "x", 1),
        Started("1", "write", 2),
        Ended("1", 3),
        RunEnded(4),
    ):
        writer.write(encode(record))
    writer.close()
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n")
    run = SimpleNamespace(
        published={"AITIA_DIR": str(tmp_path)}, id=RUN, scope="", digest_limit=1 << 20
    )
    entity = Entity("e1", "aitia:Dataset", "x.csv", attributes={"aitia:byteSize": 4})
    assert pending.put_aside(run, str(path), "e1", [entity, Generated("e1", "1")])
    return tmp_path


def made(store: OxigraphStore) -> set[str]:
    query = """PREFIX prov: <http://www.w3.org/ns/prov#>
        SELECT ?x WHERE { GRAPH ?g { ?x prov:wasGeneratedBy ?task } }"""
    _, rows = store.select(query)
    return {row[0].value for row in rows}


def notes(store: OxigraphStore) -> list[str]:
    query = """PREFIX aitia: <https://w3id.org/aitia/ns#>
        SELECT ?kind WHERE { GRAPH ?g { ?note aitia:noteKind ?kind } }"""
    _, rows = store.select(query)
    return [row[0].value for row in rows]


def test_what_is_still_the_same_is_named_by_its_content(left: Path) -> None:
    with closing(OxigraphStore(None)) as store:
        summary = ingest(left, store)
        assert (summary.refused, summary.problems) == ((), ())
        name = content_iri(sha256(b"a,b\n").hexdigest())
        assert made(store) == {name}
        assert notes(store) == []
        (left / "x.csv").unlink()
        assert ingest(left, store).runs == 0
        rebuild(left, store)
        assert made(store) == {name}
    assert not [name for name in os.listdir(left / "journal" / RUN) if "pending" in name]


@pytest.mark.parametrize("change", ["unlink", "rewrite"])
def test_what_has_changed_is_told_without_a_digest(left: Path, change: str) -> None:
    (left / "x.csv").unlink()
    if change == "rewrite":
        (left / "x.csv").write_bytes(b"a;b\n")
    with closing(OxigraphStore(None)) as store:
        ingest(left, store)
        assert made(store) == {f"urn:uuid:{RUN}#e1"}
        assert notes(store) == ["no-digest"]


def test_a_line_that_was_cut_short_is_passed_over(left: Path) -> None:
    (waiting,) = (left / "journal" / RUN).glob("pending-*")
    with waiting.open("ab") as handle:
        handle.write(b'{"path": "')
    with closing(OxigraphStore(None)) as store:
        ingest(left, store)
        assert len(made(store)) == 1
