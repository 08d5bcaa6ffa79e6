"""What recording costs: CPU time per task and per point, beside a floor measured in the same run.

The floor is the least that survives a kill: one JSON encode of the same content and one write(2).
A task has five inputs and five outputs, and its start and its end are each in the file when the
call returns. Times are process CPU time, medians of repetitions; an empty loop is subtracted.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import orjson
from bench.table import Figure, show

import aitia
from aitia.journal.reader import segments

CALLS = 20_000
REPEATS = 7


def produce(a: int, b: float, c: str, d: bool, e: int) -> dict[str, object]:
    return {"loss": b * 0.5, "accuracy": 0.93, "label": c, "converged": d, "epochs": e}


recorded = aitia.task(produce)


def cpu_per_call(body: Callable[[int], None]) -> float:
    """Return the median CPU time of one turn of ``body(CALLS)``, in microseconds."""
    body(CALLS // 10)
    times = []
    for _ in range(REPEATS):
        before = time.process_time_ns()
        body(CALLS)
        times.append((time.process_time_ns() - before) / CALLS / 1000)
    return statistics.median(times)


def bare_tasks(n: int) -> None:
    for i in range(n):
        produce(i, 0.25, "digits", True, 20)


def recorded_tasks(n: int) -> None:
    for i in range(n):
        recorded(i, 0.25, "digits", True, 20)


def recorded_points(n: int) -> None:
    log = aitia.log
    for i in range(n):
        log(step=i, loss=0.125)


def empty(n: int) -> None:
    for _ in range(n):
        pass


def floor_tasks(fd: int) -> Callable[[int], None]:
    def body(n: int) -> None:
        dumps, write, now = orjson.dumps, os.write, time.time_ns
        for i in range(n):
            used = {"a": i, "b": 0.25, "c": "digits", "d": True, "e": 20}
            made = produce(i, 0.25, "digits", True, 20)
            write(fd, dumps({"n": i, "s": now(), "t": now(), "used": used, "made": made}) + b"\n")

    return body


def two_writes(fd: int) -> Callable[[int], None]:
    """Return what writes a start before the call and an end after it, and does nothing else."""

    def body(n: int) -> None:
        dumps, write, now = orjson.dumps, os.write, time.time_ns
        for i in range(n):
            used = {"a": i, "b": 0.25, "c": "digits", "d": True, "e": 20}
            line = {"k": "start", "n": str(i), "name": "produce", "t": now(), "u": used}
            write(fd, dumps(line) + b"\n")
            made = produce(i, 0.25, "digits", True, 20)
            write(fd, dumps({"k": "end", "n": str(i), "t": now(), "g": made}) + b"\n")

    return body


def floor_points(fd: int) -> Callable[[int], None]:
    def body(n: int) -> None:
        dumps, write, now = orjson.dumps, os.write, time.time_ns
        for i in range(n):
            write(fd, dumps({"k": "log", "n": "1", "t": now(), "v": {"loss": 0.125}, "i": i}))

    return body


@contextmanager
def quiet_run(folder: str) -> Iterator[str]:
    """Open a run that only records what it is told to, and yield the path of its journal."""
    os.environ.update(AITIA_DIR=folder, AITIA_ADAPTERS="off")
    with aitia.run("bench") as run:
        journal = os.path.join(folder, "journal", run.id)
        yield os.path.join(journal, os.listdir(journal)[0])


def bytes_per_call(path: str, body: Callable[[int], None]) -> float:
    before = _written(path)
    body(1000)
    return (_written(path) - before) / 1000


def _written(path: str) -> int:
    """Return how many bytes of records there are: the last file is longer while it is open."""
    return sum(segment.size for segment in segments(os.path.dirname(os.path.dirname(path))))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        fd = os.open(os.path.join(folder, "floor"), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        loop, call = cpu_per_call(empty), cpu_per_call(bare_tasks)
        off = cpu_per_call(recorded_tasks) - call
        with quiet_run(folder) as path:
            floor_task = cpu_per_call(floor_tasks(fd)) - call
            both = cpu_per_call(two_writes(fd)) - call
            task = cpu_per_call(recorded_tasks) - call
            floor_point = cpu_per_call(floor_points(fd)) - loop
            point = cpu_per_call(recorded_points) - loop
            task_bytes = bytes_per_call(path, recorded_tasks)
            point_bytes = bytes_per_call(path, recorded_points)
    show(
        [
            Figure("floor of a task: one encode, one write", floor_task, "µs"),
            Figure("bare start and end: two encodes, two writes", both, "µs"),
            Figure("task: start and end on disk", task, "µs", 4.0),
            Figure("floor of a point: one encode, one write", floor_point, "µs"),
            Figure("point", point, "µs", 1.5),
            Figure("decorated function, no run open", off, "µs"),
            Figure("task", task_bytes, "bytes", 320),
            Figure("point", point_bytes, "bytes"),
        ]
    )


if __name__ == "__main__":
    main()
