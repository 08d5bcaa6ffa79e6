"""Snakemake, without a change to the workflow: rules are the plan, jobs enact it."""

import os
import subprocess
import sys
import textwrap

import pytest

pytest.importorskip("snakemake_interface_logger_plugins")
pytest.importorskip("snakemake")

pytestmark = pytest.mark.frameworks

SNAKEMAKE = (sys.executable, "-m", "snakemake", "-c", "2", "--snakefile")

WORKFLOW = """
    rule all:
        input: "out/report.txt"

    rule split:
        output: "out/{n}.txt"
        shell: "echo {wildcards.n} > {output}"

    rule count:
        input: "out/{n}.txt"
        output: "out/{n}.count"
        script: "count.py"

    rule report:
        input: "out/a.count", "out/b.count"
        output: "out/report.txt"
        run:
            open(output[0], "w").write("".join(open(i).read() for i in input))
"""

COUNT = """
    import aitia

    @aitia.task
    def length(path):
        return len(open(path).read())

    open(snakemake.output[0], "w").write(str(length(snakemake.input[0])))
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "count.py").write_text(textwrap.dedent(COUNT))
    return tmp_path


def test_jobs_enact_the_rules_and_scripts_are_at_their_jobs(observe, folder):
    recorded = observe(WORKFLOW, command=SNAKEMAKE)

    jobs = recorded.rows(
        "?run aitia:enacts/aitia:hasTask ?rule . ?job aitia:enacts ?rule ; rdfs:label ?name ; "
        "aitia:partOfExecution ?run ; aitia:status aitia:Completed",
        "DISTINCT ?job ?name",
    )
    assert sorted(name for _, name in jobs) == ["all", "count", "count", "report", "split", "split"]
    assert (
        len(
            recorded.rows(
                "?t rdfs:label 'length' ; aitia:partOfExecution ?j . ?j rdfs:label 'count'", "?t"
            )
        )
        == 2
    )
    made = (
        "?f prov:wasGeneratedBy ?j ; aitia:sha256 ?sha ; aitia:locator ?where . ?j rdfs:label ?name"
    )
    files = {(str(where), name) for name, where in recorded.rows(made, "DISTINCT ?name ?where")}
    assert ("file:out/report.txt", "report") in files
    assert ("file:out/a.txt", "split") in files
    assert recorded.rows(
        "?j rdfs:label 'split' ; aitia:hasSetting ?s . ?s aitia:settingName 'wildcard.n'", "?s"
    )


def test_a_workflow_that_is_followed_has_no_deviations(observe, folder):
    recorded = observe(WORKFLOW, command=SNAKEMAKE)

    assert not list(recorded.graph.query("plan-deviations").rows)
    plans = recorded.graph.query("enacted-plans").rows
    assert {row[6] for row in plans} == {"WorkflowSpecification", "TaskSpecification"}


def test_rules_whose_files_are_there_are_planned_and_never_run(observe, folder):
    (folder / "out").mkdir()
    for name, content in (("a.txt", "a"), ("b.txt", "b"), ("a.count", "1"), ("b.count", "1")):
        (folder / "out" / name).write_text(content)

    recorded = observe(
        WORKFLOW, command=(*SNAKEMAKE[:3], "--rerun-triggers", "mtime", *SNAKEMAKE[3:])
    )

    rows = recorded.graph.query("plan-deviations").rows
    assert {(row[2], row[4]) for row in rows} == {("never ran", "count"), ("never ran", "split")}


def test_a_job_that_fails_is_tried_again_and_each_try_is_told(observe, folder):
    recorded = observe(
        """
        rule once:
            output: "done.txt"
            retries: 1
            shell: "if [ -e mark ]; then touch {output}; else touch mark; exit 3; fi"
        """,
        command=SNAKEMAKE,
    )

    tries = recorded.rows("?j rdfs:label 'once' ; a aitia:TaskRun ; aitia:status ?s", "?s")
    assert sorted(str(status).rpartition("#")[2] for (status,) in tries) == ["Completed", "Failed"]


def test_the_plugin_opens_a_run_where_there_is_none(folder):
    (folder / "Snakefile").write_text(
        'rule one:\n    output: "one.txt"\n    shell: "touch {output}"\n'
    )
    command = [sys.executable, "-m", "snakemake", "-c", "1", "--logger", "aitia"]
    where = {**os.environ, "AITIA_DIR": str(folder / ".aitia")}
    ended = subprocess.run(
        command, cwd=folder, env=where, capture_output=True, text=True, timeout=110
    )
    assert ended.returncode == 0, ended.stderr

    import aitia

    with aitia.open(folder / ".aitia") as graph:
        rows = graph.query("enacted-plans").rows
        assert {row[5] for row in rows} == {"Snakefile", "one"}
        assert not list(graph.query("plan-deviations").rows)
