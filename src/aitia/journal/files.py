"""The two ways in which bytes get to a journal's file, both such that a ``kill -9`` loses none.

A mapped file costs a copy in memory per record, an appended one a system call. Mapping is used
where the file system reserves space beforehand (so that a full disk is an error here and not a
signal), and where no other machine can truncate the file.
"""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
import time
from collections.abc import Callable
from threading import RLock
from typing import Protocol

MAPPABLE = frozenset({"ext2", "ext3", "ext4", "xfs", "tmpfs", "ramfs", "overlay"})
"""File systems on which journals are mapped."""

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
SLOW_SECONDS = 0.005
"""A file of which a record takes longer than this, on average, is slow."""

_PATIENCE = 0.5
_MADV_POPULATE_WRITE = 23
_FIRST = 64 << 10
_SPARE = 16 << 10
_STEP = 1 << 20
_NOTHING = bytes(_FIRST)
_PAGE = mmap.PAGESIZE


class NoRoomError(ValueError):
    """There is no room for a record, or the file was ended; ``mmap`` raises a ValueError itself."""


class JournalFile(Protocol):
    """A file that records are appended to, from any thread."""

    fd: int

    @property
    def slow(self) -> bool:
        """Whether writing it has held up the run for half a second, more than 5 ms a record."""

    @property
    def put(self) -> Callable[[bytes], object]:
        """Appends one record whole; ValueError when there is no room, or the file was ended."""

    def grow(self, length: int, limit: int) -> bool:
        """Make room for a record of ``length`` bytes; False when the file would pass ``limit``."""

    def spend(self) -> None:
        """Give what was held back for the last records to those that come now."""

    def end(self) -> None:
        """Take no further record, and let the file end after the last one."""

    def abandon(self) -> None:
        """Let go of it, in a forked child, without a trace in the file."""


