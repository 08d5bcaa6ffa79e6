"""Forwarding: what the journals of this machine hold beyond what a broker was sent already.

Segments are sent while they are being written, up to the last whole record. Sending needs nothing
of the process that writes: capture does not know that it takes place.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from aitia.errors import JournalError
from aitia.ingest.late import settle
from aitia.ingest.transports import piece as pieces
from aitia.ingest.transports.forwarded import Forwarded, Mark
from aitia.ingest.transports.piece import Piece
from aitia.ingest.transports.port import Message
from aitia.journal.reader import Segment, is_alive, segment_at

BATCH_BYTES = 4 << 20
"""The broker is waited for after so many bytes."""

BATCH_PIECES = 1000
"""… or so many messages."""


class Sent(NamedTuple):
    """What one pass over the journals has sent."""

    segments: int
    pieces: int
    bytes: int


class _Work(NamedTuple):
    """A segment that has something new: from where, and whether its process still writes."""

    segment: Segment
    start: int
    alive: bool


class Forwarder:
    """Sends what is new in a data directory.

    Parameters
    ----------
    root:
        The data directory.
    forwarded:
        How far earlier passes came.
    send:
        Sends messages; when it returns, the broker has them.
    """

    def __init__(
        self, root: str, forwarded: Forwarded, send: Callable[[Sequence[Message]], object]
    ) -> None:
        self._root = root
        self._forwarded = forwarded
        self._send = send
        self._quiet: dict[str, tuple[int, int, int]] = {}
        self._batch: list[Message] = []
        self._size = 0
        self._marks: dict[tuple[str, str], Mark] = {}

    def forward(self, progress: Callable[[int, int], None] | None = None) -> Sent:
        """Send all that is new.

        Raises
        ------
        JournalError
            When a journal cannot be read.
        BrokerError
            When the broker does not take it; a later pass goes on where this one was.
        """
        # Files are where they were recorded, so what was left unhashed is hashed here.
        settle(self._root)
        self._batch, self._size, self._marks = [], 0, {}
        work = list(self._changed())
        total = sum(one.segment.size - one.start for one in work)
        count = size = 0
        for one in work:
            for piece in self._pieces(one):
                count, size = count + 1, size + len(piece.data)
                self._add(piece)
                if progress is not None:
                    progress(min(size, total), total)
        self._flush()
        return Sent(len(work), count, size)

    def _changed(self) -> Iterator[_Work]:
        journal = os.path.join(self._root, "journal")
        for run in _names(journal):
            folder = os.path.join(journal, run)
            for name in _names(folder):
                if name.endswith(".jsonl"):
                    work = self._look(os.path.join(folder, name), run)
                    if work is not None:
                        yield work

    def _look(self, path: str, run: str) -> _Work | None:
        """Return what there is to send of a file, if anything."""
        try:
            status = os.stat(path)
        except FileNotFoundError:
            return None
        # The time of a mapped file says nothing, but one that has ended is not written any more.
        sign = (status.st_ino, status.st_mtime_ns, status.st_size)
        if self._quiet.get(path) == sign:
            return None
        segment = segment_at(path, run)
        if segment is None:
            return None
        alive = is_alive(segment)
        if not segment.sealed and not alive:
            # It may have written between the two looks.
            segment = segment_at(path, run) or segment
        mark = self._mark(segment)
        if mark.offset >= segment.size and (alive or segment.sealed or mark.ended):
            if not alive:
                self._quiet[path] = sign
            return None
        return _Work(segment, mark.offset, alive)

    def _mark(self, segment: Segment) -> Mark:
        """Return how far this version of a file was forwarded."""
        mark = self._forwarded.of(*_key(segment))
        return mark if mark.time == segment.time else Mark(segment.time)

    def _pieces(self, work: _Work) -> Iterator[Piece]:
        """Yield what is new of a segment, and that it has ended where its seal does not say so."""
        segment = work.segment
        run, file = _key(segment)
        at = work.start
        try:
            with open(segment.path, "rb") as handle:
                handle.seek(at)
                while at < segment.size:
                    block = handle.read(min(pieces.SIZE, segment.size - at))
                    data = _sendable(block, segment.size - at - len(block), alive=work.alive)
                    if not data:
                        return
                    yield Piece(run, file, segment.time, at, data)
                    at += len(data)
                    handle.seek(at)
        except OSError as error:
            raise JournalError(
                f"the segment {segment.path} cannot be read: {error.strerror}"
            ) from error
        if not work.alive and not segment.sealed:
            yield Piece(run, file, segment.time, at, b"", end=True)

    def _add(self, piece: Piece) -> None:
        self._batch.append((piece.run, pieces.encode(piece)))
        self._size += len(piece.data)
        end = piece.offset + len(piece.data)
        self._marks[piece.run, piece.file] = Mark(piece.time, end, piece.end)
        if self._size >= BATCH_BYTES or len(self._batch) >= BATCH_PIECES:
            self._flush()

    def _flush(self) -> None:
        """Send what is gathered, and keep in mind that it was."""
        if self._batch:
            self._send(self._batch)
            self._forwarded.set(self._marks)
        self._batch, self._size, self._marks = [], 0, {}


def _sendable(block: bytes, rest: int, *, alive: bool) -> bytes:
    """Return what of a block is to be sent: whole lines where there are any.

    In a file that is being written the bytes of a record may appear in any order; those that are
    not there yet are NUL.
    """
    if alive:
        block = block.split(b"\0", 1)[0]
    elif not rest:
        return block
    cut = block.rfind(b"\n") + 1
    if not cut and len(block) == pieces.SIZE:
        # A line longer than a message goes in several.
        return block
    return block[:cut]


def _key(segment: Segment) -> tuple[str, str]:
    folder, file = os.path.split(segment.path)
    return os.path.basename(folder), file


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise JournalError(f"the folder {folder} cannot be read: {error.strerror}") from error
