"""Backup, prune and compact that are killed at any moment harm neither journals nor store."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aitia.ingest.pipeline import ingest
from aitia.journal.writer import JournalWriter
from aitia.keeping.backup import back_up, restore
from aitia.keeping.check import compare
from aitia.keeping.retention import recover
from aitia.records import Point, RunEnded, RunStarted, Started, encode
from aitia.store import graphs
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore

pytestmark = pytest.mark.faults

T0 = 1_790_000_000_000_000_000
RUNS = 16
OPEN = """
import sys
from aitia.store.oxigraph import OxigraphStore
root, target = sys.argv[1:3]
store = OxigraphStore(root + "/store")
"""
BACKUP = (
    OPEN
    + """
from aitia.keeping.backup import back_up
print("open", flush=True)
back_up(root, target, store)
"""
)
PRUNE = (
    OPEN
    + """
from aitia.keeping.retention import Reason, Rule, choose, prune, recover
recover(root, store)
chosen = choose(root, store, Rule(keep=int(target)))
print("open", flush=True)
prune(root, store, chosen, Reason("old"))
"""
)
COMPACT = (
    OPEN
    + """
print("open", flush=True)
while True:
    store.compact()
"""
)


def run(number: int) -> str:
    return f"11111111-2222-4333-8444-5555555555{number:02d}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for number in range(RUNS):
        writer = JournalWriter.create(folder / "journal", run=run(number))
        writer.write(encode(RunStarted(run(number), f"run {number}", T0 + number * 10**9)))
        for step in range(30):
            writer.write(encode(Started(str(step), "step", T0 + step, used={"x": step})))
            writer.write(encode(Point("", T0 + step, {"loss": 1 / (step + 1)}, step)))
        writer.write(encode(RunEnded(T0 + (number + 1) * 10**9)))
        writer.close()
    store = OxigraphStore(folder / "store")
    ingest(folder, store, jobs=0)
    store.close()
    return folder


def hashes(store: OxigraphStore) -> dict[str, str]:
    return {g: digest(store.dump(g)) for g in store.graphs() if graphs.is_bundle(g)}


def fresh(folder: Path) -> dict[str, str]:
    store = OxigraphStore()
    ingest(folder, store, jobs=0)
    return hashes(store)


def killed(script: str, folder: Path, target: str, after: float) -> bool:
    """Run a script and kill it so long after it has opened the store."""
    command = [sys.executable, "-c", script, str(folder), target]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"open\n"
        time.sleep(after)
        worker.send_signal(signal.SIGKILL)
        return worker.wait() == -signal.SIGKILL


def test_a_killed_backup_leaves_no_copy_and_the_next_is_whole(root: Path, tmp_path: Path) -> None:
    target, rng, kills = tmp_path / "copy", random.Random(3), 0
    want = fresh(root)
    for number in range(6):
        if killed(BACKUP, root, str(target), rng.uniform(0, 0.06)) and not target.exists():
            kills += 1
        if target.exists():
            back = tmp_path / f"back{number}"
            restore(str(target), str(back))
            target.rename(tmp_path / f"whole{number}")
    assert kills > 0
    store = OxigraphStore(root / "store")
    back_up(str(root), str(target), store)
    store.close()
    assert not list(tmp_path.glob("copy.partial-*"))
    restore(str(target), str(tmp_path / "back"))
    found = OxigraphStore(tmp_path / "back" / "store")
    assert hashes(found) == want
    found.close()


def test_a_killed_prune_is_finished_and_every_run_is_whole_or_pruned(root: Path) -> None:
    rng, kills = random.Random(4), 0
    for step in range(1, 6):
        keep = str(RUNS - 3 * step)
        kills += killed(PRUNE, root, keep, rng.uniform(0.0, 0.25))
        store = OxigraphStore(root / "store")
        recover(str(root), store)
        ingest(root, store, jobs=0)
        assert hashes(store) == fresh(root)
        assert {one.state for one in compare(str(root), store)} == {"same"}
        for number in range(RUNS):
            names = os.listdir(root / "journal" / run(number))
            whole = f"urn:uuid:{run(number)}#bundle" in store.graphs()
            assert (names == ["adopted-prune.jsonl"]) != whole
        store.close()
    assert kills > 0
    assert not (root / ".pruning").exists()


def test_a_killed_compaction_changes_nothing(root: Path) -> None:
    rng, kills, want = random.Random(5), 0, fresh(root)
    for _ in range(4):
        kills += killed(COMPACT, root, "", rng.uniform(0.0, 0.3))
        store = OxigraphStore(root / "store")
        assert hashes(store) == want
        store.close()
    assert kills > 0
