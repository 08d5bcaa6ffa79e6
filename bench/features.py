"""A feature table of all training runs of a large store, and a table of all its tasks, streamed.

``--at FOLDER`` takes the store that is there (``python -m bench questions --at FOLDER`` makes it);
without it one of ``--quads N`` is made. Beside the tables stand pyarrow reading the same table from
the Parquet file that was written: the floor of any way to get it.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.copies import fill

from aitia.projection import project, write_table
from aitia.store.oxigraph import OxigraphStore

QUADS = 10_000_000


def cpu() -> float:
    """Return the processor seconds of this process and of those that it has ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def measured(what: str, make: Callable[[], Any]) -> None:
    """Print how long something took, and the most memory that this process has had so far."""
    began, spent = time.perf_counter(), cpu()
    units, columns = make().shape
    wall, spent = time.perf_counter() - began, cpu() - spent
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{what:36} {units:9,} x {columns:3} {wall:8.2f} s wall {spent:8.2f} s CPU"
        f" {1e6 * spent / units:8.0f} us a unit {most:6.0f} MB at most",
        flush=True,
    )


def main() -> None:
    """Measure both tables, and the floor."""
    parser = argparse.ArgumentParser(prog="python -m bench features", description=__doc__)
    parser.add_argument("--quads", type=int, default=QUADS)
    parser.add_argument("--at", type=Path)
    options = parser.parse_args(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) if options.at is None else options.at
        there = (place / "store").exists()
        store = OxigraphStore(place / "store")
        if not there:
            print(f"{fill(store, place, options.quads):,} quads in named graphs")
        _tables(store, Path(folder))
        store.close()


def _tables(store: OxigraphStore, folder: Path) -> None:
    from pyarrow import parquet

    file = os.fspath(folder / "tasks.parquet")
    measured("tasks, streamed to Parquet", lambda: write_table(store, "task-features", file))
    file = os.fspath(folder / "runs.parquet")
    measured(
        "training runs, streamed to Parquet", lambda: write_table(store, "training-runs", file)
    )
    measured("training runs, in memory", lambda: project(store, "training-runs"))
    measured("floor: pyarrow reads that Parquet", lambda: parquet.read_table(file))


if __name__ == "__main__":
    main()
