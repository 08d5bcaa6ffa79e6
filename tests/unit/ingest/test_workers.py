"""Workers make what the ingester itself would make, and their ends are told in words."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from aitia.errors import IngestError
from aitia.ingest import pipeline, stream, workers
from aitia.ingest.journals import journals
from aitia.ingest.parts import sweep
from aitia.ingest.pipeline import ingest
from aitia.ingest.worker import pack, unpack
from aitia.ingest.workers import Workers, count
from aitia.journal.writer import JournalWriter
from aitia.records import Ended, Point, Record, RunEnded, RunStarted, Started, encode
from aitia.store import graphs
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore

T0 = 1_790_000_000_000_000_000
RUNS = [f"11111111-2222-4333-8444-55555555{i:04d}" for i in range(12)]


def write(root: Path, run: str, tasks: int) -> None:
    records: list[Record] = [RunStarted(run, "run", T0)]
    for n in range(tasks):
        kind = "aitia:Nonsense" if n == 7 else "aitia:TaskRun"
        records.append(Started(str(n), "step", T0 + n, type=kind, used={"x": n}))
        records += [Point(str(n), T0 + n, {"loss": 0.5}), Ended(str(n), T0 + n + 1)]
    writer = JournalWriter.create(root / "journal", run=run)
    for record in [*records, RunEnded(T0 + 10**9)]:
        writer.write(encode(record))
    writer.close()


def hashes(store: OxigraphStore) -> dict[str, str]:
    return {g: digest(store.dump(g)) for g in store.graphs() if graphs.is_bundle(g)}


def test_workers_make_the_same_graphs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "LARGE_BYTES", 20_000)
    monkeypatch.setattr(stream, "WINDOW", 400)
    for run in RUNS[:-1]:
        write(tmp_path, run, 10)
    write(tmp_path, RUNS[-1], 200)
    alone, together = OxigraphStore(None), OxigraphStore(None)

    expected = ingest(tmp_path, alone, jobs=0)
    summary = ingest(tmp_path, together, jobs=2)

    assert summary == expected
    assert len(summary.refused) == len(RUNS)
    assert hashes(together) == hashes(alone)


def test_what_is_built_survives_its_way_between_processes(tmp_path: Path) -> None:
    write(tmp_path, RUNS[0], 10)
    with Workers(str(tmp_path), (), 1) as pool:
        built = pool.build(journals(str(tmp_path))[0]).result()

    head, body = pack(built)

    assert unpack(head, body) == built
    assert [refused.raw for refused in built.refused]


def test_a_worker_that_is_killed_is_told_in_words(tmp_path: Path) -> None:
    write(tmp_path, RUNS[0], 10)
    with Workers(str(tmp_path), (), 1) as pool:
        pool.build(journals(str(tmp_path))[0]).result()
        os.kill(pool._all[0].pid, signal.SIGKILL)
        pool._all[0].wait()
        with pytest.raises(IngestError, match="ended with -9"):
            pool.build(journals(str(tmp_path))[0]).result()


def test_few_journals_are_not_worth_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    assert count(1000) == 0
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(64)), raising=False)
    assert count(1 << 30) == workers.MOST


def test_parts_that_a_killed_ingester_left_are_removed(tmp_path: Path) -> None:
    for name in (".ingest-999999999-a", ".ingest-odd", f".ingest-{os.getpid()}-b"):
        (tmp_path / name).mkdir()

    sweep(str(tmp_path))

    assert [path.name for path in tmp_path.iterdir()] == [f".ingest-{os.getpid()}-b"]
