"""Flowcept buffers as files: repeated, colliding, damaged and foreign messages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aitia.errors import ImportFormatError
from aitia.importers.flowcept.buffer import Task, moment, parse
from aitia.importers.source import open_source

SAMPLE = Path(__file__).parents[3] / "data" / "flowcept" / "buffer_nested.jsonl"
Make = Callable[..., Any]


def test_the_sample_has_one_workflow_of_ten_tasks() -> None:
    (workflow,) = parse(open_source(SAMPLE))
    assert workflow.fields["status"] == "FINISHED"
    assert workflow.fields["ended_at"] == 1795477274.6556282
    assert len(workflow.tasks) == 10
    assert sum(task.is_iteration for task in workflow.tasks) == 3
    assert (workflow.repeated, workflow.collisions) == (0, 0)


def test_of_a_workflow_the_last_message_wins_field_by_field(parsed: Make) -> None:
    (found,) = parsed(
        {"type": "workflow", "workflow_id": "wf", "status": "RUNNING", "name": "a"},
        {"type": "workflow", "workflow_id": "wf", "status": "FINISHED", "name": None},
    )
    assert (found.fields["status"], found.fields["name"]) == ("FINISHED", "a")


def test_a_message_delivered_twice_is_one_task(parsed: Make, task: Make) -> None:
    message = task("a", 0, 1)
    (found,) = parsed(message, message, message)
    assert (len(found.tasks), found.repeated) == (1, 2)


def test_a_task_that_ends_later_is_the_same_task(parsed: Make, task: Make) -> None:
    (found,) = parsed(
        task("a", 0, None, status="RUNNING", hostname=None), task("a", 0, 1, generated={"x": 1})
    )
    assert len(found.tasks) == 1
    assert found.tasks[0].fields["status"] == "FINISHED"
    assert (found.repeated, found.collisions) == (0, 0)


def test_tasks_whose_clock_ids_collide_stay_two(parsed: Make, task: Make) -> None:
    (found,) = parsed(
        task("a", 0, 1, task_id="1000.0"), task("a", 0, 1, task_id="1000.0", hostname="node-2")
    )
    assert len({t.local for t in found.tasks}) == 2
    assert found.collisions == 1


def test_messages_of_the_transport_are_passed_over(parsed: Make, task: Make) -> None:
    (found,) = parsed({"type": "flowcept_control", "info": "mq_flush_complete"}, task("a", 0, 1))
    assert [t.name for t in found.tasks] == ["a"]


def test_tasks_without_a_workflow_belong_to_the_file(parsed: Make, task: Make) -> None:
    (found,) = parsed(task("a", 0, 1, workflow_id=None))
    assert found.fields == {}
    assert found.identifier.startswith("file ")


def test_python_writes_nan_and_it_is_read(parsed: Make, task: Make) -> None:
    (found,) = parsed(task("a", 0, 1, generated={"loss": float("nan"), "acc": float("-inf")}))
    made = found.tasks[0].mapping("generated")
    assert made["loss"] != made["loss"]
    assert made["acc"] == float("-inf")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type": "workflow", "workflow_id": "w"}\n{"a": 1\n', "line 2 .*not JSON"),
        ('{"type": "workflow", "workflow_id": "w"}\n{"type": "ta', "line 2 .*cut short"),
        ('{"type": "workflow", "workflow_id": "w"}\n[1, 2]\n', "line 2 .*a JSON list"),
        ('{"type": "workflow", "workflow_id": "w"}\n\n{"event": 1}\n', "line 3 .*type None"),
        ('{"type": "span", "trace_id": "w"}\n', "line 1 .*type 'span'"),
        ('{"type": "task", "task_id": "t"}\n', "line 1 .*type 'task'"),
        ("", "line 1 .*without a workflow or a task"),
        ('{"type": "flowcept_control"}\n', "line 1 .*without a workflow or a task"),
        ("epochs trainLoss\n", "line 1 .*not JSON"),
        ("\x00\x01\n", "line 1 .*not JSON"),
    ],
)
def test_refuses_what_is_no_buffer_by_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "buffer.jsonl"
    path.write_text(text)
    with pytest.raises(ImportFormatError, match=message):
        parse(open_source(path))


def test_refuses_bytes_that_are_not_text(tmp_path: Path) -> None:
    path = tmp_path / "buffer.jsonl"
    path.write_bytes(b'{"type": "task", "task_id": "\xff\xfe"}\n')
    with pytest.raises(ImportFormatError, match=r"line 1 .*not JSON"):
        parse(open_source(path))


def test_the_local_id_of_a_task_follows_from_its_identity() -> None:
    facts = {"task_id": "1.5", "hostname": "n", "activity_id": "f", "started_at": 1.5}
    assert Task(facts).local == Task({**facts, "status": "FINISHED"}).local
    assert Task(facts).local != Task({**facts, "started_at": 1.6}).local
    assert Task(facts).local.isalnum()


@pytest.mark.parametrize(
    ("seconds", "nanoseconds"),
    [
        (1795477274.4146106, 1795477274414610600),
        (0.1, 100_000_000),
        (5, 5_000_000_000),
        (1e-9, 1),
        (None, None),
        (True, None),
        ("1795477274", None),
        (-1.0, None),
        (1e300, None),
        (float("nan"), None),
        (float("inf"), None),
    ],
)
def test_times_are_exact_to_what_the_clock_printed(seconds: Any, nanoseconds: int | None) -> None:
    assert moment(seconds) == nanoseconds


def test_a_bare_value_gets_the_name_of_its_field() -> None:
    assert Task({"task_id": "1", "generated": 3}).mapping("generated") == {"generated": 3}
    assert Task({"task_id": "1", "generated": [1]}).mapping("generated") == {"generated": [1]}
    assert Task({"task_id": "1", "generated": None}).mapping("generated") == {}


def test_a_task_that_was_only_submitted_starts_then() -> None:
    assert Task({"task_id": "1", "submitted_at": 2.0}).start == 2_000_000_000
    assert Task({"task_id": "1"}).start is None
    assert json.dumps(Task({"task_id": "1"}).host) == '""'
