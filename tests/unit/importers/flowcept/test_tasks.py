"""One task as records: statuses, references, calls to language models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from aitia.importers.flowcept.buffer import Task, Workflow
from aitia.importers.flowcept.tasks import Context, index, parent_of, task_records
from aitia.importers.redaction import Redactor
from aitia.records import (
    Associated,
    Ended,
    Entity,
    Informed,
    Json,
    Point,
    Record,
    Ref,
    Started,
    Used,
    encode,
)
from aitia.records.secrets import MASK
from aitia.vocabulary.iris import content_iri

Make = Callable[..., Any]
HOSTS = {"node-1": "urn:uuid:node"}


def context(workflow: Workflow) -> Context:
    return Context("run", Redactor(), HOSTS, index(workflow.tasks), Counter())


def records_of(workflow: Workflow, name: str, where: Context | None = None) -> list[Record]:
    (task,) = (task for task in workflow.tasks if task.name == name)
    return list(task_records(task, where or context(workflow), 77))


def only(records: list[Record], kind: type) -> Any:
    (found,) = (record for record in records if isinstance(record, kind))
    return found


def test_inputs_outputs_times_and_host(parsed: Make, task: Make) -> None:
    (found,) = parsed(task("fit", 1, 2, used={"lr": 0.1, "grid": [1, 2]}, generated={"acc": 0.9}))
    records = records_of(found, "fit")
    started, ended = only(records, Started), only(records, Ended)
    assert (started.name, started.time, started.parent) == ("fit", 1001 * 10**9, "")
    assert started.used == {"lr": 0.1, "grid": Json([1, 2])}
    assert (ended.time, ended.status, ended.generated) == (1002 * 10**9, "Completed", {"acc": 0.9})
    assert ended.attributes["dcterms:identifier"] == "fit-id"
    assert Used(started.id, "urn:uuid:node", relation="aitia:ranOn") in records


@pytest.mark.parametrize(
    ("status", "end", "expected", "inferred"),
    [
        ("FINISHED", 2, "Completed", False),
        ("FINISHED", None, "Completed", False),
        ("ERROR", 2, "Failed", False),
        ("SUBMITTED", None, "Queued", False),
        ("UNKNOWN", 2, "Interrupted", True),
        ("RUNNING", 2, "Interrupted", True),
        (None, 2, "Interrupted", True),
        ("PAUSED", None, "Interrupted", True),
    ],
)
def test_statuses(
    parsed: Make, task: Make, status: str | None, end: float | None, expected: str, inferred: bool
) -> None:
    (found,) = parsed(task("a", 1, end, status=status))
    ended = only(records_of(found, "a"), Ended)
    assert ended.status == expected
    assert ended.attributes.get("aitia:statusInferred", False) is inferred
    assert (ended.time is None) == (end is None)


def test_a_task_that_still_ran_has_no_end(parsed: Make, task: Make) -> None:
    (found,) = parsed(task("a", 1, None, status="RUNNING"))
    records = records_of(found, "a")
    assert not [r for r in records if isinstance(r, Ended)]
    assert only(records, Entity).attributes["dcterms:identifier"] == "a-id"


def test_a_failure_has_its_message_without_secrets(parsed: Make, task: Make) -> None:
    (found,) = parsed(
        task("a", 1, 2, status="ERROR", stderr="login failed: password=hunter22"),
        task("b", 1, 2, status="ERROR", stderr={"type": "ValueError"}),
        task("c", 1, 2, status="ERROR"),
    )
    errors = [only(records_of(found, name), Ended).error for name in "abc"]
    assert errors == [
        f"login failed: password={MASK}",
        '{"type": "ValueError"}',
        "failed without a message",
    ]


def test_references_that_stand_for_one_task_are_followed(parsed: Make, task: Make) -> None:
    (found,) = parsed(
        task("child", 1, 2, parent_task_id="outer-id", dependencies=["first-id"]),
        task("first", 0, 1, dependents=["child-id", "gone"]),
        task("outer", 0, 3),
    )
    local = {t.name: t.local for t in found.tasks}
    records = records_of(found, "child")
    assert only(records, Started).parent == local["outer"]
    assert Informed(local["child"], local["first"]) in records
    where = context(found)
    assert Informed(local["child"], local["first"]) in records_of(found, "first", where)
    assert where.faults == {"reference to an unknown task": 1}


def test_a_reference_to_an_id_of_two_tasks_is_not_followed(parsed: Make, task: Make) -> None:
    (found,) = parsed(
        task("child", 1, 2, parent_task_id="same"),
        task("one", 0, 3, task_id="same"),
        task("two", 0, 3, task_id="same"),
    )
    where = context(found)
    child = next(t for t in found.tasks if t.name == "child")
    assert parent_of(child, where) is None
    assert where.faults == {"reference to an id of several tasks": 1}


def test_faults_are_counted_and_nothing_is_dropped(parsed: Make, task: Make) -> None:
    (found,) = parsed(task("back", 2, 1), {**task("never", 0, None), "started_at": None})
    where = context(found)
    ended = only(records_of(found, "back", where), Ended)
    assert ended.time == 1001 * 10**9
    assert only(records_of(found, "never", where), Started).time == 77
    assert where.faults == {
        "task that ends before it starts": 1,
        "task without a start, which stands at the start of its run": 1,
    }


def test_a_call_to_a_language_model_keeps_digests_and_counts(parsed: Make, task: Make) -> None:
    prompt, answer = "my name is Eve", "hello Eve"
    (found,) = parsed(
        task(
            *("llm", 1, 2),
            subtype="ai_model_invocation",
            used={"prompt": prompt, "temperature": 0},
            generated={"response": answer},
            agent_id="planner",
            custom_metadata={
                "llm_usage": {
                    "model": "gpt-x",
                    "input_tokens": 4,
                    "output_tokens": 2,
                    "total_tokens": True,
                }
            },
        )
    )
    records = records_of(found, "llm")
    iri = content_iri(sha256(prompt.encode()).hexdigest())
    started = only(records, Started)
    assert (started.type, started.used) == ("aitia:Inference", {"temperature": 0})
    assert Used(started.id, iri, role="prompt", relation="aitia:usedPrompt") in records
    assert Used(started.id, "model-gpt-x", relation="aitia:usedModel") in records
    assert Associated(started.id, "agent-planner") in records
    response = content_iri(sha256(answer.encode()).hexdigest())
    assert only(records, Ended).generated == {"response": Ref(response)}
    assert only(records, Point).values == {"input_tokens": 4, "output_tokens": 2}
    assert b"Eve" not in b"".join(map(encode, records))


@pytest.mark.parametrize(
    ("subtype", "kind"),
    [
        ("learning", "aitia:TrainingRun"),
        ("dataprep", "aitia:DataTransformation"),
        ("agent_tool", "aitia:ToolInvocation"),
        ("custom", "aitia:TaskRun"),
        (None, "aitia:TaskRun"),
    ],
)
def test_kinds(parsed: Make, task: Make, subtype: str | None, kind: str) -> None:
    (found,) = parsed(task("a", 1, 2, subtype=subtype))
    assert only(records_of(found, "a"), Started).type == kind


def test_tags_and_metadata_are_kept(parsed: Make, task: Make) -> None:
    (found,) = parsed(
        task("a", 1, 2, tags=["ml", 3], custom_metadata={"note": "x", "password": "y"})
    )
    attributes = only(records_of(found, "a"), Ended).attributes
    assert attributes["schema:keywords"] == ["ml", "3"]
    assert attributes["dcterms:description"] == Json(
        {"custom_metadata": {"note": "x", "password": MASK}}
    )


def test_tasks_are_found_by_id() -> None:
    tasks = [Task({"task_id": 1}), Task({"task_id": "1"}), Task({"task_id": "2"})]
    assert {key: len(found) for key, found in index(tasks).items()} == {"1": 2, "2": 1}
