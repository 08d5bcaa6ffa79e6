"""Writing a journal: one file per process, in segments.

What ``write`` returned for is in the kernel's page cache, so it survives a ``kill -9`` of the
process; with ``durability="machine"`` it is on the disk, so it survives a power cut as well.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from threading import RLock
from typing import Literal

import orjson

from aitia import __version__
from aitia.errors import JournalError
from aitia.journal import clocks, files, seal, spool
from aitia.records import VERSION

Durability = Literal["process", "machine"]

SEGMENT_BYTES = 32 << 20
"""A segment is sealed and a new one begun when it has reached this size, in bytes."""

_TRIES = 1_000
"""Most times that room is made for one record, which other threads may take each time."""


@cache
def host_name() -> str:
    """Return a name for this host that is the same for all processes that see one another.

    It stands for the boot of the kernel and the process namespace, because only within these does
    a process id mean the same process, and it does not tell the name of the machine.
    """
    try:
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        space = ""
    facts = b"\0".join((_boot(), space.encode(), os.uname().nodename.encode("utf-8", "replace")))
    return blake2b(facts, digest_size=6).hexdigest()


@cache
def machine_name() -> str:
    """Return a name for the machine, in this boot of its kernel: what has one clock."""
    return blake2b(
        _boot() or os.uname().nodename.encode("utf-8", "replace"), digest_size=4
    ).hexdigest()


def _boot() -> bytes:
    try:
        with open("/proc/sys/kernel/random/boot_id", "rb") as handle:
            return handle.read(64)
    except OSError:
        return b""


def starting() -> dict[str, str]:
    """Return the variables that tell processes which start from here the time of this host."""
    return {clocks.SINCE: clocks.stamp(host_name(), machine_name())}


class JournalWriter:
    """A ``records.ports.Sink`` on files; made by ``create``.

    Any thread may write. No record ever follows the seal of its segment: a segment is ended, so
    that it takes no record from any thread, before its seal is computed.

    Parameters
    ----------
    folder:
        Where the segments of the run are to be.
    run, scope, recorder:
        What the header of each segment says.
    durability:
        ``process`` or ``machine``.
    limit:
        The size in bytes at which a segment is sealed.
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
        self.near = ""
        """Where segments are written first, to be forwarded when the journal is closed; empty for
        ``folder`` itself, unless that turns out to be slow."""
        self.since = clocks.starter(machine_name(), os.environ)
        self.run = run
        self.scope = scope
        self.recorder = recorder
        self.durability: Durability = durability
        self.limit = limit
        self.path: str | None = None
        self._put: Callable[[bytes], object] = _nowhere
        self._file: files.JournalFile | None = None
        self._index = 0
        self._previous: str | None = None
        self._written: list[str] = []
        self._closed = False
        self._lock = RLock()
        self.on_slow: Callable[[str], None] = _nothing

    @classmethod
    def create(
        cls,
        directory: str | os.PathLike[str],
        *,
        run: str,
        scope: str = "",
        recorder: str = "aitia",
        durability: Durability = "process",
        near: str = "",
    ) -> JournalWriter:
        """Open a journal for run ``run`` under ``directory`` (the ``journal`` folder).

        Raises
        ------
        JournalError
            When the folder or the file cannot be made (read-only, full, no permission).
        """
        folder = os.path.join(os.fspath(directory), run)
        writer = cls(folder, run=run, scope=scope, recorder=recorder, durability=durability)
        writer.near = near
        writer._open()
        return writer

    def for_child(self, scope: str) -> JournalWriter:
        """Return a journal for a forked child; its file is made by its first write.

        The inherited file is let go of without a seal: it belongs to the parent.
        """
        if self._file is not None:
            self._file.abandon()
        self._file, self._put, self._closed = None, _nowhere, True
        child = JournalWriter(
            self.folder,
            run=self.run,
            scope=scope,
            recorder=self.recorder,
            durability=self.durability,
            limit=self.limit,
        )
        child.near, child.on_slow = self.near, self.on_slow
        return child

    def write(self, line: bytes) -> None:
        """Append one encoded record; when this returns, a kill of the process does not lose it.

        Raises
        ------
        JournalError
            When the record could not be kept. Records written before are not touched.
        """
        try:
            self._put(line)
        except (ValueError, OSError):
            self._insist(line)

    @property
    def put(self) -> Callable[[bytes], object]:
        """Appends a record where there is room for it; ValueError or OSError where there is none.

        It is another one after each ``write``.
        """
        return self._put

    def last(self) -> str:
        """Make ready for the last records: there is room for them, and a file, even if it was gone.

        Returns
        -------
        str
            What had become of the journal meanwhile; ``""`` when it is as it was written.

        Raises
        ------
        JournalError
            When the file was removed, and cannot be written again.
        """
        with self._lock:
            file = self._file
            if file is None:
                return ""
            is_gone = os.fstat(file.fd).st_nlink == 0
            if is_gone:
                try:
                    file = self._write_again(file)
                except OSError as error:
                    raise self._failure(error) from error
            file.spend()
            return self._told() if is_gone else ""

    def close(self) -> None:
        """Seal the segment and close it; later writes are an error. May be called twice."""
        with self._lock:
            self._closed = True
            file, self._file, self._put = self._file, None, _nowhere
            if file is not None:
                try:
                    self._seal(file)
                finally:
                    os.close(file.fd)
            self._forward()

    def _forward(self) -> None:
        """Bring what was written near by to where it belongs."""
        if self.near:
            for path in self._written:
                spool.forward(path, self.folder)
            self._written = []

    def _insist(self, line: bytes) -> None:
        """Write a record that there was no room for, where there is, or say why not."""
        with self._lock:
            try:
                self._write_anew(line)
            except OSError as error:
                raise self._failure(error) from error

    def _write_anew(self, line: bytes) -> None:
        for _ in range(_TRIES):
            if self._closed:
                raise JournalError(
                    f"a record for the closed journal of run {self.run}",
                    expected="records before the run has ended",
                )
            if self._file is None:
                self._open()
            assert self._file is not None
            if not self._file.grow(len(line), self.limit):
                self._rotate()
                continue
            # Another thread may have taken the room meanwhile.
            with suppress(ValueError):
                self._put(line)
                return
        # Whatever is wrong with the file, it must not hold up the run.
        raise JournalError(
            f"a record of {len(line)} bytes found no room in {self.path} in {_TRIES} tries",
            expected="a journal that can grow",
        )

    def _open(self) -> None:
        try:
            if self.near:
                spool.make(self.near)
            else:
                os.makedirs(self.folder, exist_ok=True)
            before = time.time_ns()
            file = self._new_file()
            shared = "" if self.near else self.folder
            header = self._header(clocks.at_start(self.since, file.fd, shared, before))
            file.grow(len(header), self.limit)
            file.put(header)
        except OSError as error:
            raise self._failure(error) from error
        self._file, self._put = file, file.put

    def _header(self, told: dict[str, object]) -> bytes:
        header = {
            "k": "journal",
            "v": VERSION,
            "run": self.run,
            "scope": self.scope,
            "host": host_name(),
            "machine": machine_name(),
            "pid": os.getpid(),
            "n": self._index,
            "prev": self._previous,
            "recorder": self.recorder,
            "version": __version__,
            "t": time.time_ns(),
            **told,
        }
        return orjson.dumps(header) + b"\n"

    def _new_file(self) -> files.JournalFile:
        stem = f"{host_name()}-{os.getpid()}"
        while True:
            name = f"{stem}-{self._index}.jsonl"
            self.path = os.path.join(self.near or self.folder, name)
            try:
                if self.near and os.path.exists(os.path.join(self.folder, name)):
                    raise FileExistsError
                made = files.create(self.path, self.limit, sync=self.durability == "machine")
                if self.near:
                    self._written.append(self.path)
                return made
            except FileExistsError:
                # Another recorder of this process, or an earlier process that had this id.
                self._index += 1

    def _write_again(self, gone: files.JournalFile) -> files.JournalFile:
        """Write what a removed file holds to another of its name: the kernel keeps it till then."""
        assert self.path is not None
        self._put, self._file = _nowhere, None
        try:
            gone.end()
            with os.fdopen(os.dup(gone.fd), "rb") as handle:
                handle.seek(0)
                content = handle.read()
        finally:
            os.close(gone.fd)
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        file = files.create(self.path, self.limit, sync=self.durability == "machine")
        file.grow(len(content), self.limit)
        file.put(content)
        self._file, self._put = file, file.put
        return file

    def _told(self) -> str:
        stem = str(self.path).rpartition("-")[0]
        earlier = [f"{stem}-{index}.jsonl" for index in range(self._index)]
        lost = sum(not os.path.exists(path) for path in earlier)
        text = "the journal was removed while the run went on; this process wrote its file again"
        return f"{text}, and {lost} that were full are lost" if lost else text

    def _rotate(self) -> None:
        """Seal the segment, and begin the next."""
        file = self._file
        assert file is not None
        self._put, self._file = _nowhere, None
        try:
            self._previous = seal.link(self._seal(file))
        finally:
            os.close(file.fd)
        self._index += 1
        if file.slow and not self.near:
            self._go_near()
        self._open()

    def _go_near(self) -> None:
        """Write near by from now on, because the data directory holds up the run."""
        folder = os.path.dirname(self.folder)
        self.near = os.path.join(spool.place(folder), os.path.basename(self.folder))
        self.on_slow(self.near)

    def _seal(self, file: files.JournalFile) -> bytes:
        try:
            file.end()
            with os.fdopen(os.dup(file.fd), "rb") as handle:
                made = seal.compute(handle)
            # Who opened the run ends last, so it finds what the others have written.
            ends_run = self._closed and not self.scope
            folder = self.folder if ends_run else ""
            line = seal.to_line(made, clocks.at_end(host_name(), machine_name(), folder))
            if os.write(file.fd, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if self.durability == "machine":
                os.fsync(file.fd)
        except OSError as error:
            raise self._failure(error) from error
        return line

    def _failure(self, error: OSError) -> JournalError:
        return JournalError(
            f"the journal {self.path or self.folder} cannot be written: {error.strerror or error}",
            expected="a writable folder with free space",
            next_step="free some space, or set AITIA_DIR to another folder",
        )


def _nowhere(line: bytes) -> None:
    """Take no record: there is no file, or not any more."""
    raise files.NoRoomError


def _nothing(folder: str) -> None:
    """Do nothing about a slow data directory but go elsewhere."""
