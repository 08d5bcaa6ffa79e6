"""Reading journals: which segments there are, and their records one by one.

Reading is by stream: a segment of any size needs the memory of its longest line. A damaged line
is handed over with the reason and reading goes on; a line that was cut short by a kill is counted
by ``torn`` and belongs to nobody.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

import orjson

from aitia.errors import JournalError, RecordError, RecordVersionError, SealError
from aitia.journal import clocks, seal
from aitia.journal.writer import host_name
from aitia.records import VERSION, Note, Record, decode

MAX_LINE = 64 << 20
"""Longest line that is read as a record, in bytes; a longer one is damage."""

FOREIGN_SILENCE = 3600.0
"""Seconds without a write after which a process on another host is taken to be gone."""

_HEADER_BYTES = 1 << 16
_TAIL_BYTES = 512


class Segment(NamedTuple):
    """One file of a journal and what its header says.

    ``version`` is the recorder's, ``format`` the one of the records; ``previous`` is the digest of
    the seal of the segment before; ``time`` is in nanoseconds since the epoch. ``size`` is that of
    what was written: a file that is being written is longer, filled with NUL bytes; ``clues`` is
    what it says of clocks.
    """

    path: str
    run: str
    scope: str
    host: str
    pid: int
    index: int  # type: ignore[assignment]  # hides tuple.index, on purpose
    time: int
    recorder: str
    version: str
    size: int
    sealed: bool
    previous: str | None
    format: int = VERSION
    clues: clocks.Clues = clocks.NONE


class Place(NamedTuple):
    """How far a segment was read: whole lines, and bytes."""

    lines: int = 0
    offset: int = 0


START = Place()


class Line(NamedTuple):
    """One line of a segment: its record, or the reason why it holds none."""

    number: int
    offset: int
    raw: bytes
    record: Record | None
    error: str | None


def segments(directory: str | os.PathLike[str]) -> list[Segment]:
    """Return the segments of all runs under ``directory``, by run, process and index."""
    root = os.fspath(directory)
    found = []
    for run in _names(root):
        folder = os.path.join(root, run)
        for name in _names(folder):
            if name.endswith(".jsonl"):
                segment = segment_at(os.path.join(folder, name), run)
                if segment is not None:
                    found.append(segment)
    return sorted(found, key=lambda s: (s.run, s.recorder, s.time, s.host, s.pid, s.index))


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise JournalError(f"the folder {folder} cannot be read: {error.strerror}") from error


def segment_at(path: str, run: str) -> Segment | None:
    """Return the segment at ``path``; None for a file that was made but never written to."""
    try:
        with open(path, "rb") as handle:
            first = handle.readline(_HEADER_BYTES)
            size = _end(handle)
            last = _last_line(handle, size)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise JournalError(f"the segment {path} cannot be read: {error.strerror}") from error
    if not first.endswith(b"\n") and size < _HEADER_BYTES:
        return None
    header = header_of(first) or _guess(path, run)
    clues = clocks.clues(first, last)
    sealed = last.startswith(seal.MARK)
    return Segment(path=path, size=size, sealed=sealed, clues=clues, **header)


def header_of(line: bytes) -> dict[str, Any] | None:
    """Return what the first line of a segment says; None when it is no header."""
    try:
        data = orjson.loads(line)
        if data["k"] != "journal":
            return None
        return {
            "run": str(data["run"]),
            "scope": str(data["scope"]),
            "host": str(data["host"]),
            "pid": int(data["pid"]),
            "index": int(data["n"]),
            "time": int(data["t"]),
            "recorder": str(data["recorder"]),
            "version": str(data["version"]),
            "previous": None if data["prev"] is None else str(data["prev"]),
            "format": int(data["v"]),
        }
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None


def _guess(path: str, run: str) -> dict[str, Any]:
    """Return what the file's name says, for a segment whose header is damaged.

    Its name is its scope, so that its local ids meet no others.
    """
    stem = os.path.basename(path).removesuffix(".jsonl")
    host, _, rest = stem.partition("-")
    pid, _, index = rest.partition("-")
    return {
        "run": run,
        "scope": stem,
        "host": host,
        "pid": int(pid) if pid.isdecimal() else 0,
        "index": int(index) if index.isdecimal() else 0,
        "time": 0,
        "recorder": "aitia",
        "version": "",
        "previous": None,
        "format": VERSION,
    }


def _end(handle: BinaryIO) -> int:
    """Return where the NUL bytes begin that fill a file which was not ended."""
    end = handle.seek(0, os.SEEK_END)
    while end > 0:
        start = max(0, end - _HEADER_BYTES)
        handle.seek(start)
        block = handle.read(end - start).rstrip(b"\0")
        if block:
            return start + len(block)
        end = start
    return 0


def _last_line(handle: BinaryIO, size: int) -> bytes:
    """Return the last whole line if it is short, as a seal is."""
    handle.seek(max(0, size - _TAIL_BYTES))
    tail = handle.read(_TAIL_BYTES)
    if not tail.endswith(b"\n"):
        return b""
    return tail[tail.rfind(b"\n", 0, -1) + 1 :]


def read(segment: Segment) -> Iterator[Line]:
    """Yield the lines of a segment, without its header and its seal; raises as ``read_on`` does."""
    return (line for _, line in read_on(segment, START) if line is not None)


def read_on(segment: Segment, place: Place) -> Iterator[tuple[Place, Line | None]]:
    """Yield the lines of a segment from a place on, up to its size, each with the place after it.

    There is None for its header and its seal. What was written since ``segment`` was looked at is
    left out, so that what is read is a function of the segment.

    Raises
    ------
    RecordVersionError
        When the segment's records are of a version that this Aitia does not know.
    JournalError
        When the file cannot be read.
    """
    if segment.format != VERSION:
        raise RecordVersionError(
            f"records of version {segment.format} in {segment.path}",
            expected=f"version {VERSION}, which Aitia reads",
            next_step="pip install --upgrade aitia",
        )
    try:
        with open(segment.path, "rb") as handle:
            for after, offset, raw in _whole_lines(handle, place):
                if after.offset > segment.size:
                    return
                heads = after.lines == 1 and header_of(raw) is not None
                aside = heads or raw.startswith(seal.MARK)
                yield after, None if aside else _line(after.lines, offset, raw)
    except OSError as error:
        raise JournalError(
            f"the segment {segment.path} cannot be read: {error.strerror}"
        ) from error


def _whole_lines(handle: BinaryIO, place: Place = START) -> Iterator[tuple[Place, int, bytes]]:
    """Yield whole lines from a place on: the place after each, where it begins, and its start."""
    number, offset = place
    handle.seek(offset)
    while True:
        raw = handle.readline(MAX_LINE)
        length = len(raw)
        more = raw
        while more and not more.endswith(b"\n"):
            more = handle.readline(MAX_LINE)
            length += len(more)
        if not more:
            return
        number += 1
        yield Place(number, offset + length), offset, raw
        offset += length


def _line(number: int, offset: int, raw: bytes) -> Line:
    if not raw.endswith(b"\n"):
        return Line(number, offset, raw[:_HEADER_BYTES], None, f"longer than {MAX_LINE} bytes")
    try:
        return Line(number, offset, raw, decode(raw), None)
    except RecordError as error:
        return Line(number, offset, raw, None, str(error))


def last_note(folder: str, kind: str) -> str | None:
    """Return the text of the last Note of this kind near the end of a journal in ``folder``."""
    found = None
    for name in _names(folder):
        with open(os.path.join(folder, name), "rb") as handle:
            end = _end(handle)
            handle.seek(max(0, end - _HEADER_BYTES))
            for raw in handle.read(min(end, _HEADER_BYTES)).splitlines():
                line = _line(0, 0, raw + b"\n") if b'"note"' in raw else None
                if line is not None and isinstance(line.record, Note) and line.record.kind == kind:
                    found = line.record.text
    return found


def torn(segment: Segment) -> int:
    """Return how many bytes follow the last newline: a record cut short by a kill, or none."""
    with open(segment.path, "rb") as handle:
        start = end = _end(handle)
        while start > 0:
            block_start = max(0, start - _HEADER_BYTES)
            handle.seek(block_start)
            block = handle.read(start - block_start)
            newline = block.rfind(b"\n")
            if newline >= 0:
                return end - (block_start + newline + 1)
            start = block_start
        return end


def verify(segment: Segment) -> bool:
    """Check a segment against its seal and, through its header, the seal of the one before.

    Returns
    -------
    bool
        True when it is sealed and intact; False when it has no seal (still open, or killed).

    Raises
    ------
    SealError
        When the bytes do not match the seal, lines follow the seal, or the chain is broken.
    """
    _verify_chain(segment)
    return matches_seal(segment)


def matches_seal(segment: Segment) -> bool:
    """Check a segment against its own seal alone; raises and returns as ``verify`` does."""
    with open(segment.path, "rb") as handle:
        position = _find_seal(handle)
        if position is None:
            return False
        handle.seek(position)
        said = seal.from_line(handle.readline())
        if handle.readline():
            raise SealError(
                f"lines after the seal of {segment.path}", expected="the seal as the last line"
            )
        found = seal.compute(handle, position)
    if found != said:
        raise SealError(
            f"{found.records} records with SHA-256 {found.sha[:12]}… in {segment.path}",
            expected=f"{said.records} records with SHA-256 {said.sha[:12]}…, as its seal says",
            next_step="restore the file from a backup; what it says now cannot be trusted",
        )
    return True


def link(segment: Segment) -> str | None:
    """Return the digest of the seal of a segment, which the next one carries; None without one."""
    with open(segment.path, "rb") as handle:
        line = _last_line(handle, _end(handle))
    return seal.link(line) if line.startswith(seal.MARK) else None


def _find_seal(handle: BinaryIO) -> int | None:
    for _, offset, raw in _whole_lines(handle):
        if raw.startswith(seal.MARK):
            return offset
    return None


def _verify_chain(segment: Segment) -> None:
    if segment.previous is None:
        return
    stem, _, _ = segment.path.rpartition("-")
    path = f"{stem}-{segment.index - 1}.jsonl"
    try:
        with open(path, "rb") as handle:
            line = _last_line(handle, handle.seek(0, os.SEEK_END))
    except OSError:
        raise SealError(f"no segment {path}", expected="the one that the next builds on") from None
    if seal.link(line) != segment.previous:
        raise SealError(
            f"another seal at the end of {path} than {segment.path} was chained to",
            expected="the segments as they were written",
            next_step="restore the file from a backup; what it says now cannot be trusted",
        )


def is_alive(segment: Segment) -> bool:
    """Return whether the process that writes this segment still runs.

    On this host the process is looked up by its id, and must be older than the segment. A process
    of another host cannot be looked up; it counts as running while it wrote within
    ``FOREIGN_SILENCE``.
    """
    if segment.sealed:
        return False
    if segment.host != host_name():
        return time.time() - os.stat(segment.path).st_mtime < FOREIGN_SILENCE
    import psutil

    try:
        process = psutil.Process(segment.pid)
        # A second of slack: the kernel keeps start times in coarse ticks.
        if process.create_time() > segment.time / 1e9 + 1.0:
            return False
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
