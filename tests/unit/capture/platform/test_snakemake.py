from __future__ import annotations

import logging
import os
import subprocess
import sys

import pytest

from aitia.capture.platform import snakemake
from aitia.capture.platform.snakemake import Processes, Workflow
from aitia.records import Ended, Entity, Generated, Started, Used

GRAPH = {
    "nodes": [{"rule": "count"}, {"rule": "report"}],
    "links": [{"source": 0, "target": 1, "sourcerule": "count", "targetrule": "report"}],
}


@pytest.fixture
def opened(observe):
    with observe() as found:
        yield found


def event(name, **fields):
    record = logging.LogRecord("snakemake", logging.INFO, "", 0, "message", (), None)
    record.__dict__.update(fields, event=name)
    return record


def begin(workflow, number=1, rule="count", **fields):
    workflow.heard(event("job_info", jobid=number, rule_name=rule, threads=2, **fields))


def test_rules_are_a_plan_whose_ports_are_connected(opened):
    Workflow().heard(event("rulegraph", rulegraph=GRAPH))

    entities = {r.label or r.id: r for r in opened.records.of(Entity)}
    plan = entities["Snakefile"]
    assert plan.type == "aitia:WorkflowSpecification"
    assert {ref.id for ref in plan.attributes["aitia:hasTask"]} == {
        entities["count"].id,
        entities["report"].id,
    }
    made = entities["count"].attributes["aitia:hasOutputPort"].id
    assert entities["output of count"].id == made
    (nexts,) = entities["output of count"].attributes["aitia:connectsTo"]
    assert entities["report"].attributes["aitia:hasInputPort"] == nexts
    assert "aitia:hasInputPort" not in entities["count"].attributes
    assert entities[""].attributes["aitia:enacts"].id == plan.id


def test_the_same_rules_are_the_same_plan(opened):
    Workflow().heard(event("rulegraph", rulegraph=GRAPH))
    turned = {"nodes": GRAPH["nodes"][::-1], "links": GRAPH["links"]}
    Workflow().heard(event("rulegraph", rulegraph=turned))

    plans = [r for r in opened.records.of(Entity) if r.type == "aitia:WorkflowSpecification"]
    assert plans[0].id == plans[1].id


def test_a_job_enacts_its_rule_and_tells_its_files(opened, tmp_path):
    (tmp_path / "in.txt").write_text("in")
    (tmp_path / "out.txt").write_text("out")
    workflow = Workflow()
    workflow.heard(event("rulegraph", rulegraph=GRAPH))
    begin(
        workflow,
        wildcards={"n": "a"},
        input=[str(tmp_path / "in.txt"), "not-there.txt"],
        output=[str(tmp_path / "out.txt")],
    )
    workflow.heard(event("job_finished", job_id=1))

    (job,) = opened.records.of(Started)
    assert job.used == {"threads": 2, "wildcard.n": "a"}
    assert job.id == snakemake.job_iri(opened.run.id, 1, 1)
    assert [r.activity for r in opened.records.of(Used)] == [job.id]
    assert [r.activity for r in opened.records.of(Generated)] == [job.id]
    assert [r.status for r in opened.records.of(Ended)] == ["Completed"]


def test_each_try_of_a_job_is_told(opened):
    workflow = Workflow()
    begin(workflow)
    workflow.heard(event("job_error", jobid=1, rule_msg="exit code 3"))
    begin(workflow)
    workflow.heard(event("job_finished", job_id=1))

    first, second = opened.records.of(Started)
    assert second.used["attempt"] == 2
    assert [(r.id, r.status, r.error) for r in opened.records.of(Ended)] == [
        (first.id, "Failed", "exit code 3"),
        (second.id, "Completed", None),
    ]


def test_a_dry_run_is_none(opened):
    workflow = Workflow(dry=True)
    workflow.heard(event("rulegraph", rulegraph=GRAPH))
    begin(workflow)

    assert not opened.records.of(Started)


def test_other_events_say_nothing(opened):
    before = len(opened.records)
    Workflow().heard(event("progress", done=1, total=2))
    Workflow().heard(logging.LogRecord("x", logging.INFO, "", 0, "message", (), None))

    assert len(opened.records) == before


def test_a_process_that_is_started_is_told_its_parent(opened):
    code = "import os; print(os.environ['AITIA_PARENT'])"
    process = Processes(subprocess).Popen(
        [sys.executable, "-S", "-c", code], env={**os.environ, "AITIA_PARENT": ""}, stdout=-1
    )

    assert process.communicate()[0].decode().strip() == opened.run.absolute("")
    assert Processes(subprocess).PIPE == subprocess.PIPE