class MappedFile:
    """A file in memory: what was copied there is the kernel's, whatever becomes of the process.

    Beyond the records it is filled with NUL bytes until it is ended. Every method of the mapping
    is one call into C, so no two threads write to one place. Some space beyond the mapping is held
    back, so that on a full disk there is room to say how the run ended and what was lost.
    """

    slow = False

    def __init__(self, fd: int, limit: int) -> None:
        self.fd = fd
        size = min(_FIRST, limit)
        self._spare = _SPARE
        os.posix_fallocate(fd, 0, size + self._spare)
        self._map = mmap.mmap(fd, size)
        # With O_APPEND, pwrite(2) of Linux appends wherever it is told to write.
        fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) & ~os.O_APPEND)
        self._fill(0, size)
        self._populate(0, size)
        self.put = self._map.write

    def grow(self, length: int, limit: int) -> bool:
        """Make room for a record of ``length`` bytes; False when the file would pass ``limit``."""
        used, size = self._map.tell(), len(self._map)
        if used + length > limit and used > 0:
            return False
        if used + length > size:
            self._reserve(size, used + length, limit)
        # What is written is not needed in memory any more; the kernel keeps it.
        done = used // _PAGE * _PAGE
        if done:
            self._map.madvise(mmap.MADV_DONTNEED, 0, done)
        return True

    def spend(self) -> None:
        """Give what was held back for the last records to those that come now."""
        size, spare, self._spare = len(self._map), self._spare, 0
        if spare:
            self._map.resize(size + spare)

    def _reserve(self, size: int, least: int, limit: int) -> None:
        wanted = max(min(size + min(_STEP, size), limit), least)
        end = size + self._spare
        try:
            os.posix_fallocate(self.fd, end, wanted - size)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise
            wanted = least
            os.posix_fallocate(self.fd, end, wanted - size)
        self._fill(size, wanted - size)
        # This cuts the file off behind the mapping, so that the space is there to be taken again.
        self._map.resize(wanted)
        self._hold_back(wanted)
        self._populate(size, wanted - size)

    def _hold_back(self, size: int) -> None:
        try:
            if self._spare:
                os.posix_fallocate(self.fd, size, self._spare)
        except OSError:
            # Others were faster, on a disk that is all but full.
            self._spare = 0

    def _fill(self, start: int, length: int) -> None:
        """Put the pages of what was reserved into the cache: one call instead of a fault each."""
        try:
            os.pwritev(self.fd, [_NOTHING] * (length // len(_NOTHING)), start)
        except OSError:
            # They are NUL all the same, and come one by one when they are written to.
            pass

    def _populate(self, start: int, length: int) -> None:
        """Map the pages all at once, for the same reason."""
        try:
            self._map.madvise(_MADV_POPULATE_WRITE, start, length)
        except OSError:
            # Linux before 5.14.
            pass

    def end(self) -> None:
        """Take no further record, and let the file end after the last one."""
        # At the end of the mapping there is room for nothing, for no thread.
        self._map.seek(0, os.SEEK_END)
        used = self._map.rfind(b"\n", 0) + 1
        self._map.close()
        os.ftruncate(self.fd, used)
        fcntl.fcntl(self.fd, fcntl.F_SETFL, fcntl.fcntl(self.fd, fcntl.F_GETFL) | os.O_APPEND)

    def abandon(self) -> None:
        """Let go of it, in a forked child, without a trace in the file."""
        self._map.close()
        os.close(self.fd)


class AppendedFile:
    """A file that each record is appended to by one ``write(2)``.

    Parameters
    ----------
    fd:
        The file, open for appending.
    sync:
        Whether each record is on the disk when ``put`` returns.
    """

    def __init__(self, fd: int, *, sync: bool = False) -> None:
        self.fd = fd
        self._sync = sync
        self._size = 0
        self._room = 0
        self._lock = RLock()
        self._waited = 0.0
        self._count = 0

    @property
    def slow(self) -> bool:
        """Whether writing it has held up the run for half a second, more than 5 ms a record."""
        waited = self._waited
        return not self._sync and waited > _PATIENCE and waited > SLOW_SECONDS * self._count

    def put(self, line: bytes) -> None:
        """Append one record whole; NoRoomError when there is no room, or the file was ended."""
        with self._lock:
            length = len(line)
            if self._size + length > self._room:
                raise NoRoomError
            began = time.monotonic()
            written = os.write(self.fd, line)
            if written != length:
                self._complete(line, written)
            if self._sync:
                os.fsync(self.fd)
            self._size += length
            self._count += 1
            self._waited += time.monotonic() - began
            if self._room > 0 and self.slow:
                # The next record comes to the writer, which then goes elsewhere.
                self._room = 0

    def grow(self, length: int, limit: int) -> bool:
        """Make room for a record of ``length`` bytes; False when the file would pass ``limit``."""
        if self.slow or (self._size + length > limit and self._size > 0):
            return False
        self._room = max(limit, self._size + length)
        return True

    def spend(self) -> None:
        """Give nothing: where space is not reserved, none is held back."""

    def end(self) -> None:
        """Take no further record."""
        with self._lock:
            self._room = -1

    def abandon(self) -> None:
        """Let go of it, in a forked child, without a trace in the file."""
        os.close(self.fd)

    def _complete(self, line: bytes, written: int) -> None:
        """Write the rest of a record that the kernel took only a part of, or take it all back."""
        done = written
        try:
            while done < len(line):
                done += os.write(self.fd, line[done:])
        except OSError:
            os.ftruncate(self.fd, os.fstat(self.fd).st_size - done)
            raise


def create(path: str, limit: int, *, sync: bool) -> JournalFile:
    """Make the file ``path``, which must not be there.

    Parameters
    ----------
    path:
        Its path.
    limit:
        The size in bytes that it is not to pass.
    sync:
        Whether each record is to survive a power cut.

    Raises
    ------
    FileExistsError
        When it is there.
    OSError
        When it cannot be made.
    """
    fd = os.open(path, _FLAGS, 0o644)
    if not sync and is_mappable(fd):
        try:
            return MappedFile(fd, limit)
        except (OSError, ValueError):
            # No room for what is reserved beforehand, or an exotic mount.
            os.ftruncate(fd, 0)
    return AppendedFile(fd, sync=sync)


def is_mappable(fd: int) -> bool:
    """Return whether the file is on one of the ``MAPPABLE`` file systems of this machine."""
    if not hasattr(os, "posix_fallocate") or not hasattr(mmap, "MADV_DONTNEED"):
        return False
    device = os.fstat(fd).st_dev
    known = _MOUNTS.get(device)
    if known is None:
        known = _MOUNTS[device] = _file_system(device) in MAPPABLE
    return known


_MOUNTS: dict[int, bool] = {}


def _file_system(device: int) -> str:
    """Return the type of the file system that a device number stands for, or ``""``."""
    wanted = f"{os.major(device)}:{os.minor(device)}"
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as handle:
            for line in handle:
                fields = line.split()
                if fields[2] == wanted:
                    return fields[fields.index("-") + 1]
    except (OSError, ValueError, IndexError):
        return ""
    return ""
