"""Guesses about a buffer: what is inferred, and above all what is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aitia.importers.flowcept.buffer import Task, Workflow
from aitia.importers.flowcept.inference import curves, inferred, loops, nesting
from aitia.records import Derived, Entity, Generated, Informed, Note, Points, Used

Make = Callable[..., Any]
RUN = "8e077096-e943-4091-9833-1649ddf057c8"


def named(workflow: Workflow) -> dict[str, Task]:
    return {task.name: task for task in workflow.tasks}


def nested(workflow: Workflow) -> dict[str, str]:
    found = nesting(workflow.tasks, workflow.tasks)
    return {child.name: parent.name for child, parent in found.items()}


def test_a_task_ran_inside_the_innermost_that_spans_it(parsed: Make, task: Make) -> None:
    (found,) = parsed(task("c", 2, 3), task("b", 1, 4), task("a", 0, 9), task("d", 5, 6))
    assert nested(found) == {"b": "a", "c": "b", "d": "a"}


@pytest.mark.parametrize(
    ("spans", "message"),
    [
        ({"a": (0, 5), "b": (1, 6), "c": (2, 3)}, "two that overlap: neither is the inner one"),
        ({"a": (0, 5), "b": (0, 5)}, "the same span"),
        ({"a": (0, 2), "b": (1, 3)}, "not contained"),
        ({"a": (0, None), "b": (1, 3)}, "a task without an end"),
    ],
)
def test_no_guess(
    parsed: Make, task: Make, spans: dict[str, tuple[float, float | None]], message: str
) -> None:
    (found,) = parsed(*(task(name, *span) for name, span in spans.items()))
    assert nested(found) == {}, message


def test_no_nesting_across_hosts(parsed: Make, task: Make) -> None:
    (found,) = parsed(task("a", 0, 9), task("b", 1, 2, hostname="node-2"))
    assert nested(found) == {}


def iteration(number: int, start: float, **made: float) -> dict[str, Any]:
    return {
        "task_id": f"g{number}",
        "workflow_id": "wf",
        "activity_id": "epoch_iteration",
        "group_id": "g",
        "started_at": 1000.0 + start,
        "used": {"i": number},
        "generated": dict(made),
        "status": "FINISHED",
    }


def test_iterations_are_a_curve_by_their_own_count(parsed: Make) -> None:
    messages = [iteration(i, i, loss=1 / (i + 1), note=0) for i in (2, 0, 1)]
    messages[0]["generated"]["note"] = "text"
    (found,) = parsed(*messages)
    (rows,) = loops(found).values()
    drawn = {curve.name: curve for curve in curves(rows)}
    assert drawn["loss"].steps == [0.0, 1.0, 2.0]
    assert drawn["loss"].values == [1.0, 0.5, 1 / 3]
    assert drawn["note"].steps == [0.0, 1.0]


def test_one_iteration_is_no_curve(parsed: Make) -> None:
    (found,) = parsed(iteration(0, 0, loss=1.0))
    assert list(curves(loops(found)["g"])) == []


def test_the_curve_belongs_to_the_training_around_it(parsed: Make, task: Make) -> None:
    (found,) = parsed(
        *(iteration(i, i + 1, loss=1.0 - i / 10) for i in range(3)),
        task("train", 0, 9, subtype="learning"),
    )
    records = inferred(found, RUN, {})
    train = named(found)["train"].local
    assert sum(isinstance(r, Used) and r.entity == train for r in records) == 3
    (curve,) = (r for r in records if isinstance(r, Points))
    assert (curve.subject, list(curve.values)) == (train, [1.0, 0.9, 0.8])
    node = f"urn:uuid:{RUN}#{train}/series/loss"
    assert Generated(node, train, relation="aitia:hasLearningCurve") in records
    rules = [r for r in records if isinstance(r, Entity)]
    assert [rule.label for rule in rules] == ["inference of nesting", "inference of curves"]
    assert [r.occurrences for r in records if isinstance(r, Note)] == [3, 1]


def edges(workflow: Workflow) -> set[tuple[str, str]]:
    return {
        (record.derived.partition("#")[2], record.source.partition("#")[2])
        for record in inferred(workflow, RUN, {})
        if isinstance(record, Derived)
    }


def test_an_input_derives_from_the_output_of_the_same_name_and_value(
    parsed: Make, task: Make
) -> None:
    (found,) = parsed(
        task("make", 0, 1, generated={"rows": 150}),
        task("take", 2, 3, used={"rows": 150, "other": 150}),
    )
    names = named(found)
    make, take = names["make"].local, names["take"].local
    assert edges(found) == {(f"{take}/setting/rows", f"{make}/out/rows")}
    assert Informed(take, make) in inferred(found, RUN, {})


@pytest.mark.parametrize("value", ["model-2026-11-24.bin", 0.123456789, {"a": [1, 2, 3, 4]}])
def test_a_distinctive_value_needs_no_equal_name(parsed: Make, task: Make, value: Any) -> None:
    (found,) = parsed(
        task("make", 0, 1, generated={"x": value}), task("take", 2, 3, used={"y": value})
    )
    assert len(edges(found)) == 1


@pytest.mark.parametrize(
    ("made", "used", "why"),
    [
        ({"best_lr": 0.2}, {"lr": 0.2}, "an ordinary value under another name"),
        ({"x": 100000.0}, {"y": 100000.0}, "zeros are no digits"),
        ({"x": True}, {"y": True}, "a truth value"),
        ({"api_token": "abcdefghijklmnop"}, {"api_token": "abcdefghijklmnop"}, "a secret"),
        ({"x": 1}, {"x": 1.5}, "another value"),
    ],
)
def test_no_edge(
    parsed: Make, task: Make, made: dict[str, Any], used: dict[str, Any], why: str
) -> None:
    (found,) = parsed(task("make", 0, 1, generated=made), task("take", 2, 3, used=used))
    assert edges(found) == set(), why


def test_no_edge_when_two_tasks_made_the_value_or_made_it_later(parsed: Make, task: Make) -> None:
    (found,) = parsed(
        task("one", 0, 1, generated={"rows": 150, "late": "a long enough text"}),
        task("two", 0, 1, generated={"rows": 150}),
        task("early", 0.5, 3, used={"rows": 150, "late": "a long enough text"}),
        task("take", 2, 3, used={"rows": 150}),
    )
    assert edges(found) == set()


def test_nothing_to_infer(parsed: Make, task: Make) -> None:
    (found,) = parsed(task("a", 0, 1))
    assert inferred(found, RUN, {}) == []
