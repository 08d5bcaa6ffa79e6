"""What capture needs of the world: a place to put lines, a clock, and adapters that plug in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aitia.records.prov import Entity, Record
    from aitia.records.values import Value


class Sink(Protocol):
    """Where records go. A line that ``write`` returned for is never lost."""

    def write(self, line: bytes) -> None:
        """Keep one encoded record, newline included."""

    def close(self) -> None:
        """Seal what was written; later writes are an error."""


class Clock(Protocol):
    """A source of time."""

    def __call__(self) -> int:
        """Return nanoseconds since the Unix epoch, UTC, never running backwards."""


class Scope(Protocol):
    """What an adapter may do with the run that it observes.

    An adapter that describes the world once gets the scope of one run. An adapter that observes
    calls gets a scope that stands for whichever run is current where the call is made, so each of
    these answers for that run; where no run is open any more, records are dropped.
    """

    @property
    def run(self) -> str:
        """The UUID of the run; what an adapter remembers about a run is keyed by it."""

    @property
    def nested(self) -> bool:
        """Whether this process or host was described already, by a run around this one."""

    def emit(self, record: Record) -> None:
        """Write one record."""

    def mint(self) -> str:
        """Return a fresh local entity id."""

    def current(self) -> str:
        """Return the local id of the activity that is running here, or ``""`` for the run."""

    def about(self) -> tuple[str, str]:
        """Return what is running here, or what loops when that is a turn of a loop; and its class.

        The class is ``""`` for the run and for plain tasks.
        """

    def now(self) -> int:
        """Return the time, in nanoseconds since the epoch."""

    def note(self, kind: str, text: str, count: int = 1) -> None:
        """Count something that could not be seen or kept; written once, at the end of the run."""

    def begin(self, name: str, type: str, used: Mapping[str, Value]) -> str:
        """Start a task that is current here until ``finish``; return its local id."""

    def finish(self, task: str, generated: Mapping[str, Value], error: str | None = None) -> None:
        """End a task that ``begin`` started: Failed when ``error`` is given, else Completed."""

    def refer(self, obj: object) -> Value:
        """Return how a record names ``obj``: a plain value, or a Ref to its entity.

        The entity of an object is recorded when it is first referred to in a run, as the
        describer of its type says (``capture.describe``), and is the same for as long as the
        object lives: this is what links the task that made it to the tasks that use it.
        """

    def bind(self, obj: object, entity: str) -> None:
        """Say that ``obj`` is the entity of that id, which the adapter has recorded itself."""


class Adapter(Protocol):
    """Observes one part of the world for a run."""

    name: str

    def start(self, scope: Scope) -> None:
        """Install hooks, and record what is known at the start."""

    def stop(self, scope: Scope) -> None:
        """Record what is known at the end, and remove hooks."""


class Observer(Adapter, Protocol):
    """An adapter that observes calls, in all the runs that are open while it is."""

    def leave(self, scope: Scope) -> None:
        """Record what is left to say about a run that is about to end."""


class Telling(Protocol):
    """What a probe may say besides numbers; its optional method ``tell`` is handed one.

    ``tell`` is called after each reading, by the sampler.
    """

    def remark(self, kind: str, text: str) -> None:
        """Note what the probe cannot see or had to assume; said once, however often it is told."""

    def describe(self, entity: Entity) -> None:
        """Record a device that was seen."""

    def throttled(self, device: str, reason: str | None) -> None:
        """Say why a device is slower than it could be: thermal, power, other; None when it is not.

        Consecutive readings with the same reason are one ``aitia:ThrottlingEpisode``.
        """


class Probe(Protocol):
    """A software sensor of one process and its children, read by the telemetry sampler.

    The sampler (``capture.sampler``) owns the thread, the period, and all records of telemetry;
    a probe is made for a process id and only reads.
    """

    name: str
    units: Mapping[str, str]

    def read(self) -> Mapping[str, float]:
        """Return the value now of each quantity of ``units``, without those that cannot be read."""

    def close(self) -> None:
        """Release what the probe holds."""
