"""An ingester that is killed at any moment loses nothing and doubles nothing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aitia.ingest.pipeline import ingest, rebuild
from aitia.journal.writer import JournalWriter
from aitia.records import Ended, Point, RunEnded, RunStarted, Started, encode
from aitia.store import graphs
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore

pytestmark = pytest.mark.faults

T0 = 1_790_000_000_000_000_000
KILLS = int(os.environ.get("AITIA_KILLS", "12"))

WORKER = """
import sys
from aitia.ingest import parts, pipeline, stream
from aitia.store.oxigraph import OxigraphStore
pipeline.BATCH_BYTES = 1
pipeline.LARGE_BYTES = 20_000
parts.PART_BYTES = 40_000
stream.WINDOW, stream.LAG = 500, 20
store = OxigraphStore(sys.argv[2])
print("open", flush=True)
pipeline.ingest(sys.argv[1], store, jobs=int(sys.argv[3]))
store.close()
"""


def hashes(store: OxigraphStore) -> dict[str, str]:
    return {g: digest(store.dump(g)) for g in store.graphs() if graphs.is_bundle(g)}


def write(root: Path, run: str, tasks: int) -> None:
    writer = JournalWriter.create(root / "journal", run=run)
    writer.write(encode(RunStarted(run, "run", T0)))
    for j in range(tasks):
        writer.write(encode(Started(str(j), "step", T0 + j, used={"x": j})))
        writer.write(encode(Point(str(j), T0 + j, {"loss": 1.0 / (j + 1)})))
        writer.write(encode(Ended(str(j), T0 + j + 1, generated={"y": j})))
    writer.write(encode(RunEnded(T0 + 10**9)))
    writer.close()


@pytest.mark.timeout(3600)
def test_a_killed_ingest_is_finished_by_the_next(tmp_path: Path) -> None:
    # Small and large runs, of which some come while ingesters are killed.
    runs = [f"11111111-2222-4333-8444-5555555{i:05d}" for i in range(60 + KILLS)]
    for i, run in enumerate(runs[:60]):
        write(tmp_path, run, 400 if i % 20 == 7 else 12)
    place, rng, killed = str(tmp_path / "store"), random.Random(5), 0
    for i in range(KILLS):
        command = [sys.executable, "-c", WORKER, str(tmp_path), place, str(2 * (i % 2))]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            write(tmp_path, runs[60 + i], 400 if i % 5 == 0 else 12)
            time.sleep(rng.uniform(0.01, 0.6))
            worker.send_signal(signal.SIGKILL)
            killed += worker.wait(30) == -signal.SIGKILL
    assert killed > KILLS / 4
    subprocess.run([sys.executable, "-c", WORKER, str(tmp_path), place, "0"], check=True)

    store = OxigraphStore(place)
    found = hashes(store)
    assert ingest(tmp_path, store).runs == 0
    store.close()
    memory = OxigraphStore(None)
    rebuild(tmp_path, memory, jobs=0)
    assert found == hashes(memory)
    assert len(found) == len(runs)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".ingest-")]
