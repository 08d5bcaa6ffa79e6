"""What can be inferred from a Flowcept buffer, and was not written there.

Flowcept does not record which task ran inside which, nor which output became which input. Both
can be guessed, by time and by equal values. The guesses lie in a bundle of their own, so that a
reader can leave them out, and each rule is an activity of that bundle.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from aitia.importers.flowcept.buffer import Task, Workflow
from aitia.importers.flowcept.tasks import TYPES
from aitia.records import Derived, Entity, Generated, Informed, Note, Points, Record, Used
from aitia.records.secrets import is_secret
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
    end: int
    local: str
    name: str


class _Outputs:
    """What tasks generated, by value, and by name and value; each in order of time."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._found: dict[tuple[str, ...], list[_Output]] = defaultdict(list)
        for task in tasks:
            end = task.end if task.end is not None else task.start
            for name, value in task.mapping("generated").items():
                if end is not None and not is_secret(str(name), value):
                    output = _Output(end, task.local, str(name))
                    self._found[(_fingerprint(value),)].append(output)
                    self._found[_fingerprint(value), str(name)].append(output)
        for outputs in self._found.values():
            outputs.sort()

    def only(self, task: Task, name: str, value: Any) -> _Output | None:
        """Return the one output that an input of a task can be."""
        key = _fingerprint(value)
        same = self._before(task, (key, name))
        found = same or (self._before(task, (key,)) if _is_distinctive(value) else [])
        return found[0] if len(found) == 1 else None

    def _before(self, task: Task, key: tuple[str, ...]) -> list[_Output]:
        """Return the outputs that were there when a task started, but of many only some."""
        outputs = self._found.get(key, [])
        count = bisect_right(outputs, task.start or 0, key=lambda output: output.end)
        # Whether there is more than one is all that matters, and one may be the task's own.
        return [output for output in outputs[: min(count, 3)] if output.local != task.local]


def _derivations(tasks: Sequence[Task], run: str) -> Iterator[Record]:
    outputs = _Outputs(tasks)
    informed: set[tuple[str, str]] = set()
    for task in tasks:
        for name, value in task.mapping("used").items():
            if task.start is None or is_secret(str(name), value):
                continue
            origin = outputs.only(task, str(name), value)
            if origin is None:
                continue
            used = f"urn:uuid:{run}#{task.local}/setting/{slug(str(name))}"
            made = f"urn:uuid:{run}#{origin.local}/out/{slug(origin.name)}"
            yield Derived(used, made)
            if (task.local, origin.local) not in informed:
                informed.add((task.local, origin.local))
                yield Informed(task.local, origin.local)


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
