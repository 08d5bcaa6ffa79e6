"""One workflow as the records of a run: its surroundings, telemetry and notes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aitia.importers.flowcept.buffer import Workflow
from aitia.importers.flowcept.machine import strip_secrets
from aitia.importers.flowcept.workflow import Import
from aitia.importers.port import FilePseudonyms, minted
from aitia.importers.source import Source
from aitia.records import (
    Entity,
    Generated,
    Note,
    Points,
    Record,
    RunEnded,
    RunStarted,
    Setting,
    Used,
)

Make = Callable[..., Any]
SOURCE = Source("x", "buffer.jsonl", "ab" * 32, 3)


def flow(**more: Any) -> dict[str, Any]:
    return {"type": "workflow", "workflow_id": "wf", "started_at": 1000.0, **more}


def records_of(workflow: Workflow) -> list[Record]:
    return list(Import(workflow, SOURCE, FilePseudonyms(SOURCE.digest)).records())


def notes(records: list[Record]) -> dict[str, int]:
    return {
        r.text: r.occurrences for r in records if isinstance(r, Note) and r.kind != "blind spot"
    }


def test_a_run_with_its_parent_user_and_campaign(parsed: Make) -> None:
    (found,) = parsed(
        flow(
            name="demo",
            parent_workflow_id="outer",
            campaign_id="campaign-1",
            user="eve",
            status="FINISHED",
            ended_at=1002.0,
            used={"lr": 1},
            generated={"acc": 0.5},
        )
    )
    records = records_of(found)
    start = records[0]
    assert isinstance(start, RunStarted)
    assert start.id == minted("flowcept", "workflow", "wf")
    assert start.parent == f"urn:uuid:{minted('flowcept', 'workflow', 'outer')}"
    campaign = f"urn:uuid:{minted('flowcept', 'campaign', 'campaign-1')}"
    assert Entity(campaign, "aitia:Campaign", "campaign-1") in records
    assert Used("", campaign, relation="aitia:partOfExecution") in records
    (user,) = (r for r in records if isinstance(r, Entity) and r.type == "prov:Person")
    assert user.id == start.agent
    assert "eve" not in str(user)
    assert Setting("", "lr", 1) in records
    assert Generated("out-acc", "") in records
    assert records[-1] == RunEnded(1002 * 10**9, "Completed", attributes={})


def test_a_run_that_has_no_end_gets_none(parsed: Make) -> None:
    (found,) = parsed(flow(status="RUNNING"))
    assert not [r for r in records_of(found) if isinstance(r, RunEnded)]


def test_an_end_without_a_status_is_inferred(parsed: Make) -> None:
    (found,) = parsed(flow(status="RUNNING", ended_at=1001.0))
    end = records_of(found)[-1]
    assert end == RunEnded(1001 * 10**9, "Interrupted", attributes={"aitia:statusInferred": True})


def test_tasks_without_their_workflow_are_a_run_and_it_is_said(parsed: Make, task: Make) -> None:
    (found,) = parsed(task("a", 5, 6, campaign_id="c"), task("b", 3, 4))
    records = records_of(found)
    start = records[0]
    assert isinstance(start, RunStarted)
    assert start.time == 1003 * 10**9
    assert start.parent == f"urn:uuid:{minted('flowcept', 'campaign', 'c')}"
    assert "the file has no record of the workflow itself" in notes(records)


def snapshot(pid: int, rss: int) -> dict[str, Any]:
    return {"cpu": {"percent_all": 5.0}, "process": {"pid": pid, "memory": {"rss": rss}}}


def subjects(records: list[Record]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for record in records:
        if isinstance(record, Points):
            found.setdefault(record.quantity, set()).add(record.subject)
    return found


def test_telemetry_of_one_host_and_process_is_about_the_run(parsed: Make, task: Make) -> None:
    (found,) = parsed(flow(), task("a", 1, 2, telemetry_at_start=snapshot(1, 9)))
    assert subjects(records_of(found)) == {"cpu_percent": {""}, "process_memory_bytes": {""}}


def test_two_processes_do_not_share_a_series(parsed: Make, task: Make) -> None:
    (found,) = parsed(
        flow(),
        task("a", 1, 2, telemetry_at_start=snapshot(1, 9)),
        task("b", 1, 2, telemetry_at_start=snapshot(2, 99)),
    )
    records = records_of(found)
    by = subjects(records)
    assert by["cpu_percent"] == {""}
    assert len(by["process_memory_bytes"]) == 2
    collections = {
        r.id for r in records if isinstance(r, Entity) and r.type == "aitia:TelemetryCollection"
    }
    assert by["process_memory_bytes"] == collections


def test_two_hosts_do_not_share_a_series(parsed: Make, task: Make) -> None:
    (found,) = parsed(
        flow(),
        task("a", 1, 2, telemetry_at_start=snapshot(1, 9)),
        task("b", 1, 2, telemetry_at_start=snapshot(1, 9), hostname="node-2"),
    )
    records = records_of(found)
    assert len(subjects(records)["cpu_percent"]) == 2
    nodes = [r for r in records if isinstance(r, Entity) and r.type == "aitia:ComputeNode"]
    assert len({r.id for r in nodes}) == 2
    assert "node-2" not in str(records)


def test_what_happened_to_the_messages_is_noted(parsed: Make, task: Make) -> None:
    late = task("c", 1, None, telemetry_at_end=snapshot(1, 9))
    workflows = parsed(
        flow(machine_info={"1": {"environment": {"A_TOKEN": "tell-tale", "LANG": "C"}}}),
        task("a", 1, 2, used={"x": "the tell-tale heart"}),
        task("a", 1, 2, used={"x": "the tell-tale heart"}),
        task("b", 1, 2, task_id="a-id"),
        late,
    )
    strip_secrets(workflows)
    records = records_of(workflows[0])
    assert notes(records) == {
        "messages that say nothing new": 1,
        "task ids that stand for several tasks": 1,
        "environment variables that are not on the list": 1,
        "texts that held a secret or a name": 2,
        "snapshots of telemetry without a time": 1,
    }
    assert "tell-tale" not in str(records)


def test_a_loop_inside_a_named_parent_is_its_curve(parsed: Make, task: Make) -> None:
    def turn(i: int) -> dict[str, Any]:
        made = task(f"epoch{i}", i, None, group_id="g", parent_task_id="train-id")
        del made["type"]
        return {**made, "generated": {"loss": 1.0 / (i + 1)}, "used": {"i": i}}

    (found,) = parsed(flow(), *(turn(i) for i in range(3)), task("train", 0, 9))
    (curve,) = (r for r in records_of(found) if isinstance(r, Points))
    assert curve.subject == next(t.local for t in found.tasks if t.name == "train")
    assert list(curve.values) == [1.0, 0.5, 1 / 3]


def test_agents_are_entities_of_the_run(parsed: Make, task: Make) -> None:
    (found,) = parsed(
        flow(),
        {"type": "agent", "agent_id": "a1", "name": "planner"},
        task("a", 1, 2, agent_id="a1", source_agent_id="a2"),
    )
    agents = {
        r.id: r.label
        for r in records_of(found)
        if isinstance(r, Entity) and r.type == "aitia:AIAgent"
    }
    assert agents == {"agent-a1": "planner", "agent-a2": "a2"}
