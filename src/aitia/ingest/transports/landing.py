"""Pieces of segments, written where they belong: whatever comes, in any order, any number of times.

A segment only grows, so where a piece belongs says whether it is new: what is there already is
dropped, what lies beyond the end waits on the disk, the rest is appended. Any number of processes
may land pieces in one data directory; each file is locked while it is written to.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from aitia.errors import JournalError
from aitia.ingest.transports.piece import Piece
from aitia.journal.reader import FOREIGN_SILENCE, header_of

WAITING = "arriving"
"""Folder of the data directory where pieces wait for those before them."""

_HEADER_BYTES = 1 << 16


class Landed(NamedTuple):
    """What became of pieces: bytes that are new, bytes that were there, pieces that wait.

    ``conflicts`` names the files of which two versions were sent.
    """

    fresh: int = 0
    known: int = 0
    waiting: int = 0
    conflicts: tuple[str, ...] = ()


class Landing:
    """The end of the journey in one data directory.

    Parameters
    ----------
    root:
        The data directory; it is made when it is not there.
    """

    def __init__(self, root: str) -> None:
        self._journal = os.path.join(root, "journal")
        self._waiting = os.path.join(root, WAITING)

    def take(self, pieces: Iterable[Piece]) -> Landed:
        """Write pieces; when this returns they are on the disk.

        Raises
        ------
        JournalError
            When they cannot be written; those that were are there, and may be taken again.
        """
        files: dict[tuple[str, str], list[Piece]] = defaultdict(list)
        for piece in pieces:
            files[piece.run, piece.file].append(piece)
        fresh = known = waiting = 0
        conflicts = []
        for (run, name), members in files.items():
            try:
                file = _File(self._journal, self._waiting, run, name)
                with file.locked():
                    file.take(sorted(members, key=_order))
            except OSError as error:
                raise JournalError(
                    f"{name} of run {run} cannot be written: {error.strerror}",
                    expected="a writable data directory with free space",
                    next_step="free some space and start again; what is missing is sent again",
                ) from error
            fresh, known, waiting = fresh + file.fresh, known + file.known, waiting + file.put_aside
            if file.conflict:
                conflicts.append(f"{run}/{name}")
        return Landed(fresh, known, waiting, tuple(conflicts))

    def gaps(self) -> list[str]:
        """Return the files, with their runs, of which later pieces wait for earlier ones."""
        return [
            f"{run}/{name}"
            for run in _names(self._waiting)
            for name in _names(os.path.join(self._waiting, run))
            if _names(os.path.join(self._waiting, run, name))
        ]


def _order(piece: Piece) -> tuple[int, int, int]:
    return piece.time, piece.offset, len(piece.data)


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []


class _File:
    """One segment that is being put together."""

    def __init__(self, journal: str, waiting: str, run: str, name: str) -> None:
        self._folder = os.path.join(journal, run)
        self._path = os.path.join(self._folder, name)
        self._waiting = os.path.join(waiting, run, name)
        self._piece = Piece(run, name, 0, 0, b"")
        self._fd = -1
        self._size = 0
        self._time: int | None = None
        self._ended = False
        self.fresh = self.known = self.put_aside = 0
        self.conflict = False

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Open the file for this process alone; what was written is on the disk at the end."""
        new = not os.path.exists(self._path)
        os.makedirs(self._folder, exist_ok=True)
        self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX)
            self._look()
            yield
        finally:
            os.close(self._fd)
        if new:
            for folder in (self._folder, os.path.dirname(self._folder)):
                _sync_folder(folder)

    def _look(self) -> None:
        """Find out how much of which version of the file is there."""
        self._size = os.fstat(self._fd).st_size
        first = os.pread(self._fd, _HEADER_BYTES, 0)
        line, newline, _ = first.partition(b"\n")
        if newline or len(first) == _HEADER_BYTES:
            header = header_of(line)
            self._time = header["time"] if header else 0

    def take(self, pieces: list[Piece]) -> None:
        """Write each piece, and those that waited for them."""
        for piece in pieces:
            if not self._put(piece):
                self._put_aside(piece)
        done = []
        for path, place in self._waiting_pieces():
            if self._reachable(place):
                with open(path, "rb") as handle:
                    self._put(place._replace(data=handle.read()))
                done.append(path)
        os.fsync(self._fd)
        if self._ended:
            self._grow_old()
        for path in done:
            os.unlink(path)
            self.put_aside = max(0, self.put_aside - 1)
        if done and not _names(self._waiting):
            _remove_empty(self._waiting)

    def _put(self, piece: Piece) -> bool:
        """Write a piece, or drop it; False when those before it have not come yet."""
        if not self._reachable(piece):
            return False
        if self._time is None or piece.time > self._time:
            # A newer file of the same name, or the first bytes of all.
            os.ftruncate(self._fd, 0)
            self._size, self._time, self._ended = 0, piece.time, False
        elif piece.time < self._time:
            self.known += len(piece.data)
            return True
        if piece.end:
            self._ended = self._ended or piece.offset == self._size
            return True
        self._append(piece)
        return True

    def _reachable(self, piece: Piece) -> bool:
        """Return whether all that comes before a piece is there."""
        if self._time is None or piece.time > self._time:
            return piece.offset == 0 and not piece.end
        return piece.time < self._time or piece.offset <= self._size

    def _append(self, piece: Piece) -> None:
        there = min(self._size - piece.offset, len(piece.data))
        if os.pread(self._fd, there, piece.offset) != piece.data[:there]:
            self.conflict = True
            return
        self.known += there
        rest = piece.data[there:]
        if not rest:
            return
        self._ended = False
        view = memoryview(rest)
        while view:
            written = os.pwrite(self._fd, view, self._size)
            self._size += written
            self.fresh += written
            view = view[written:]

    def _put_aside(self, piece: Piece) -> None:
        """Keep a piece on the disk until those before it have come."""
        os.makedirs(self._waiting, exist_ok=True)
        kind = "end" if piece.end else "piece"
        path = os.path.join(self._waiting, f"{piece.time}-{piece.offset:020}-{kind}")
        scratch = f"{path}.{os.getpid()}~"
        with open(scratch, "wb") as handle:
            handle.write(piece.data)
            handle.flush()
            os.fsync(handle.fileno())
        # Of two pieces from one offset, the longer one says more.
        if not os.path.exists(path) or os.path.getsize(path) < len(piece.data):
            os.replace(scratch, path)
            self.put_aside += 1
        else:
            os.unlink(scratch)
        _sync_folder(self._waiting)

    def _waiting_pieces(self) -> list[tuple[str, Piece]]:
        """Return the pieces that wait, in order and without their bytes, and where they are."""
        found = []
        for name in _names(self._waiting):
            time, _, rest = name.partition("-")
            offset, _, kind = rest.partition("-")
            if kind in ("piece", "end"):
                place = self._piece._replace(time=int(time), offset=int(offset), end=kind == "end")
                found.append((os.path.join(self._waiting, name), place))
        return sorted(found, key=lambda one: _order(one[1]))

    def _grow_old(self) -> None:
        """Date the file back: so it shows that its process, on another machine, writes no more."""
        os.utime(self._fd, ns=(time.time_ns(), time.time_ns() - int(2e9 * FOREIGN_SILENCE)))


def _sync_folder(folder: str) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _remove_empty(folder: str) -> None:
    """Remove a folder and the one above, unless another process puts something there."""
    try:
        os.rmdir(folder)
        os.rmdir(os.path.dirname(folder))
    except OSError:
        return
