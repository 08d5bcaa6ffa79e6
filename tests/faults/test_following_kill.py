"""A process that follows a run is killed at any moment: the next goes on, and nothing is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aitia.ingest.live import Live
from aitia.ingest.pipeline import ingest, rebuild
from aitia.journal.writer import JournalWriter
from aitia.records import Ended, Point, Record, RunEnded, RunStarted, Started, encode
from aitia.store import graphs
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore

pytestmark = pytest.mark.faults

RUN = "11111111-2222-4333-8444-555555555555"
T0 = 1_790_000_000_000_000_000
KILLS = int(os.environ.get("AITIA_KILLS", "5"))

FOLLOWER = """
import sys, time
from aitia.ingest import following, live
from aitia.ingest.live import Live
from aitia.ingest.pipeline import ingest
from aitia.store.oxigraph import OxigraphStore
live.LEAST_BYTES, following.LAG = 0, 20
store, runs = OxigraphStore(sys.argv[2]), live.Live(sys.argv[1])
print("open", flush=True)
while True:
    ingest(sys.argv[1], store, live=runs)
    print(len(runs.bundles), flush=True)
"""


def told(first: int, count: int) -> list[Record]:
    records: list[Record] = []
    for i in range(first, first + count):
        records += [
            Started(str(i), "step", T0 + i, used={"x": i}),
            Point(str(i), T0 + i, {"loss": 1.0 / (i + 1)}),
            Ended(str(i), T0 + i + 1, generated={"y": i}),
            Point("", T0 + i, {"accuracy": i / 1e6}, i),
        ]
    return records


def hashes(store: OxigraphStore) -> dict[str, str]:
    return {g: digest(store.dump(g)) for g in store.graphs() if graphs.is_bundle(g)}


class Run:
    """A run that goes on, and the killed followers of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.place = str(root / "store")
        self.writer = JournalWriter.create(root / "journal", run=RUN)
        self.writer.write(encode(RunStarted(RUN, "run", T0)))
        self.rng = random.Random(7)
        self.tasks = 0

    def tell(self) -> None:
        """Go on by some tasks."""
        count = self.rng.randrange(1, 30)
        for record in told(self.tasks, count):
            self.writer.write(encode(record))
        self.tasks += count

    def kill_one(self) -> None:
        """Start a follower, and kill it once it has followed for a while."""
        command = [sys.executable, "-c", FOLLOWER, str(self.root), self.place]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            looks = self.rng.randrange(1, 8)
            while looks:
                self.tell()
                looks -= worker.stdout.readline() == "1\n"
            self.tell()
            time.sleep(self.rng.uniform(0, 0.05))
            worker.send_signal(signal.SIGKILL)
            assert worker.wait(30) == -signal.SIGKILL


@pytest.mark.timeout(3600)
def test_a_killed_follower_is_replaced_by_the_next(tmp_path: Path) -> None:
    run = Run(tmp_path)
    for _ in range(KILLS):
        run.kill_one()
    # One that follows on from what they left, and is not killed, has it all.
    store = OxigraphStore(run.place)
    ingest(tmp_path, store, live=Live(str(tmp_path)))
    found = hashes(store)
    memory = OxigraphStore(None)
    ingest(tmp_path, memory)
    assert found == hashes(memory)

    run.writer.write(encode(RunEnded(T0 + 10**9)))
    run.writer.close()
    ingest(tmp_path, store)
    assert ingest(tmp_path, store).runs == 0
    rebuild(tmp_path, memory, jobs=0)
    assert hashes(store) == hashes(memory)
    store.close()
