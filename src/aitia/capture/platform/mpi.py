"""Observes the ranks of a parallel job: each process that is one is a task of the run.

What tells a rank is the environment that its launcher set, and MPI itself once the program has
initialised it. Nothing is ever asked of the other ranks.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from aitia.capture import context
from aitia.capture.activity import TASK_RUN
from aitia.capture.context import HERE
from aitia.capture.digests import CAP
from aitia.capture.guard import attempt
from aitia.capture.imports import forget, when_imported
from aitia.capture.run import Run
from aitia.records.ports import Scope
from aitia.records.prov import Ended, Setting, Started
from aitia.records.values import Value, text

RANKED = "AITIA_RANKED"
"""Set by a rank, so that the processes that it starts do not take themselves for it."""

_VARIABLES = (
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"),
    ("PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"),
    ("PMIX_RANK", "PMIX_SIZE", "PMIX_LOCAL_RANK"),
    ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID"),
)


class Rank(NamedTuple):
    """Which of how many processes this is; ``local`` counts those of this host."""

    rank: int
    size: int | None
    local: int | None


def find(environ: Mapping[str, str] | None = None) -> Rank | None:
    """Return the rank that the environment tells; None for a process that is none.

    >>> find({"PMI_RANK": "2", "PMI_SIZE": "4"})
    Rank(rank=2, size=4, local=None)
    """
    env = os.environ if environ is None else environ
    if RANKED in env:
        return None
    for rank, size, local in _VARIABLES:
        # The script of a Slurm job has a number as well; only the tasks of a step are ranks.
        if rank.startswith("SLURM") and _number(env.get(size)) in (None, 1):
            continue
        found = _number(env.get(rank))
        if found is not None:
            return Rank(found, _number(env.get(size)), _number(env.get(local)))
    return None


def is_follower(environ: Mapping[str, str] | None = None) -> bool:
    """Return whether this is a rank, and not the first one of its host."""
    rank = find(environ)
    return rank is not None and bool(rank.local)


def _number(value: str | None) -> int | None:
    return int(value) if value is not None and value.isdigit() else None


class MpiAdapter:
    """Makes a process that is a rank a task of the run, below which is what it does."""

    name = "mpi"

    def __init__(self, cap: int = CAP) -> None:
        self._runs: dict[str, tuple[Run, str]] = {}
        self._pid = 0

    def start(self, scope: Scope) -> None:
        """Begin the task of this rank, and wait for MPI."""
        found, rank = context.here(), find()
        if found is not None and rank is not None:
            self._begin(found[0], rank)
        when_imported("mpi4py.MPI", self._initialised)

    def leave(self, scope: Scope) -> None:
        """End the task of this rank."""
        run, task = self._runs.pop(scope.run, (None, ""))
        if run is not None and os.getpid() == self._pid:
            run.base = ""
            run.emit(Ended(task, run.now()))

    def stop(self, scope: Scope) -> None:
        """Wait for MPI no more."""
        forget(self._initialised)
        self._runs.clear()
        if self._pid == os.getpid():
            os.environ.pop(RANKED, None)
        self._pid = 0

    def _begin(self, run: Run, rank: Rank) -> None:
        task = run.begin_number()
        used: dict[str, Value] = {"mpi.rank": rank.rank}
        if rank.size is not None:
            used["mpi.size"] = rank.size
        if rank.local is not None:
            used["mpi.local_rank"] = rank.local
        of = f" of {rank.size}" if rank.size is not None else ""
        run.emit(Started(task, f"rank {rank.rank}{of}", run.now(), TASK_RUN, run.base, used))
        os.environ[RANKED] = "1"
        self._pid = os.getpid()
        self._runs[run.id] = (run, task)
        # What this process does from here on, in any of its threads, is what the rank does.
        run.base = task
        here = HERE.get()
        if here is not None and here[0] is run:
            HERE.set((run, task, run.epoch))
        context.publish()

    def _initialised(self, module: Any) -> None:
        attempt("mpi", self._tell, module)

    def _tell(self, module: Any) -> None:
        found = context.here()
        if found is None or not module.Is_initialized() or module.Is_finalized():
            return
        run = found[0]
        if run.id not in self._runs:
            world = module.COMM_WORLD
            if world.Get_size() < 2:
                return
            self._begin(run, Rank(world.Get_rank(), world.Get_size(), None))
        _, task = self._runs[run.id]
        version = str(module.Get_library_version()).splitlines()[0].strip("\0 \t")
        run.emit(Setting(task, "mpi.library", text(version)))
