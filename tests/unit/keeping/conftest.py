"""A data directory with a few small runs, and one that is still written."""

from __future__ import annotations

from pathlib import Path

import pytest

from aitia.ingest.pipeline import ingest
from aitia.journal.writer import JournalWriter
from aitia.records import Point, RunEnded, RunStarted, Started, encode
from aitia.store import graphs
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore

T0 = 1_790_000_000_000_000_000


class Laboratory:
    """A data directory of tests."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        self.path = str(root / "store")

    @staticmethod
    def run(number: int) -> str:
        return f"11111111-2222-4333-8444-5555555555{number:02d}"

    def record(
        self, number: int, *, status: str = "Completed", points: int = 12, end: bool = True
    ) -> JournalWriter:
        run = self.run(number)
        writer = JournalWriter.create(Path(self.root) / "journal", run=run)
        writer.write(encode(RunStarted(run, f"run {number}", T0 + number * 10**9)))
        for step in range(points):
            writer.write(encode(Started(str(step), "step", T0 + number * 10**9 + step)))
            writer.write(encode(Point("", T0 + step, {"loss": 1 / (step + 1)}, step)))
        if end:
            writer.write(encode(RunEnded(T0 + (number + 1) * 10**9, status)))
            writer.close()
        return writer

    def store(self, *, disk: bool = False) -> OxigraphStore:
        store = OxigraphStore(self.path if disk else None)
        ingest(self.root, store, jobs=0)
        return store

    @staticmethod
    def hashes(store: OxigraphStore) -> dict[str, str]:
        return {g: digest(store.dump(g)) for g in store.graphs() if graphs.is_bundle(g)}

    def fresh(self) -> dict[str, str]:
        """Return what a new store makes of the journals."""
        store = OxigraphStore()
        ingest(self.root, store, jobs=0)
        return self.hashes(store)


@pytest.fixture
def laboratory(tmp_path: Path) -> Laboratory:
    made = Laboratory(tmp_path / "data")
    for number in range(4):
        made.record(number, status="Failed" if number == 1 else "Completed")
    return made
