"""Writing a journal: one file per process, one ``write(2)`` per record.

What ``write`` returned for is in the kernel's page cache, so it survives a ``kill -9`` of the
process; with ``durability="machine"`` it is on the disk, so it survives a power cut as well.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from functools import cache
from hashlib import blake2b
from os import write as os_write
from threading import RLock, get_ident
from typing import Literal

import orjson

from aitia import __version__
from aitia.errors import JournalError
from aitia.journal import seal
from aitia.records import VERSION

Durability = Literal["process", "machine"]

SEGMENT_BYTES = 64 << 20
"""A segment is sealed and a new one begun when it has reached this size, in bytes."""

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)


@cache
def host_name() -> str:
    """Return a name for this host that is the same for all processes that see one another.

    It stands for the boot of the kernel and the process namespace, because only within these does
    a process id mean the same process, and it does not tell the name of the machine.
    """
    try:
        with open("/proc/sys/kernel/random/boot_id", "rb") as handle:
            boot = handle.read(64)
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        boot, space = b"", ""
    facts = b"\0".join((boot, space.encode(), os.uname().nodename.encode("utf-8", "replace")))
    return blake2b(facts, digest_size=6).hexdigest()


class JournalWriter:
    """A ``records.ports.Sink`` on files; made by ``create``.

    No record may follow the seal of its segment. The thread that made the writer, its owner,
    writes without a lock, and only it begins a new segment; any other thread writes under the
    lock that the owner holds while it does so.
    """

    def __init__(
        self,
        folder: str,
        *,
        run: str,
        scope: str = "",
        recorder: str = "aitia",
        durability: Durability = "process",
        limit: int = SEGMENT_BYTES,
    ) -> None:
        self.folder = folder
        self.run = run
        self.scope = scope
        self.recorder = recorder
        self.durability: Durability = durability
        self.limit = limit
        self.path: str | None = None
        self._fd = -1
        self._left = limit
        self._owner = get_ident()
        self._index = 0
        self._previous: str | None = None
        self._sync = durability == "machine"
        self._closed = False
        self._lock = RLock()

    @classmethod
    def create(
        cls,
        directory: str | os.PathLike[str],
        *,
        run: str,
        scope: str = "",
        recorder: str = "aitia",
        durability: Durability = "process",
    ) -> JournalWriter:
        """Open a journal for run ``run`` under ``directory`` (the ``journal`` folder).

        Raises
        ------
        JournalError
            When the folder or the file cannot be made (read-only, full, no permission).
        """
        folder = os.path.join(os.fspath(directory), run)
        writer = cls(folder, run=run, scope=scope, recorder=recorder, durability=durability)
        writer._open()
        return writer

    def for_child(self, scope: str) -> JournalWriter:
        """Return a journal for a forked child; its file is made by its first write.

        The inherited descriptor is closed without a seal: the file belongs to the parent.
        """
        if self._fd >= 0:
            os.close(self._fd)
        self._fd, self._closed = -1, True
        return JournalWriter(
            self.folder,
            run=self.run,
            scope=scope,
            recorder=self.recorder,
            durability=self.durability,
            limit=self.limit,
        )

    def write(self, line: bytes) -> None:
        """Append one encoded record; when this returns, a kill of the process does not lose it.

        Raises
        ------
        JournalError
            When the record could not be kept. Records written before are not touched.
        """
        if get_ident() != self._owner:
            with self._lock:
                self._append(line)
            return
        try:
            written = os_write(self._fd, line)
        except OSError as error:
            self._recover(line, error)
            return
        if written != len(line):
            self._complete(line, written)
        if self._sync:
            os.fsync(self._fd)
        self._left -= written
        if self._left <= 0:
            with self._lock:
                self._rotate()

    def close(self) -> None:
        """Seal the segment and close it; later writes are an error. May be called twice.

        A segment whose owner is another thread that still runs stays without a seal, since that
        thread may be writing at this very moment.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
            if self._fd < 0 or not self._may_seal():
                return
            try:
                self._seal()
            finally:
                os.close(self._fd)
                self._fd = -1

    def _may_seal(self) -> bool:
        if self._owner == get_ident():
            return True
        return all(thread.ident != self._owner for thread in threading.enumerate())

    def _append(self, line: bytes) -> None:
        """Write for a thread that is not the owner."""
        try:
            written = os_write(self._fd, line)
        except OSError as error:
            self._recover(line, error)
            return
        if written != len(line):
            self._complete(line, written)
        if self._sync:
            os.fsync(self._fd)

    def _open(self) -> None:
        try:
            os.makedirs(self.folder, exist_ok=True)
            self._fd = self._new_file()
        except OSError as error:
            raise self._failure(error) from error
        self._left = self.limit
        header = {
            "k": "journal",
            "v": VERSION,
            "run": self.run,
            "scope": self.scope,
            "host": host_name(),
            "pid": os.getpid(),
            "n": self._index,
            "prev": self._previous,
            "recorder": self.recorder,
            "version": __version__,
            "t": time.time_ns(),
        }
        self._append(orjson.dumps(header) + b"\n")

    def _new_file(self) -> int:
        stem = f"{host_name()}-{os.getpid()}"
        while True:
            self.path = os.path.join(self.folder, f"{stem}-{self._index}.jsonl")
            try:
                return os.open(self.path, _FLAGS, 0o644)
            except FileExistsError:
                # Another recorder of this process, or an earlier process that had this id.
                self._index += 1

    def _rotate(self) -> None:
        fd = self._fd
        self._previous = seal.link(self._seal())
        self._index += 1
        self._open()
        os.close(fd)

    def _seal(self) -> bytes:
        with os.fdopen(os.dup(self._fd), "rb") as handle:
            line = seal.to_line(seal.compute(handle))
        try:
            if os.write(self._fd, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if self._sync:
                os.fsync(self._fd)
        except OSError as error:
            raise self._failure(error) from error
        return line

    def _recover(self, line: bytes, error: OSError) -> None:
        """Open the file at the first write of a forked child; refuse anything else."""
        if self._closed:
            raise JournalError(
                f"a record for the closed journal of run {self.run}",
                expected="records before the run has ended",
            ) from None
        if self._fd < 0:
            with self._lock:
                if self._fd < 0:
                    self._open()
            self.write(line)
            return
        raise self._failure(error) from error

    def _complete(self, line: bytes, written: int) -> None:
        """Write the rest of a record that the kernel took only a part of, or take it all back."""
        done = written
        try:
            while done < len(line):
                done += os.write(self._fd, line[done:])
        except OSError as error:
            self._retract(done)
            raise self._failure(error) from error

    def _retract(self, done: int) -> None:
        try:
            os.ftruncate(self._fd, os.fstat(self._fd).st_size - done)
        except OSError as error:
            raise self._failure(error) from error

    def _failure(self, error: OSError) -> JournalError:
        return JournalError(
            f"the journal {self.path or self.folder} cannot be written: {error.strerror or error}",
            expected="a writable folder with free space",
            next_step="free some space, or set AITIA_DIR to another folder",
        )
