"""Reading a Flowcept buffer: lines to workflows and tasks, one of each.

What the format allows to happen is undone here: a workflow is written when it starts and again
when it ends (the last field wins), messages are delivered more than once, loop iterations carry
no type, and ids that come from a clock collide between processes.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any

import orjson

from aitia.importers.flowcept.telemetry import Sample, sample
from aitia.importers.source import Source, lines

_IDENTITY = ("hostname", "activity_id", "started_at")
_UNREAD = ("flowcept_control", "object", "blob")


@dataclass(eq=False)
class Task:
    """One task or loop iteration, from all the messages about it."""

    fields: dict[str, Any]
    before: Sample | None = None
    after: Sample | None = None

    @property
    def local(self) -> str:
        """The id of the task inside its run: the same whenever the file is read."""
        facts = [str(self.fields["task_id"])]
        facts += [str(self.fields.get(name)) for name in _IDENTITY]
        return "t" + sha256("\0".join(facts).encode("utf-8", "replace")).hexdigest()[:16]

    @property
    def name(self) -> str:
        """What the origin calls the activity."""
        return str(self.fields.get("activity_id") or self.fields["task_id"])

    @property
    def host(self) -> str:
        """The host that it ran on, or nothing when the origin does not say."""
        return str(self.fields.get("hostname") or "")

    @property
    def is_iteration(self) -> bool:
        """Whether this is one iteration of a loop, which Flowcept writes without a type."""
        return "type" not in self.fields

    @property
    def start(self) -> int | None:
        """When it started, in nanoseconds since the epoch; when it was submitted, if it did not."""
        return moment(self.fields.get("started_at")) or moment(self.fields.get("submitted_at"))

    @property
    def end(self) -> int | None:
        """When it ended, or None when the origin does not say."""
        return moment(self.fields.get("ended_at"))

    def mapping(self, name: str) -> Mapping[str, Any]:
        """Return a field that holds named values; a bare value gets the name of the field."""
        found = self.fields.get(name)
        if isinstance(found, dict):
            return found
        return {} if found in (None, [], "") else {name: found}


@dataclass(eq=False)
class Workflow:
    """One workflow with its tasks, and what happened to the messages about them.

    ``repeated`` counts messages that say nothing new, ``hidden`` texts that held a secret.
    """

    identifier: str
    fields: dict[str, Any] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)
    agents: dict[str, dict[str, Any]] = field(default_factory=dict)
    repeated: int = 0
    hidden: int = 0

    @property
    def collisions(self) -> int:
        """How many task ids stand for more than one task."""
        counts = Counter(str(task.fields["task_id"]) for task in self.tasks)
        return sum(1 for count in counts.values() if count > 1)


class _Gathered:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.workflows: dict[str, Workflow] = {}
        self.agents: dict[str, dict[str, Any]] = {}
        self._tasks: dict[tuple[str, str], list[Task]] = defaultdict(list)

    def add(self, number: int, message: dict[str, Any]) -> None:
        """Keep one message of the buffer; ``number`` is its line."""
        kind = message.get("type")
        if kind == "workflow" and message.get("workflow_id"):
            workflow = self._workflow(str(message["workflow_id"]))
            workflow.fields.update({k: v for k, v in message.items() if v is not None})
        elif kind == "agent" and message.get("agent_id"):
            self.agents.setdefault(str(message["agent_id"]), {}).update(message)
        elif kind in ("task", None) and message.get("task_id") and message.get("activity_id"):
            self._task(message)
        elif kind not in _UNREAD:
            raise self.source.refuse(
                number,
                f"an object of type {kind!r} with the fields {', '.join(sorted(message)[:6])}",
                expected="a Flowcept workflow, task, agent or loop iteration",
                next_step="check that the file is a Flowcept buffer (flowcept_buffer.jsonl)",
            )

    def _workflow(self, identifier: str) -> Workflow:
        return self.workflows.setdefault(identifier, Workflow(identifier))

    def _task(self, message: dict[str, Any]) -> None:
        identifier = str(message.get("workflow_id") or f"file {self.source.digest}")
        workflow = self._workflow(identifier)
        new = Task(
            {k: v for k, v in message.items() if v is not None and "telemetry" not in k},
            sample(message.get("telemetry_at_start")),
            sample(message.get("telemetry_at_end")),
        )
        known = self._tasks[identifier, str(message["task_id"])]
        for task in known:
            if all(_agree(task.fields.get(key), new.fields.get(key)) for key in _IDENTITY):
                workflow.repeated += new.fields.items() <= task.fields.items()
                task.fields.update(new.fields)
                task.before, task.after = new.before or task.before, new.after or task.after
                return
        known.append(new)
        workflow.tasks.append(new)


def parse(source: Source) -> list[Workflow]:
    """Return the workflows of a buffer in the order of their first message.

    Raises
    ------
    ImportFormatError
        When a line is not a Flowcept message; the error names the line.
    """
    gathered = _Gathered(source)
    count = 0
    for number, message in _messages(source):
        gathered.add(number, message)
        count += 1
    if not gathered.workflows:
        raise source.refuse(
            max(1, count),
            f"the file ends after {count} messages without a workflow or a task",
            expected="at least one workflow or task",
            next_step="check that the run flushed its buffer",
        )
    for workflow in gathered.workflows.values():
        workflow.agents = gathered.agents
    return list(gathered.workflows.values())


def _messages(source: Source) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line, whole in lines(source):
        if not line.strip():
            continue
        try:
            message = _load(line)
        except ValueError as error:
            what = "is not JSON" if whole else "is cut short, and not JSON"
            raise source.refuse(
                number,
                f"it {what} ({error})",
                expected="one JSON object per line",
                next_step="remove the line, or copy the file again",
            ) from None
        if not isinstance(message, dict):
            raise source.refuse(
                number,
                f"a JSON {type(message).__name__}",
                expected="one JSON object per line",
                next_step="check that the file is a Flowcept buffer (flowcept_buffer.jsonl)",
            )
        yield number, message


def _load(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        # Python writes NaN and Infinity, which JSON lacks and orjson refuses.
        return json.loads(line.decode("utf-8"))


def _agree(one: Any, other: Any) -> bool:
    return one == other or one is None or other is None


def moment(seconds: Any) -> int | None:
    """Return float seconds since the epoch as nanoseconds, or None when they are no time."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return None
    # The shortest decimal form is what the clock gave; the binary value is not.
    exact = Decimal(repr(seconds))
    if not exact.is_finite() or not 0 <= exact < 1 << 34:
        return None
    return int(exact * 1_000_000_000)
