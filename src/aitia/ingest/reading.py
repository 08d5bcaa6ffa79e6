"""The records of a journal in order, with what was unreadable, and the digest of all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from hashlib import sha256

from aitia.errors import JournalError, RecordVersionError
from aitia.ingest.gate import Item
from aitia.ingest.journals import Journal
from aitia.ingest.quarantine import Refused
from aitia.journal.reader import Segment, read, torn
from aitia.records import Note

TICK_BYTES = 1 << 18
"""Bytes after which it is told how far a reading is."""


class Reading:
    """One reading of a journal; what it found is complete once ``items`` is exhausted.

    Parameters
    ----------
    journal:
        What to read.
    tick:
        Told how many bytes have been read, now and then.
    """

    def __init__(self, journal: Journal, tick: Callable[[int], None] | None = None) -> None:
        self._journal = journal
        self._tick = tick
        self._digest = sha256()
        self.refused: list[Refused] = []
        self.problems: list[str] = []
        self.count = 0

    @property
    def digest(self) -> str:
        """SHA-256 of the lines of all records."""
        return self._digest.hexdigest()

    def items(self) -> Iterator[Item]:
        """Yield the records, segment by segment."""
        read = told = 0
        for item in self._all():
            self._digest.update(item.raw)
            self.count += 1
            read += len(item.raw)
            if self._tick is not None and read - told > TICK_BYTES:
                told = read
                self._tick(read)
            yield item

    def _all(self) -> Iterator[Item]:
        for segment in self._journal.segments:
            name = os.path.basename(segment.path)
            try:
                for line in read(segment):
                    if line.record is not None:
                        yield Item(name, segment.scope, line.number, line.raw, line.record)
                    else:
                        self._refuse(name, line.number, line.raw, line.error or "not a record")
            except (RecordVersionError, JournalError) as error:
                self.problems.append(str(error))
                self._refuse(name, 1, b"", str(error))
            if not self._journal.alive:
                yield from torn_note(segment, name)

    def _refuse(self, name: str, number: int, raw: bytes, reason: str) -> None:
        self.refused.append(Refused(self._journal.run, name, number, raw, (reason,)))


def torn_note(segment: Segment, name: str) -> Iterator[Item]:
    """Yield a note of the record at the end of a segment that a kill cut short, if there is one."""
    lost = torn(segment)
    if lost:
        text = f"the last {lost} bytes of {name} are a record that was cut short by a kill"
        yield Item(name, segment.scope, 0, b"", Note("torn", text))
