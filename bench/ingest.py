"""Ingest with validation, beside a floor: loading the same quads without mapping or judging them.

The journals are of realistic training runs (settings, tasks, curves, artefacts), seeded.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
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


LARGE = (10_000, 100_000)
"""Tasks of one run, ingested by a process of its own; AITIA_BENCH_LARGE adds another number."""

ONE = """
import json, resource, sys, time
from pathlib import Path
from aitia.ingest.pipeline import ingest
from aitia.store.oxigraph import OxigraphStore
store = OxigraphStore(sys.argv[1] + "/store")
began = time.monotonic()
summary = ingest(sys.argv[1], store)
store.close()
wall = time.monotonic() - began
own, workers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
cpu = sum(used.ru_utime + used.ru_stime for used in (own, workers))
# ru_maxrss of a process begins with what the process that started it had.
status = Path("/proc/self/status").read_text(encoding="ascii")
most = int(status.partition("VmHWM:")[2].split()[0])
print(json.dumps([summary.quads, wall, cpu, most / 1024, workers.ru_maxrss / 1024]))
"""


class Large(NamedTuple):
    """What the ingest of one large run measured; memory in MiB, of the ingester and a worker."""

    tasks: int
    quads: int
    wall: float
    cpu: float
    memory: float
    worker: float
    raw: float


def large_run(run: str, tasks: int) -> Iterator[Record]:
    """Yield a run of many small tasks: an input and an output each."""
    yield RunStarted(run, "many", T0)
    for i in range(1, tasks + 1):
        yield Started(str(i), "step", T0 + i, used={"i": i})
        yield Ended(str(i), T0 + i + 1, generated={"result": i * 0.5})
    yield RunEnded(T0 + tasks + 2)


def measure_large(tasks: int) -> Large:
    """Ingest one run of ``tasks`` tasks, and bulk-load the same quads into an empty store."""
    run = str(uuid.UUID(int=random.Random(tasks).getrandbits(128), version=4))
    with tempfile.TemporaryDirectory() as directory:
        writer = JournalWriter.create(Path(directory) / "journal", run=run)
        for record in large_run(run, tasks):
            writer.write(encode(record))
        writer.close()
        done = subprocess.run(
            [sys.executable, "-c", ONE, directory], capture_output=True, text=True, check=True
        )
        found = json.loads(done.stdout)
        store = OxigraphStore(str(Path(directory) / "store"))
        path = Path(directory) / "dump.nq"
        path.write_bytes(store.dump(graphs.bundle(run)))
        store.close()
        floor = ox.Store(str(Path(directory) / "floor"))
        began = time.monotonic()
        floor.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
        raw = time.monotonic() - began
    return Large(tasks, *found, raw)


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
    more = os.environ.get("AITIA_BENCH_LARGE")
    print("one run of          quads   wall s  CPU s  µs CPU/task   MiB  +worker  raw bulk s  rate")
    for tasks in (*LARGE, *([int(more)] if more else [])):
        one = measure_large(tasks)
        print(
            f"{one.tasks:9,} tasks {one.quads:10,} {one.wall:8.1f} {one.cpu:6.1f}"
            f" {one.cpu / one.tasks * 1e6:12.0f} {one.memory:5.0f} {one.worker:8.0f}"
            f" {one.raw:11.1f} {one.raw / one.wall:5.0%}"
        )


if __name__ == "__main__":
    main()
