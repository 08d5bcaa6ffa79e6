"""Runs that go on are followed record by record on a real SPARQL server, as on the embedded one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from aitia.ingest import following, live
from aitia.ingest.live import CHANCES, Live
from aitia.ingest.pipeline import ingest
from aitia.journal.writer import JournalWriter
from aitia.records import Ended, Point, Record, RunEnded, RunStarted, Started, encode
from aitia.store import graphs, writing
from aitia.store.access import Access, Secret
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore
from aitia.store.remote import RemoteStore

RUN = "11111111-2222-4333-8444-555555555599"
BUNDLE = graphs.bundle(RUN, "aitia")
T0 = 1_790_000_000_000_000_000


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LEAST_BYTES", 0)
    monkeypatch.setattr(following, "LAG", 8)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[JournalWriter]:
    made = JournalWriter.create(tmp_path / "journal", run=RUN)
    tell(made, [RunStarted(RUN, 'a "run"\né', T0), *told(0, 5)])
    yield made
    made.close()


def told(first: int, count: int) -> list[Record]:
    records: list[Record] = []
    for i in range(first, first + count):
        records += [
            Started(str(i), "step", T0 + i, used={"x": i / 3, "text": 'say "it"\\ \n .\n'}),
            Point(str(i), T0 + i, {"loss": 1.0 / (i + 1)}),
            Ended(str(i), T0 + i + 1, generated={"y": i}),
            Point("", T0 + i, {"accuracy": i / 1e6}, i),
        ]
    return records


def tell(writer: JournalWriter, records: list[Record]) -> None:
    for record in records:
        writer.write(encode(record))


def expected(root: Path) -> tuple[str, int]:
    local = OxigraphStore()
    ingest(root, local, jobs=0)
    both = local.select(f"SELECT * WHERE {{ GRAPH <{BUNDLE}> {{ ?s ?p ?o }} ?s ?p ?o }}")
    return digest(local.dump(BUNDLE)), len(list(both.rows))


def found(remote: RemoteStore) -> tuple[str, int]:
    both = remote.select(f"SELECT * WHERE {{ GRAPH <{BUNDLE}> {{ ?s ?p ?o }} ?s ?p ?o }}")
    return digest(remote.dump(BUNDLE)), len(list(both.rows))


@pytest.mark.parametrize("size", [400, 1 << 20])
def test_each_look_gives_the_graph_of_a_whole_ingest(
    oxigraph, writer: JournalWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(writing, "REQUEST_BYTES", size)
    remote, runs, rng = RemoteStore(oxigraph.query), Live(str(tmp_path)), random.Random(5)
    ingest(tmp_path, remote, jobs=0, live=runs)
    done = 5
    for _ in range(5):
        count = rng.randrange(1, 6)
        tell(writer, told(done, count))
        done += count
        # Only what is new is read.
        assert ingest(tmp_path, remote, jobs=0, live=runs).records == 4 * count
        assert found(remote) == expected(tmp_path)
    assert runs.bundles == [BUNDLE]
    tell(writer, [RunEnded(T0 + 10**9)])
    writer.close()
    ingest(tmp_path, remote, jobs=0, live=runs)
    ingest(tmp_path, remote, jobs=0, live=runs)
    assert found(remote) == expected(tmp_path)
    assert ingest(tmp_path, remote, jobs=0, live=runs).runs == 0
    remote.replace(dict.fromkeys(graphs.all_of(BUNDLE), b""))


def test_where_nothing_can_be_taken_out_the_run_is_mapped_whole(
    virtuoso, writer: JournalWriter, tmp_path: Path
) -> None:
    access = Access(auth="digest", user="dba", password=Secret("dba"))
    remote, runs = RemoteStore(virtuoso.query, access=access), Live(str(tmp_path))
    ingest(tmp_path, remote, jobs=0, live=runs)
    tell(writer, told(5, 1))
    assert not remote.can_change()
    assert ingest(tmp_path, remote, jobs=0, live=runs).records == 1 + 4 * 6
    assert runs.is_whole
    assert runs._failures[BUNDLE] == CHANCES
    remote.replace(dict.fromkeys(graphs.all_of(BUNDLE), b""))
