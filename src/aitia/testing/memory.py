"""A sink, a clock and ids whose every answer is known beforehand, and a recorder made of them.

With it a run is the same each time, byte for byte::

    from aitia.capture.run import Run
    from aitia.testing.memory import MemoryRecorder

    recorder = MemoryRecorder(seed=7)
    with Run(recorder, "golden"):
        aitia.log(loss=0.5)
    recorder.records
"""

from __future__ import annotations

import random
from uuid import UUID

from aitia.errors import JournalError
from aitia.records.codec import decode
from aitia.records.ports import Sink
from aitia.records.prov import Record

START = 1_700_000_000_000_000_000
"""Where a manual clock begins, in nanoseconds since the epoch."""


class MemorySink:
    """Keeps lines in a list."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.closed = False

    def write(self, line: bytes) -> None:
        """Keep one encoded record.

        Raises
        ------
        JournalError
            After ``close``.
        """
        if self.closed:
            raise JournalError("a record for a closed sink", expected="records before close")
        self.lines.append(line)

    def close(self) -> None:
        """Take no more records."""
        self.closed = True

    @property
    def records(self) -> list[Record]:
        """What was written, decoded as a reader of a journal would."""
        return [decode(line) for line in self.lines]


class ManualClock:
    """A clock that moves by ``step`` nanoseconds each time it is read, and otherwise when told."""

    def __init__(self, start: int = START, step: int = 1000) -> None:
        self.time = start
        self.step = step

    def __call__(self) -> int:
        """Return the time, then move on by one step."""
        time = self.time
        self.time += self.step
        return time

    def advance(self, seconds: float) -> None:
        """Let this much time pass."""
        self.time += int(seconds * 1_000_000_000)


class SeededIds:
    """UUIDs of version 4 that are the same for the same seed."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)

    def __call__(self) -> str:
        """Return the next id."""
        return str(UUID(int=self._random.getrandbits(128), version=4))


class MemoryRecorder:
    """What ``capture.run.Run`` needs of a recorder, in memory; nothing is observed by itself.

    Parameters
    ----------
    seed:
        Decides the ids of the runs.
    start, step:
        Of the manual clock, in nanoseconds.
    """

    def __init__(self, *, seed: int = 0, start: int = START, step: int = 1000) -> None:
        self.clock = ManualClock(start, step)
        self.new_run_id = SeededIds(seed)
        self.digest_limit = 1 << 20
        self.agent = ""
        self.sinks: dict[str, MemorySink] = {}
        self.warnings: list[str] = []

    def open(self, run: object) -> MemorySink:
        """Return the sink of a run: one for each id."""
        return self.sinks.setdefault(str(getattr(run, "id", "")), MemorySink())

    def for_child(self, run: object, sink: Sink) -> MemorySink:
        """Return the sink of a run in a forked child, whose memory is its own."""
        return MemorySink()

    def opened(self, run: object) -> None:
        """Observe nothing."""

    def closing(self, run: object) -> None:
        """Observe nothing."""

    def warn(self, kind: str, message: str) -> None:
        """Keep what would be said to the user."""
        self.warnings.append(message)

    @property
    def lines(self) -> list[bytes]:
        """The lines of all runs, in the order in which the runs were opened."""
        return [line for sink in self.sinks.values() for line in sink.lines]

    @property
    def records(self) -> list[Record]:
        """The records of all runs, in the order in which the runs were opened."""
        return [decode(line) for line in self.lines]
