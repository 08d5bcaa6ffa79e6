"""A run that goes on: what a new task costs until it can be queried, by the size of the run.

Beside it what it costs to map the run as a whole, in the same process. Each look is at one task
more; in the second half of them at a point of the run as well, whose curve is one node.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from aitia.ingest.live import Live
from aitia.ingest.pipeline import ingest
from aitia.journal.writer import JournalWriter
from aitia.records import Ended, Point, Record, RunStarted, Started, encode
from aitia.store.oxigraph import OxigraphStore

RUN = "11111111-2222-4333-8444-555555555555"
T0 = 1_790_000_000_000_000_000
SIZES = (10_000, 100_000)
LOOKS = 20


class Cost(NamedTuple):
    """Seconds of processor time of this process, and seconds that passed."""

    cpu: float
    wall: float


def told(first: int, count: int, *, points: bool) -> Iterator[Record]:
    """Yield the records of some tasks, perhaps with a point of the run for each."""
    for i in range(first, first + count):
        yield Started(str(i), "step", T0 + i, used={"x": i})
        yield Ended(str(i), T0 + i + 1, generated={"y": i + 1})
        if points:
            yield Point("", T0 + i, {"loss": 1.0 / (i + 1)}, i)


def measure(tasks: int) -> dict[str, object]:
    """Return what one look costs at a run of so many tasks, and what all of it costs."""
    with tempfile.TemporaryDirectory() as name:
        writer = JournalWriter.create(Path(name) / "journal", run=RUN)
        writer.write(encode(RunStarted(RUN, "run", T0)))
        _write(writer, 1, tasks)
        store, live = OxigraphStore(Path(name) / "store"), Live(name)
        whole = _timed(lambda: ingest(name, store, live=live, jobs=0))
        _write(writer, tasks + 1, 1)
        first = _timed(lambda: ingest(name, store, live=live, jobs=0))
        looks: dict[bool, list[Cost]] = {False: [], True: []}
        for number in range(LOOKS):
            points = number >= LOOKS // 2
            _write(writer, tasks + 2 + number, 1, points=points)
            looks[points].append(_timed(lambda: ingest(name, store, live=live, jobs=0)))
        writer.close()
        store.close()
    return {
        "tasks": tasks,
        "whole": whole,
        "first_look": first,
        "look": _median(looks[False]),
        "look_at_curve": _median(looks[True]),
        "longest_look": max(look.wall for found in looks.values() for look in found),
    }


def _median(costs: list[Cost]) -> Cost:
    return Cost(median(one.cpu for one in costs), median(one.wall for one in costs))


def _write(writer: JournalWriter, first: int, count: int, *, points: bool = True) -> None:
    for record in told(first, count, points=points):
        writer.write(encode(record))


def _timed(work: Callable[[], object]) -> Cost:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Cost(round(time.process_time() - cpu, 3), round(time.perf_counter() - wall, 3))


def main() -> None:
    """Print one line of JSON for each size."""
    for tasks in SIZES:
        print(json.dumps(measure(tasks)), flush=True)
