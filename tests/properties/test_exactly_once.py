"""Ingesting in any pieces, in any order, any number of times, gives the graph of one ingest."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from aitia.ingest.pipeline import ingest
from aitia.journal.writer import JournalWriter
from aitia.records import Ended, Point, Record, RunEnded, RunStarted, Started, encode
from aitia.store import graphs
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore

RUNS = tuple(f"11111111-2222-4333-8444-55555555555{i}" for i in range(3))
T0 = 1_790_000_000_000_000_000


def records(run: str) -> list[Record]:
    inner: list[Record] = []
    for i in range(4):
        inner += [Started(str(i), "step", T0 + i, used={"x": i}), Ended(str(i), T0 + i + 1)]
        inner.append(Point("", T0 + i, {"loss": 1.0 / (i + 1)}, i))
    return [RunStarted(run, f"run {run[-1]}", T0), *inner, RunEnded(T0 + 10**9)]


def hashes(store: OxigraphStore) -> dict[str, str]:
    return {g: digest(store.dump(g)) for g in store.graphs() if graphs.is_bundle(g)}


def once() -> dict[str, str]:
    with TemporaryDirectory() as directory:
        for run in RUNS:
            writer = JournalWriter.create(Path(directory) / "journal", run=run)
            for record in records(run):
                writer.write(encode(record))
            writer.close()
        store = OxigraphStore(None)
        ingest(directory, store)
        return hashes(store)


EXPECTED = once()
# A step is the run whose journal grows by one record, or -1 for an ingest.
STEPS = st.lists(st.integers(-1, len(RUNS) - 1), max_size=40)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_pieces_add_up(steps: list[int]) -> None:
    with TemporaryDirectory() as directory:
        writers = [JournalWriter.create(Path(directory) / "journal", run=run) for run in RUNS]
        left = [iter(records(run)) for run in RUNS]
        store = OxigraphStore(None)
        for step in steps:
            if step < 0:
                ingest(directory, store)
            elif (record := next(left[step], None)) is not None:
                writers[step].write(encode(record))
        for writer, rest in zip(writers, left, strict=True):
            for record in rest:
                writer.write(encode(record))
            writer.close()
        ingest(directory, store)
        assert ingest(directory, store).runs == 0
        assert hashes(store) == EXPECTED
