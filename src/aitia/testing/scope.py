"""A scope that keeps what an adapter records, to test adapters without a run."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from uuid import uuid4

from aitia.records.codec import decode, encode
from aitia.records.prov import Ended, Record, Started
from aitia.records.values import Ref, Value, to_value


class RecordingScope:
    """Implements ``records.ports.Scope`` in memory.

    Parameters
    ----------
    nested:
        Whether the adapter shall believe that a run around this one described the host already.
    clock:
        The time that ``now`` starts with, in nanoseconds; it grows by one microsecond a call.
    """

    def __init__(self, *, nested: bool = False, clock: int = 1_700_000_000_000_000_000) -> None:
        self.run = str(uuid4())
        self.nested = nested
        self.lines: list[bytes] = []
        self.notes: list[tuple[str, str, int]] = []
        self._clock = itertools.count(clock, 1000).__next__
        self._entity = itertools.count(1).__next__
        self._task = itertools.count(1).__next__
        self._open: list[str] = []
        self._kinds: dict[str, str] = {}
        self._bound: list[tuple[object, str]] = []

    @property
    def records(self) -> list[Record]:
        """What was recorded, as a reader of the journal would get it."""
        return [decode(line) for line in self.lines]

    def emit(self, record: Record) -> None:
        """Keep one record, encoded."""
        self.lines.append(encode(record))

    def mint(self) -> str:
        """Return a fresh local entity id."""
        return f"e{self._entity()}"

    def current(self) -> str:
        """Return the task that was begun last and has not ended, or ``""``."""
        return self._open[-1] if self._open else ""

    def about(self) -> tuple[str, str]:
        """Return the task that is current, and its class."""
        return self.current(), self._kinds.get(self.current(), "")

    def now(self) -> int:
        """Return the time of the scope's own clock."""
        return self._clock()

    def note(self, kind: str, text: str, count: int = 1) -> None:
        """Keep a note."""
        self.notes.append((kind, text, count))

    def begin(self, name: str, type: str, used: Mapping[str, Value]) -> str:
        """Record the start of a task, and make it current."""
        task = str(self._task())
        self.emit(Started(task, name, self.now(), type, self.current(), used))
        self._open.append(task)
        self._kinds[task] = type
        return task

    def finish(self, task: str, generated: Mapping[str, Value], error: str | None = None) -> None:
        """Record the end of a task."""
        self._open.remove(task)
        status = "Completed" if error is None else "Failed"
        self.emit(Ended(task, self.now(), status, error, generated))

    def refer(self, obj: object) -> Value:
        """Return the entity that ``obj`` was bound to, else its plain value."""
        for known, entity in self._bound:
            if known is obj:
                return Ref(entity)
        return to_value(obj)

    def bind(self, obj: object, entity: str) -> None:
        """Remember which entity ``obj`` is, and keep it alive."""
        self._bound.append((obj, entity))
