"""The scopes that adapters are given: of one run, and of whichever run is current."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aitia.capture import clock, context
from aitia.records.values import Value, to_value

if TYPE_CHECKING:
    from aitia.capture.run import Run
    from aitia.records.prov import Record


class RunScope:
    """A run as an adapter sees it that describes the world once.

    Parameters
    ----------
    run:
        The run.
    nested:
        Whether the part of the world that the adapter describes was described already.
    """

    def __init__(self, run: Run, nested: bool) -> None:
        self._run = run
        self.nested = nested
        self.run = run.id
        self.emit = run.emit
        self.write = run.write
        self.mint = run.mint
        self.current = run.current
        self.about = run.about
        self.now = run.now
        self.note = run.note
        self.begin = run.begin
        self.finish = run.finish
        self.refer = run.refer
        self.bind = run.bind


class CurrentScope:
    """Stands for the run that is current where a call is made; without one, records are dropped."""

    @property
    def run(self) -> str:
        """The UUID of the run, empty where there is none."""
        found = context.here()
        return found[0].id if found is not None else ""

    @property
    def nested(self) -> bool:
        """Whether another run of this process is around the current one."""
        found = context.here()
        return found is not None and found[0].nested

    def emit(self, record: Record) -> None:
        """Write one record."""
        found = context.here()
        if found is not None:
            found[0].emit(record)

    def mint(self) -> str:
        """Return a fresh local entity id."""
        found = context.here()
        return found[0].mint() if found is not None else "e0"

    def current(self) -> str:
        """Return the local id of the activity that is running here."""
        found = context.here()
        return found[1] if found is not None else ""

    def about(self) -> tuple[str, str]:
        """Return what is running here, or what loops when that is a turn; and its class."""
        found = context.here()
        return found[0].about() if found is not None else ("", "")

    def now(self) -> int:
        """Return the time, in nanoseconds since the epoch."""
        found = context.here()
        return found[0].now() if found is not None else clock.now()

    def note(self, kind: str, text: str, count: int = 1) -> None:
        """Count something for a Note at the end of the run."""
        found = context.here()
        if found is not None:
            found[0].note(kind, text, count)

    def begin(self, name: str, type: str, used: Mapping[str, Value]) -> str:
        """Start a task that is current here until ``finish``; return its local id."""
        found = context.here()
        return found[0].begin(name, type, used) if found is not None else ""

    def finish(self, task: str, generated: Mapping[str, Value], error: str | None = None) -> None:
        """End a task that ``begin`` started."""
        found = context.here()
        if found is not None and task:
            found[0].finish(task, generated, error)

    def refer(self, obj: object) -> Value:
        """Return how a record names ``obj``."""
        found = context.here()
        return found[0].refer(obj) if found is not None else to_value(obj)

    def bind(self, obj: object, entity: str) -> None:
        """Say that ``obj`` is the entity of that id."""
        found = context.here()
        if found is not None:
            found[0].bind(obj, entity)
