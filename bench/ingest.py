"""Ingest with validation, beside a floor: loading the same quads without mapping or judging them.

The journals are of realistic training runs (settings, tasks, curves, artefacts), seeded.
"""

from __future__ import annotations

import random
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from aitia.ingest.pipeline import ingest
from aitia.journal.writer import JournalWriter
from aitia.records import (
    Derived,
    Ended,
    Entity,
    Generated,
    Point,
    Record,
    Ref,
    RunEnded,
    RunStarted,
    Setting,
    Started,
    Used,
    encode,
)
from aitia.store import graphs
from aitia.store.oxigraph import OxigraphStore
from aitia.vocabulary.iris import content_iri

RUNS = 66
T0 = 1_790_000_000_000_000_000


def training_run(run: str, rng: random.Random) -> Iterator[Record]:
    """Yield the records of one training run: about as many as one of the demo's runs has."""
    data, model = (content_iri(f"{rng.getrandbits(256):064x}") for _ in range(2))
    yield RunStarted(run, "net", T0)
    for i in range(12):
        yield Setting("", f"setting_{i}", rng.random())
    yield Entity(data, "aitia:Dataset", "digits", attributes={"aitia:byteSize": 1 << 20})
    yield Started("1", "fit", T0 + 10, type="aitia:TrainingRun")
    configuration = {"aitia:learningRate": rng.random() + 1e-6, "aitia:batchSize": 32}
    yield Entity("e1", "aitia:TrainingConfiguration", "settings", attributes=configuration)
    yield Used("1", "e1", relation="aitia:configuredBy")
    yield Used("1", data, role="training", relation="aitia:trainedOn")
    for i in range(24):
        values = {"loss": 2.0 / (i + 1) + rng.random(), "val_accuracy": i / 24}
        yield Point("1", T0 + 20 + i, values, i)
    yield Entity(model, "aitia:Model", "model")
    yield Generated(model, "1", role="model")
    yield Derived(model, data, "1")
    yield Ended("1", T0 + 100)
    for i in range(2, 22):
        yield Started(str(i), "score", T0 + 200 + i, used={"model": Ref(model), "part": i})
        yield Ended(str(i), T0 + 300 + i, generated={"score": rng.random()})
    yield Point("", T0 + 400, {"test_accuracy": rng.random()})
    yield RunEnded(T0 + 10**9)


class Figures(NamedTuple):
    """What one ingest measured."""

    records: int
    quads: int
    cpu: float
    floor: float


def measure(runs: int) -> Figures:
    """Write journals, ingest them, and load the same quads again as the floor. CPU seconds."""
    rng = random.Random(11)
    with tempfile.TemporaryDirectory() as directory:
        for _ in range(runs):
            run = str(uuid.UUID(int=rng.getrandbits(128), version=4))
            writer = JournalWriter.create(Path(directory) / "journal", run=run)
            for record in training_run(run, rng):
                writer.write(encode(record))
            writer.close()
        store = OxigraphStore(str(Path(directory) / "store"))
        began = time.process_time()
        summary = ingest(directory, store)
        cpu = time.process_time() - began
        assert summary.refused == ()
        quads = b"".join(store.dump(g) for g in store.graphs() if graphs.is_bundle(g))
        store.close()
        floor_store = ox.Store(str(Path(directory) / "floor"))
        began = time.process_time()
        floor_store.load(quads, format=ox.RdfFormat.N_QUADS)
        floor = time.process_time() - began
    return Figures(summary.records, summary.quads, cpu, floor)


def main() -> None:
    """Print the figures of the median of three ingests."""
    figures = sorted((measure(RUNS) for _ in range(3)), key=lambda f: f.cpu)[1]
    print(f"runs {RUNS}, records {figures.records:,}, quads {figures.quads:,}")
    print(f"ingest with validation  {figures.cpu:6.2f} s CPU")
    print(f"floor: load the quads   {figures.floor:6.2f} s CPU")
    print(f"ratio                   {figures.cpu / figures.floor:6.1f}")


if __name__ == "__main__":
    main()
