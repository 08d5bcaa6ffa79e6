from __future__ import annotations

import pytest

from aitia.capture import tasks
from aitia.capture.platform import mpi
from aitia.capture.platform.mpi import MpiAdapter, Rank
from aitia.capture.run import Run
from aitia.capture.scopes import CurrentScope, RunScope
from aitia.records import Ended, Started


@pytest.mark.parametrize(
    ("environ", "rank"),
    [
        ({"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "4"}, Rank(1, 4, None)),
        ({"PMI_RANK": "2", "PMI_SIZE": "3", "MPI_LOCALRANKID": "0"}, Rank(2, 3, 0)),
        ({"PMIX_RANK": "5"}, Rank(5, None, None)),
        (
            {"SLURM_PROCID": "3", "SLURM_STEP_NUM_TASKS": "8", "SLURM_LOCALID": "1"},
            Rank(3, 8, 1),
        ),
        ({"SLURM_PROCID": "0", "SLURM_NTASKS": "8"}, None),
        ({"SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "1"}, None),
        ({"PMI_RANK": "2", "AITIA_RANKED": "1"}, None),
        ({"PMI_RANK": "two"}, None),
        ({}, None),
    ],
)
def test_a_rank_is_told_by_the_environment(environ, rank):
    assert mpi.find(environ) == rank


def test_the_first_rank_of_a_host_describes_it():
    assert not mpi.is_follower({"PMI_RANK": "2", "MPI_LOCALRANKID": "0"})
    assert mpi.is_follower({"PMI_RANK": "3", "MPI_LOCALRANKID": "1"})
    assert not mpi.is_follower({"PMIX_RANK": "3"})


def test_what_a_rank_does_is_below_it(observe, monkeypatch):
    for variables in mpi._VARIABLES:
        for variable in variables:
            monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PMI_RANK", "1")
    monkeypatch.setenv("PMI_SIZE", "2")
    adapter = MpiAdapter()
    with observe() as opened:
        adapter.start(CurrentScope())
        # A process that this one starts is no rank.
        assert mpi.find() is None
        with tasks.task("work"):
            pass
        adapter.leave(RunScope(opened.run, False))
        adapter.stop(CurrentScope())

    rank, work = opened.records.of(Started)
    assert (rank.name, dict(rank.used)) == ("rank 1 of 2", {"mpi.rank": 1, "mpi.size": 2})
    assert work.parent == rank.id
    assert [end.id for end in opened.records.of(Ended)] == [work.id, rank.id]
    assert isinstance(opened.run, Run)
    assert mpi.find() == Rank(1, 2, None)
