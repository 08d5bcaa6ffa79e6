"""A journal that grows, read on: each line once, and the digest of all records at any time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple

from aitia.ingest.gate import Item
from aitia.ingest.journals import Journal
from aitia.ingest.quarantine import Refused
from aitia.ingest.reading import torn_note
from aitia.journal.reader import START, Place, Segment, read_on

_BLOCK = 1 << 20


class _Hashed(NamedTuple):
    """The digest of all records up to a place in a segment, and of the segments before."""

    path: str
    offset: int
    digest: Any


class _Read:
    """How far one segment was read, and between which bytes its records lie."""

    def __init__(self) -> None:
        self.place: Place = START
        self.spans: list[list[int]] = []

    def include(self, start: int, end: int) -> None:
        """Note that a record lies between two bytes."""
        if self.spans and self.spans[-1][1] == start:
            self.spans[-1][1] = end
        else:
            self.spans.append([start, end])

    def records(self, path: str, start: int) -> Iterator[bytes]:
        """Yield the bytes of the records from ``start`` on."""
        with open(path, "rb") as handle:
            for first, end in self.spans:
                at = max(first, start)
                handle.seek(at)
                while at < end:
                    block = handle.read(min(_BLOCK, end - at))
                    if not block:
                        return
                    at += len(block)
                    yield block


class Tail:
    """How far the segments of one journal were read."""

    def __init__(self) -> None:
        self._segments: dict[str, _Read] = {}
        self._hashed: list[_Hashed] = []

    def read(self, journal: Journal) -> Iterator[Item | Refused]:
        """Yield what was added since the last time: records, and lines that hold none.

        Raises
        ------
        JournalError
            When a file cannot be read.
        RecordVersionError
            When its records are of a version that this Aitia does not know.
        """
        for segment in journal.segments:
            name, held = os.path.basename(segment.path), self._of(segment)
            for place, line in read_on(segment, held.place):
                held.place = place
                if line is None:
                    continue
                if line.record is None:
                    why = (line.error or "not a record",)
                    yield Refused(journal.run, name, line.number, line.raw, why)
                    continue
                held.include(line.offset, place.offset)
                yield Item(name, segment.scope, line.number, line.raw, line.record)
            if not journal.alive:
                yield from torn_note(segment, name)

    def is_cut(self, segment: Segment) -> bool:
        """Return whether a segment is shorter than what was read of it."""
        return self._of(segment).place.offset > segment.size

    def digest(self, journal: Journal) -> str:
        """Return the SHA-256 of the lines of all records that were read, segment by segment."""
        whole, same = sha256(), True
        states: list[_Hashed] = []
        for index, segment in enumerate(journal.segments):
            known = self._hashed[index] if same and index < len(self._hashed) else None
            if known is not None and known.path != segment.path:
                known = None
            held = self._of(segment)
            digest = (whole if known is None else known.digest).copy()
            start = 0 if known is None else known.offset
            for block in held.records(segment.path, start):
                digest.update(block)
            # A segment that has grown changes what comes before all that follow it.
            same = known is not None and held.place.offset == start
            states.append(_Hashed(segment.path, held.place.offset, digest))
            whole = digest
        self._hashed = states
        return str(whole.hexdigest())

    def _of(self, segment: Segment) -> _Read:
        return self._segments.setdefault(segment.path, _Read())
