"""What telemetry costs: CPU time of its thread, alone and with a hundred child processes.

The share of one core is what the thread of the sampler used at its default rates, over some
seconds; the cost of one reading of each probe is the median of many.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from bench.table import Figure, show

if TYPE_CHECKING:
    from aitia.capture.system import System

SECONDS = 10
CHILDREN = 100
READINGS = 50


def share(seconds: float) -> float:
    """Return the percent of one core that a run which only waits has its process use."""
    import aitia

    with aitia.run("telemetry"):
        time.sleep(1)
        began, spent = time.monotonic(), time.process_time()
        time.sleep(seconds)
        used, took = time.process_time() - spent, time.monotonic() - began
    return 100 * used / took


def system(folder: str) -> System:
    """Return the system layer of a data directory."""
    from aitia.capture import identity
    from aitia.capture.system import System

    pseudonyms = identity.load(folder)
    return System(folder, pseudonyms, identity.identify(pseudonyms))


def readings(folder: str) -> dict[str, float]:
    """Return the milliseconds of CPU that a reading of each service takes."""
    found: dict[str, float] = {}
    for name, make in system(folder).services(os.getpid(), 10.0).items():
        probes = make()
        times = []
        for _ in range(READINGS if probes else 0):
            began = time.thread_time()
            for probe in probes:
                probe.read()
            times.append(1000 * (time.thread_time() - began))
        if times:
            found[name] = statistics.median(times)
    return found


def main() -> None:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AITIA_DIR"] = folder
        figures.append(Figure("sampling at 1 Hz", share(SECONDS), "% core", 1.0))
        for name, cost in readings(folder).items():
            figures.append(Figure(f"one reading: {name}", cost, "ms CPU"))
        wait = [sys.executable, "-c", "input()"]
        children = [subprocess.Popen(wait, stdin=subprocess.PIPE) for _ in range(CHILDREN)]
        try:
            time.sleep(3)
            label = f"sampling at 1 Hz, {CHILDREN} children"
            figures.append(Figure(label, share(SECONDS), "% core", 1.0))
            for name, cost in readings(folder).items():
                figures.append(Figure(f"one reading: {name}, {CHILDREN} children", cost, "ms CPU"))
        finally:
            for child in children:
                child.communicate(b"\n")
    show(figures)
