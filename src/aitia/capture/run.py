"""A run: what is open while an experiment, a script or a workflow goes on.

``Run`` implements ``records.ports.Scope`` for everything that records. Where its records go, and
which adapters observe it, is the business of a ``Recorder``.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Mapping
from contextvars import Token
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from aitia.capture import clock, context, costs, guard
from aitia.capture.dataflow import links
from aitia.capture.search import NOT_SAID, tell
from aitia.capture.series import Series
from aitia.capture.subject import Subject, set_params
from aitia.records.codec import encode
from aitia.records.masking import masked
from aitia.records.ports import Clock, Sink
from aitia.records.prov import (
    Associated,
    Ended,
    Entity,
    Note,
    Record,
    RunEnded,
    RunStarted,
    Started,
)
from aitia.records.secrets import secrets_out
from aitia.records.values import Value, text

if TYPE_CHECKING:
    from aitia.capture.context import Here

WORKFLOW_RUN = "aitia:WorkflowRun"
LAYERS = ("system", "platform", "model", "application")
MAX_NOTES = 1000

FAILURE = "failure"
"""Kind of the Note by which a process that joined a run tells the error that ended it."""


class Recorder(Protocol):
    """Where the records of runs go, and what observes them."""

    digest_limit: int
    agent: str

    @property
    def clock(self) -> Clock:
        """The time."""

    def new_run_id(self) -> str:
        """Return the UUID of a new run."""

    def open(self, run: Run) -> Sink | None:
        """Return the sink of a run that is about to open; None when nothing is to be captured."""

    def for_child(self, run: Run, sink: Sink) -> Sink:
        """Return the sink of a run in a forked child, in place of the inherited ``sink``."""

    def opened(self, run: Run) -> None:
        """Start observing a run that has just opened."""

    def closing(self, run: Run) -> None:
        """Stop observing a run that is about to end."""

    def warn(self, kind: str, message: str) -> None:
        """Say something to the user, once per kind."""


class Run(Subject):
    """One run, or the part that a joined process has in it; ``with`` opens and ends it.

    Parameters
    ----------
    recorder:
        Where its records go.
    name:
        What the run is called.
    type:
        Its class in the ontology, as a CURIE.
    settings:
        Settings of the run by name.
    joined:
        The UUID of the run that another process opened and that this one joins.
    layers:
        The layers whose adapters observe it.
    """

    def __init__(
        self,
        recorder: Recorder,
        name: str,
        *,
        type: str = WORKFLOW_RUN,
        settings: Mapping[str, object] | None = None,
        joined: str | None = None,
        layers: tuple[str, ...] = LAYERS,
    ) -> None:
        self.recorder = recorder
        self.name = name
        self.type = type
        self.settings = dict(settings or {})
        self.search = NOT_SAID
        self.id = joined or ""
        self.scope = clock.process_token() if joined else ""
        self.owner = joined is None
        self.open = False
        self.epoch = 0
        self.base = ""
        self.outer: Run | None = None
        self.nested = False
        self.layers = layers
        self.published: dict[str, str] = {}
        self.now: Clock = recorder.clock
        self.digest_limit = recorder.digest_limit
        self.write: Callable[[bytes], None] = _nowhere
        self.put: Callable[[bytes], object] = _nowhere
        self.next_task: Callable[[], int] = itertools.count(1).__next__
        self.last_task = "0"
        self.loose: list[tuple[str, str, int]] = []
        self.kinds: dict[str, str] = {}
        self.turns: dict[str, str] = {}
        self.series = Series()
        self.started = 0
        self._next_entity = itertools.count(1).__next__
        self._sink: Sink | None = None
        self._notes: dict[tuple[str, str], int] = {}
        self._token: Token[Here | None] | None = None
        self._begun: dict[str, Here | None] = {}
        self._cpu = 0.0

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        status, message = outcome(error)
        self.end(status, message)

    def start(self) -> Self:
        """Open the run, unless it is; a failure to open it only means that nothing is kept."""
        if not self.open:
            guard.attempt("run", self._start)
        return self

    def end(self, status: str = "Completed", error: str | None = None) -> None:
        """End the run, with one of the statuses of ``aitia:ExecutionStatus`` and its error."""
        if self.open:
            guard.attempt("run", self._end, status, error)

    @property
    def run(self) -> str:
        """The UUID of the run."""
        return self.id

    # What records ask of a run (``records.ports.Scope``).

    def emit(self, record: Record) -> None:
        """Write one record."""
        self.write(encode(masked(record)))

    def mint(self) -> str:
        """Return a fresh local entity id."""
        return f"e{self._next_entity()}"

    def current(self) -> str:
        """Return the local id of this run's activity that is running here."""
        found = context.here()
        return found[1] if found is not None and found[0] is self else self.base

    def about(self) -> tuple[str, str]:
        """Return what is running here, or what loops when that is a turn; and its class."""
        here = self.current()
        here = self.turns.get(here, here)
        return here, self.kinds.get(here, "")

    def note(self, kind: str, text: str, count: int = 1) -> None:
        """Count something that could not be seen or kept, for a Note at the end."""
        key = (kind, text)
        if key not in self._notes and len(self._notes) >= MAX_NOTES:
            key = ("notes", f"more than {MAX_NOTES} different notes")
        self._notes[key] = self._notes.get(key, 0) + count

    def begin(self, name: str, type: str, used: Mapping[str, Value]) -> str:
        """Start a task that is current here until ``finish``; return its local id."""
        outer = context.HERE.get()
        parent = self.current()
        task = self.begin_number()
        self.emit(Started(task, name, self.now(), type, parent, used))
        self._begun[task] = outer
        self.kinds[task] = type
        context.HERE.set((self, task, self.epoch))
        return task

    def finish(self, task: str, generated: Mapping[str, Value], error: str | None = None) -> None:
        """End a task that ``begin`` started: Failed when ``error`` is given, else Completed."""
        found = context.HERE.get()
        outer = self._begun.pop(task, None)
        self.kinds.pop(task, None)
        if found is not None and found[0] is self and found[1] == task:
            context.HERE.set(outer)
        status = "Completed" if error is None else "Failed"
        self.emit(Ended(task, self.now(), status, error, generated))

    def refer(self, obj: object) -> Value:
        """Return how a record names ``obj``: a plain value, or a Ref to its entity."""
        return links.refer(self, obj)

    def bind(self, obj: object, entity: str) -> None:
        """Say that ``obj`` is the entity of that id, which has been recorded."""
        links.bind(self, obj, entity)

    # What the other parts of capture ask of a run.

    def begin_number(self) -> str:
        """Return the id of a task that begins."""
        task = self.last_task = str(self.next_task())
        return task

    def began_since(self, task: str, last: str) -> bool:
        """Return whether the task ``task`` of this process had begun when ``last`` had."""
        return task.isdecimal() and int(task) <= int(last)

    def absolute(self, local: str) -> str:
        """Return the IRI of a local id of this process."""
        base = f"urn:uuid:{self.id}"
        if not local or ":" in local:
            return local or base
        return f"{base}#{self.scope}.{local}" if self.scope else f"{base}#{local}"

    def settle(self, owner: str | None, status: str, error: str | None) -> None:
        """End the loop tasks that a break or an error left open inside the task ``owner``."""
        for entry in [e for e in self.loose if owner is None or e[0] == owner]:
            self.loose.remove(entry)
            self.emit(Ended(entry[1], entry[2], status, error))

    def fork(self, base: str) -> None:
        """Go on in a forked child: a journal, a scope and an epoch of its own, below ``base``."""
        self.epoch += 1
        self.owner = False
        self.nested = True
        self.base = base
        self.scope = clock.process_token()
        self.loose, self._notes, self._begun = [], {}, {}
        if self._sink is not None:
            self._sink = self.recorder.for_child(self, self._sink)
            self._write_to(self._sink)

    def write_anew(self, line: bytes) -> None:
        """Write a record that ``put`` had no room for, and learn where the next one goes."""
        self.write(line)
        if self._sink is not None:
            self._write_to(self._sink)

    def close_child(self) -> None:
        """Write the notes of a forked child and seal its journal, without ending the run."""
        if self.open and not self.owner:
            guard.attempt("run", self.recorder.closing, self)
            guard.attempt("run", self._finish, None)

    def _place(self) -> Here | None:
        return (self, self.base, self.epoch) if self.open else None

    def _start(self) -> None:
        around = context.here()
        parent = os.environ.get("AITIA_PARENT") or None
        if around is not None:
            self.outer, parent = around[0], around[0].absolute(around[1])
        if self.owner:
            self.id = self.id or self.recorder.new_run_id()
        elif parent != f"urn:uuid:{self.id}":
            self.base = parent or ""
        self._sink = self.recorder.open(self)
        if self._sink is None:
            return
        self._write_to(self._sink)
        self._cpu = costs.cpu_seconds()
        self.started = self.now()
        if self.owner:
            self._say_start(parent)
        self.open = True
        context.open_runs.append(self)
        self._token = context.HERE.set((self, self.base, self.epoch))
        set_params(self, self.base, self.settings)
        tell(self, self.search)
        context.publish()
        self.recorder.opened(self)

    def _write_to(self, sink: Sink) -> None:
        self.write = sink.write
        # The same without a look at what is in the way: a ValueError or OSError says so.
        self.put = getattr(sink, "put", sink.write)

    def _say_start(self, parent: str | None) -> None:
        agent = self.mint() if self.recorder.agent else None
        started = RunStarted(self.id, text(self.name), self.started, self.type, parent, agent=agent)
        self.emit(started)
        if agent is not None:
            self.emit(Entity(agent, "prov:Person", text(self.recorder.agent)))
            self.emit(Associated("", agent))

    def _end(self, status: str, error: str | None) -> None:
        self.settle(None, status, error)
        self.recorder.closing(self)
        record = None
        if self.owner:
            record = RunEnded(self.now(), status, error, self._costs())
        elif error is not None:
            self.note(FAILURE, error)
        self._finish(record)

    def _costs(self) -> dict[str, Value | list[Value]]:
        found: dict[str, Value | list[Value]] = {
            "aitia:cpuSeconds": round(costs.cpu_seconds() - self._cpu, 6)
        }
        # The peak is that of the whole process, so it says nothing of a run inside another.
        if self.outer is None:
            found["aitia:peakMemoryBytes"] = costs.peak_bytes()
        return found

    def _finish(self, record: RunEnded | None) -> None:
        """Take the run off what is open, write its notes and ``record``, and seal the journal."""
        self.open = False
        if self in context.open_runs:
            context.open_runs.remove(self)
        self._leave()
        context.publish()
        sink, self._sink = self._sink, None
        told = guard.attempt("journal", getattr(sink, "last", str))
        if told:
            self.note("removed", told)
        lost = guard.drain()
        try:
            for where, (count, message) in lost.items():
                self.note("fault", f"{where}: {message}", count)
            for (kind, message), count in self._notes.items():
                self.emit(Note(kind, text(message), count))
            if record is not None:
                self.emit(record)
        finally:
            self.write = self.put = _nowhere
            if sink is not None:
                guard.attempt("journal", sink.close)
            for where, (count, message) in (*lost.items(), *guard.drain().items()):
                if where == "journal":
                    self.recorder.warn("journal", f"{message} ({count} times in run {self.id[:8]})")

    def _leave(self) -> None:
        found = context.HERE.get()
        if self._token is None or found is None or found[0] is not self:
            return
        try:
            context.HERE.reset(self._token)
        except ValueError:
            # Ended in another thread or asyncio task than it was opened in.
            context.HERE.set(None)


def outcome(error: BaseException | None) -> tuple[str, str | None]:
    """Return the status and message of what ended with ``error``, or without one.

    What looks like a secret in the message is masked; ``tellers`` may know less to say.
    """
    if error is None or isinstance(error, GeneratorExit):
        return "Completed", None
    if isinstance(error, SystemExit):
        if error.code in (None, 0):
            return "Completed", None
        return "Failed", text(secrets_out(f"SystemExit: {error.code}"))
    message = text(secrets_out(_said(error)))
    if isinstance(error, KeyboardInterrupt) or type(error).__name__ == "CancelledError":
        return "Cancelled", message
    return "Failed", message


tellers: list[Callable[[BaseException], str | None]] = []
"""What adapters say of errors whose own messages may quote what is not to be kept, or None."""


def _said(error: BaseException) -> str:
    for teller in tellers:
        said = guard.attempt("error", teller, error)
        if said is not None:
            return said
    return guard.describe(error)


def _nowhere(line: bytes) -> None:
    """Drop a record of a run that is not open."""
