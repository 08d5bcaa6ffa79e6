"""An ingester that is killed at any moment loses nothing and doubles nothing."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aitia.ingest.pipeline import ingest
from aitia.journal.writer import JournalWriter
from aitia.records import Point, RunEnded, RunStarted, Started, encode
from aitia.store import graphs
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore

pytestmark = pytest.mark.faults

T0 = 1_790_000_000_000_000_000
WORKER = """
import sys
from aitia.ingest import pipeline
from aitia.store.oxigraph import OxigraphStore
pipeline.BATCH_BYTES = 1
store = OxigraphStore(sys.argv[2])
print("open", flush=True)
pipeline.ingest(sys.argv[1], store)
store.close()
"""


def hashes(store: OxigraphStore) -> dict[str, str]:
    return {g: digest(store.dump(g)) for g in store.graphs() if graphs.is_bundle(g)}


def test_a_killed_ingest_is_finished_by_the_next(tmp_path: Path) -> None:
    for i in range(60):
        run = f"11111111-2222-4333-8444-5555555555{i:02d}"
        writer = JournalWriter.create(tmp_path / "journal", run=run)
        writer.write(encode(RunStarted(run, f"run {i}", T0)))
        for j in range(40):
            writer.write(encode(Started(str(j), "step", T0 + j, used={"x": j})))
            writer.write(encode(Point("", T0 + j, {"loss": 1.0 / (j + 1)}, j)))
        writer.write(encode(RunEnded(T0 + 10**9)))
        writer.close()
    memory = OxigraphStore(None)
    ingest(tmp_path, memory)
    expected = hashes(memory)
    place, rng, killed = str(tmp_path / "store"), random.Random(5), 0
    for _ in range(12):
        command = [sys.executable, "-c", WORKER, str(tmp_path), place]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            time.sleep(rng.uniform(0.01, 0.25))
            worker.send_signal(signal.SIGKILL)
            killed += worker.wait() == -signal.SIGKILL
    assert killed > 0
    store = OxigraphStore(place)
    ingest(tmp_path, store)
    assert hashes(store) == expected
    store.close()
