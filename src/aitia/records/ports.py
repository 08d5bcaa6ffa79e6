"""What capture needs of the world: a place to put lines, a clock, and adapters that plug in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aitia.records.prov import Record


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
    """What an adapter may do with the run that it observes."""

    def emit(self, record: Record) -> None:
        """Write one record."""

    def mint(self) -> str:
        """Return a fresh local entity id."""

    def current(self) -> str:
        """Return the local id of the activity that is running here, or ``""`` for the run."""

    def now(self) -> int:
        """Return the time, in nanoseconds since the epoch."""

    def note(self, kind: str, text: str, count: int = 1) -> None:
        """Count something that could not be seen or kept; written once, at the end of the run."""


class Adapter(Protocol):
    """Observes one part of the world for a run."""

    name: str

    def start(self, scope: Scope) -> None:
        """Install hooks, and record what is known at the start."""

    def stop(self, scope: Scope) -> None:
        """Record what is known at the end, and remove hooks."""
