"""MPI: each rank is a task of the run, with a journal of its own."""

import os
import subprocess
import sys
import textwrap

import pytest

pytest.importorskip("mpi4py")

import aitia

MPIEXEC = os.path.join(os.path.dirname(sys.executable), "mpiexec")

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.skipif(not os.path.exists(MPIEXEC), reason="mpiexec is not installed"),
]

PROGRAM = """
    import aitia
    from mpi4py import MPI

    @aitia.task
    def part(x):
        return x

    world = MPI.COMM_WORLD
    part(world.Get_rank())
    print(world.allreduce(world.Get_rank()))
"""

RANKS = """
    ?rank aitia:partOfExecution ?run ; rdfs:label ?name ; prov:endedAtTime ?end .
    ?run a aitia:WorkflowRun .
    FILTER(STRSTARTS(?name, "rank"))
"""
SETTINGS = """
    ?rank aitia:hasSetting ?s . ?s aitia:settingName ?key ; aitia:settingValue ?value
    FILTER(STRSTARTS(?key, "mpi."))
"""
NAMES = {"rank 0 of 3", "rank 1 of 3", "rank 2 of 3"}


def test_each_rank_is_a_task_and_what_it_does_is_below_it(observe):
    recorded = observe(PROGRAM, command=(MPIEXEC, "-n", "3", sys.executable))

    # The ranks write at once, so that their lines may mix.
    assert recorded.output.count("3") == 3
    assert {name for (name,) in recorded.rows(RANKS, "DISTINCT ?name")} == NAMES
    parts = recorded.rows(
        RANKS + "?t rdfs:label 'part' ; aitia:partOfExecution ?rank ; aitia:hasSetting ?s . "
        "?s aitia:settingName 'x' ; aitia:settingValue ?x",
        "DISTINCT ?name ?x",
    )
    assert sorted(parts) == [("rank 0 of 3", 0), ("rank 1 of 3", 1), ("rank 2 of 3", 2)]
    told = {key for _, key, _ in recorded.rows(SETTINGS, "DISTINCT ?rank ?key ?value")}
    assert {"mpi.rank", "mpi.size", "mpi.library"} <= told


def test_facts_that_the_ranks_share_are_told_once(observe):
    recorded = observe(PROGRAM, command=(MPIEXEC, "-n", "3", sys.executable))

    pattern = "?n a aitia:CaptureNote ; aitia:noteKind 'git' ; aitia:noteCount ?c"
    assert len(recorded.rows(pattern, "?n ?c")) == 1
    assert len(recorded.rows("?e a aitia:SoftwareEnvironment", "DISTINCT ?e")) == 1


def test_ranks_join_a_run_that_the_environment_names(tmp_path, monkeypatch):
    monkeypatch.setenv("AITIA_DIR", str(tmp_path / ".aitia"))
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(PROGRAM))
    with aitia.run("job"):
        ended = subprocess.run(
            [MPIEXEC, "-n", "3", sys.executable, str(script)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=110,
        )
    assert ended.stdout.count("3") == 3, ended.stderr

    with aitia.open(tmp_path / ".aitia") as graph:
        prefix = (
            "PREFIX aitia: <https://w3id.org/aitia/ns#> PREFIX prov: <http://www.w3.org/ns/prov#>"
        )
        prefix += " PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>"
        rows = graph.sparql(f"{prefix} SELECT DISTINCT ?name WHERE {{ {RANKS} }}").rows
        assert {row[0] for row in rows} == NAMES
        for report in graph.validate().values():
            assert not [result for result in report.results if result.severity == "must"]
