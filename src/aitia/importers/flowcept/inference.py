"""What can be inferred from a Flowcept buffer, and was not written there.

Flowcept does not record which task ran inside which, nor which output became which input. Both
can be guessed, by time and by equal values. The guesses lie in a bundle of their own, so that a
reader can leave them out, and each rule is an activity of that bundle.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from aitia.importers.flowcept.buffer import Task, Workflow
from aitia.importers.flowcept.tasks import TYPES
from aitia.records import Derived, Entity, Generated, Informed, Note, Points, Record, Used
from aitia.records.secrets import is_secret_name
from aitia.vocabulary.iris import slug

_SHORTEST_TEXT = 12
_DIGITS = 6

NESTING = (
    "A task without a recorded parent ran inside the task whose time spans its own, on the same "
    "host, if exactly one such task is the innermost."
)
CURVES = (
    "The numbers that the iterations of one loop generated are a learning curve of the task that "
    "the iterations ran inside."
)
VALUES = (
    "An input derives from the output of the same name and value, or of the same value when that "
    f"is a text of at least {_SHORTEST_TEXT} characters or a number of at least {_DIGITS} digits, "
    "if exactly one task had generated such a value before the input was used."
)


class Curve(NamedTuple):
    """Numbers that the iterations of a loop generated, by step."""

    name: str
    values: list[float]
    steps: list[float]


def inferred(workflow: Workflow, run: str, parents: Mapping[Task, Task]) -> list[Record]:
    """Return the records of what can be inferred about a workflow; none when there is nothing.

    Parameters
    ----------
    workflow:
        The workflow.
    run:
        The UUID of its run.
    parents:
        The parents that the origin names.
    """
    nested = nesting([task for task in workflow.tasks if task not in parents], workflow.tasks)
    found: list[Record] = []
    for child, parent in nested.items():
        found.append(Used(child.local, parent.local, relation="aitia:partOfExecution"))
    found += _rule("nesting", NESTING, len(nested))
    drawn = list(_curves(workflow, run, nested))
    found += drawn
    found += _rule("curves", CURVES, sum(isinstance(record, Points) for record in drawn))
    edges = list(_derivations(workflow.tasks, run))
    found += edges
    found += _rule("values", VALUES, sum(isinstance(record, Derived) for record in edges))
    return found


def _rule(name: str, text: str, count: int) -> Iterator[Record]:
    if count:
        attributes = {"rdfs:comment": text}
        label = f"inference of {name}"
        yield Entity(f"inference-{name}", "prov:Activity", label, attributes=attributes)
        yield Note("inferred", f"{name}: {text}", count, f"inference-{name}")


def nesting(children: Iterable[Task], tasks: Iterable[Task]) -> dict[Task, Task]:
    """Return the innermost task around each child, where exactly one can be it."""
    spans = sorted((t for t in tasks if t.start is not None), key=_opening)
    wanted = set(children)
    found: dict[Task, Task] = {}
    opened: list[Task] = []
    for task in spans:
        start, end = _span(task)
        opened = [other for other in opened if _span(other)[1] >= start]
        if task in wanted:
            around = [o for o in opened if _encloses(o, start, end) and _same_host(o, task)]
            # They all contain the child; if they are nested in turn, the last to open is inmost.
            if around and all(_span(o)[1] >= _span(around[-1])[1] for o in around):
                found[task] = around[-1]
        if task.end is not None:
            opened.append(task)
    return found


def _span(task: Task) -> tuple[int, int]:
    start = task.start or 0
    return start, start if task.end is None else task.end


def _opening(task: Task) -> tuple[int, int, str]:
    start, end = _span(task)
    return start, -end, task.local


def _encloses(outer: Task, start: int, end: int) -> bool:
    opened, closed = _span(outer)
    return opened <= start and end <= closed and (opened, closed) != (start, end)


def _same_host(one: Task, other: Task) -> bool:
    return not one.host or not other.host or one.host == other.host


def loops(workflow: Workflow) -> dict[str, list[Task]]:
    """Return the iterations of each loop of a workflow, in the order that they ran."""
    found: dict[str, list[Task]] = defaultdict(list)
    for task in workflow.tasks:
        if task.is_iteration and task.fields.get("group_id") and task.start is not None:
            found[str(task.fields["group_id"])].append(task)
    return {group: sorted(tasks, key=_opening) for group, tasks in found.items()}


def curves(iterations: Sequence[Task]) -> Iterator[Curve]:
    """Yield the numbers that iterations of one loop generated, where there are at least two."""
    columns: dict[str, Curve] = {}
    for place, task in enumerate(iterations):
        step = task.mapping("used").get("i", place)
        step = float(step) if _is_number(step) else float(place)
        for name, value in task.mapping("generated").items():
            if _is_number(value):
                curve = columns.setdefault(str(name), Curve(str(name), [], []))
                curve.values.append(value)
                curve.steps.append(step)
    for curve in columns.values():
        if len(curve.values) > 1:
            yield curve


def _curves(workflow: Workflow, run: str, nested: Mapping[Task, Task]) -> Iterator[Record]:
    for iterations in loops(workflow).values():
        around = {nested.get(task) for task in iterations}
        outer = next(iter(around)) if len(around) == 1 else None
        if outer is None:
            continue
        training = TYPES.get(str(outer.fields.get("subtype"))) == "aitia:TrainingRun"
        for curve in curves(iterations):
            yield Points(outer.local, curve.name, curve.values, steps=curve.steps)
            if training:
                node = f"urn:uuid:{run}#{outer.local}/series/{slug(curve.name)}"
                yield Generated(node, outer.local, relation="aitia:hasLearningCurve")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


class _Output(NamedTuple):
    task: Task
    name: str
    end: int


def _derivations(tasks: Sequence[Task], run: str) -> Iterator[Record]:
    by_value: dict[str, list[_Output]] = defaultdict(list)
    for task in tasks:
        end = task.end if task.end is not None else task.start
        for name, value in task.mapping("generated").items():
            if end is not None and not is_secret_name(str(name)):
                by_value[_fingerprint(value)].append(_Output(task, str(name), end))
    informed: set[tuple[str, str]] = set()
    for task in tasks:
        for name, value in task.mapping("used").items():
            if task.start is None or is_secret_name(str(name)):
                continue
            origin = _origin(task, str(name), value, by_value.get(_fingerprint(value), []))
            if origin is None:
                continue
            used = f"urn:uuid:{run}#{task.local}/setting/{slug(str(name))}"
            made = f"urn:uuid:{run}#{origin.task.local}/out/{slug(origin.name)}"
            yield Derived(used, made)
            if (task.local, origin.task.local) not in informed:
                informed.add((task.local, origin.task.local))
                yield Informed(task.local, origin.task.local)


def _origin(task: Task, name: str, value: Any, outputs: Sequence[_Output]) -> _Output | None:
    before = [o for o in outputs if o.task is not task and o.end <= (task.start or 0)]
    same = [o for o in before if o.name == name]
    candidates = same or (before if _is_distinctive(value) else [])
    return candidates[0] if len(candidates) == 1 else None


def _fingerprint(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _is_distinctive(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) >= _SHORTEST_TEXT
    if isinstance(value, (dict, list)):
        return len(_fingerprint(value)) >= _SHORTEST_TEXT
    if _is_number(value):
        return len(repr(value).strip("-0.").replace(".", "").partition("e")[0]) >= _DIGITS
    return False
