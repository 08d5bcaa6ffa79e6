"""A million tasks in one run: whether memory grows, and how long the end keeps one waiting.

Resident memory counts the pages of the journal that are mapped (at most the last megabyte).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from bench.capture import recorded_tasks
from bench.table import Figure, show

import aitia

FEW, MANY = 100_000, 1_000_000


def resident() -> float:
    """Return the resident memory of this process in MiB."""
    with open("/proc/self/statm", encoding="ascii") as handle:
        return int(handle.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def child() -> None:
    """Record the tasks, and print memory after few and after many, and the seconds of the end."""
    run = aitia.run("million").start()
    recorded_tasks(FEW)
    few = resident()
    recorded_tasks(MANY - FEW)
    many = resident()
    began = time.perf_counter()
    run.end()
    print(few, many, time.perf_counter() - began)


def main() -> None:
    """Print the figures of a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.check_output(
            [sys.executable, "-m", "bench.endurance"], env={**os.environ, "AITIA_DIR": folder}
        )
        paths = (os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)
        size = sum(os.path.getsize(path) for path in paths if path.endswith(".jsonl"))
    few, many, end = map(float, done.split())
    show(
        [
            Figure(f"resident after {FEW:,} tasks", few, "MiB"),
            Figure(f"resident after {MANY:,} tasks", many, "MiB"),
            Figure("growth", many - few, "MiB", 1.0),
            Figure("end of the run", end, "s", 0.2),
            Figure("a task", size / MANY, "bytes", 320),
        ]
    )


if __name__ == "__main__":
    child()
