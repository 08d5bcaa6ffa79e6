"""What a journal file tells of the clock of its host, so that hosts can be compared later.

No machine asks another for the time. A file carries what its writer learned anyway: when, by whose
clock, it was started; how a file system that others share stamped its file; and, in the seal of the
process that opened the run, files of hosts that were there although their clocks said later. On
one host none of this is written.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from aitia.journal import seal
from aitia.journal.files import is_mappable

SINCE = "AITIA_SINCE"
"""Names the host and machine of who starts others, and the time: ``HOST:MACHINE:NANOSECONDS``."""

TOLERANCE = 100_000_000
"""Nanoseconds by which clocks may contradict one another before anything is said of it."""

_UNSYNCHRONISED = 0x40
_TIMEX = "@Illlli"
_MOST = 8
_PATIENCE = 0.1
_HEAD_BYTES = 1 << 12
_TAIL_BYTES = 512


class Sync(NamedTuple):
    """What the kernel says of its clock: whether something keeps it in step, and how well.

    ``error`` is in microseconds, and means nothing where the clock is not kept in step.
    """

    kept: bool
    error: int


class Clues(NamedTuple):
    """What one file says of clocks; times are in nanoseconds since the epoch.

    Parameters
    ----------
    machine:
        The machine: hosts that are containers of one machine have one clock.
    since:
        Host that started the process, and its time before that; None on the same machine.
    stamp:
        The time before the file was made, the time that the file system gave it, and the inode
        of its folder, by which two hosts know the file system for the same.
    closed:
        When the file was sealed; 0 while it is not.
    seen:
        Hosts whose files were there at the end of the run, with later times by their own clocks.
    sync:
        What the kernel said, where there are other machines.
    """

    machine: str = ""
    since: tuple[str, int] | None = None
    stamp: tuple[int, int, int] | None = None
    closed: int = 0
    seen: tuple[tuple[str, int], ...] = ()
    sync: Sync | None = None


NONE = Clues()


def stamp(host: str, machine: str) -> str:
    """Return what processes that are started now, by this ``host``, are told."""
    return f"{host}:{machine}:{time.time_ns()}"


def starter(machine: str, environ: Mapping[str, str]) -> tuple[str, int] | None:
    """Return the host that started this process on another ``machine``, and its time before."""
    host, _, rest = environ.get(SINCE, "").partition(":")
    other, _, moment = rest.partition(":")
    if not moment.isdecimal() or other in ("", machine) or not _is_host(host):
        return None
    return host, int(moment)


def at_start(since: tuple[str, int] | None, fd: int, folder: str, before: int) -> dict[str, object]:
    """Return what the header of a file says of clocks, beside its own time.

    Parameters
    ----------
    since:
        What ``starter`` found.
    fd:
        The file, just made.
    folder:
        The folder it is in; empty where no other host can see it.
    before:
        The time before it was made.
    """
    told: dict[str, object] = {}
    if since is not None:
        told["since"] = since
        told |= _sync()
    if folder and not is_mappable(fd):
        try:
            told["stamp"] = (before, os.fstat(fd).st_ctime_ns, os.stat(folder).st_ino)
        except OSError:
            # Then the file system tells nothing of clocks.
            pass
    return told


def at_end(host: str, machine: str, folder: str) -> dict[str, object]:
    """Return what the seal of the process that opened a run says of clocks.

    Parameters
    ----------
    host, machine:
        Where this is.
    folder:
        The folder of the run; empty where this is not the end of the run.
    """
    now, began = time.time_ns(), time.monotonic()
    seen: dict[str, int] = {}
    others = False
    for other, path in _of_others(host, folder) if folder else ():
        if time.monotonic() - began > _PATIENCE:
            break
        where, latest = _latest(path)
        if where == machine:
            continue
        others = True
        if latest > max(now + TOLERANCE, seen.get(other, 0)):
            seen[other] = latest
    most = sorted(seen.items(), key=lambda one: -one[1])[:_MOST]
    return {"t": now, **({"seen": dict(most)} if most else {}), **(_sync() if others else {})}


def clues(header: bytes, last: bytes) -> Clues:
    """Return what the first line of a file, and its seal, say of clocks."""
    try:
        first = orjson.loads(header)
        end = orjson.loads(last) if last.startswith(seal.MARK) else {}
        return _clues(first, end)
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
        # Damage is told of by those who read the records.
        pass
    return NONE


def _clues(first: dict[str, Any], end: dict[str, Any]) -> Clues:
    since, stamped = first.get("since"), first.get("stamp")
    sync = first.get("sync", end.get("sync"))
    return Clues(
        str(first.get("machine", "")),
        None if since is None else (str(since[0]), int(since[1])),
        None if stamped is None else (int(stamped[0]), int(stamped[1]), int(stamped[2])),
        int(end.get("t", 0)),
        tuple((str(host), int(moment)) for host, moment in end.get("seen", {}).items()),
        None if sync is None else Sync(bool(sync[0]), int(sync[1])),
    )


def from_data(data: Sequence[Any]) -> Clues:
    """Return the clues that were written as the fields of a tuple, in JSON."""
    machine, since, stamped, closed, seen, sync = data
    return Clues(
        machine,
        None if since is None else (since[0], since[1]),
        None if stamped is None else (stamped[0], stamped[1], stamped[2]),
        closed,
        tuple((host, moment) for host, moment in seen),
        None if sync is None else Sync(*sync),
    )


def _of_others(host: str, folder: str) -> Iterator[tuple[str, str]]:
    """Yield the files of other hosts: one of each host, then another of each, and so on."""
    of_host: dict[str, int] = {}
    found = []
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        other = name.partition("-")[0]
        if other != host and _is_host(other) and name.endswith(".jsonl"):
            turn = of_host[other] = of_host.get(other, 0) + 1
            found.append((turn, other, os.path.join(folder, name)))
    for _, other, path in sorted(found):
        yield other, path


def _is_host(name: str) -> bool:
    return len(name) == 12 and _HEX.issuperset(name)


_HEX = frozenset("0123456789abcdef")


def _latest(path: str) -> tuple[str, int]:
    """Return the machine of a file, and the latest time it tells: of its seal or its header."""
    try:
        with open(path, "rb", buffering=0) as handle:
            first = handle.read(_HEAD_BYTES).partition(b"\n")[0]
            handle.seek(max(0, handle.seek(0, os.SEEK_END) - _TAIL_BYTES))
            last = handle.read(_TAIL_BYTES).rstrip(b"\n").rpartition(b"\n")[2]
        found = clues(first, last)
        return found.machine, max(int(orjson.loads(first)["t"]), found.closed)
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return "", 0


def _sync() -> dict[str, object]:
    found = kernel_sync()
    return {} if found is None else {"sync": [*found]}


def kernel_sync() -> Sync | None:
    """Return what the kernel says of its clock, by adjtimex(2); None where it cannot be asked."""
    try:
        import ctypes

        state = ctypes.create_string_buffer(512)
        answer = ctypes.CDLL(None).adjtimex(state)
    except (ImportError, AttributeError, OSError):
        return None
    if answer < 0:
        return None
    _, _, _, most, _, status = struct.unpack_from(_TIMEX, state.raw)
    return Sync(not status & _UNSYNCHRONISED, most)
