"""Large files that were said to be used: hashed beside the run, and recorded once that is done.

Until then what is to be recorded lies beside the journal (``pending``), so that a kill does not
lose it: who reads the journal hashes the file then.
"""

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from aitia.capture import clock, files, hashing, pending
from aitia.capture.hashing import PATIENCE, Hasher, Status
from aitia.records.prov import Entity, Used

if TYPE_CHECKING:
    from aitia.capture.run import Run

LARGE = 1 << 20
"""Size in bytes above which a file is not hashed in the thread that uses it."""


class _Use(NamedTuple):
    """A use that is still to be recorded: of what, by what, and where it is put aside."""

    path: str
    status: Status
    entity: Entity
    used: Used
    epoch: int
    aside: str


_waiting: WeakKeyDictionary[Run, list[_Use]] = WeakKeyDictionary()
_hashers: dict[int, Hasher] = {}
"""The one that hashes, by the process that it works in."""


def use(run: Run, subject: str, path: str, role: str | None) -> bool:
    """Put off the use of a file that is large and not known yet; False where that is not so."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return False
    status = Status.of(found)
    if not stat.S_ISREG(found.st_mode) or not LARGE < status.size <= run.digest_limit:
        return False
    # What changed a moment ago may change again without a trace before it is read.
    if hashing.known(status) is not None or not hashing.is_settled(status, clock.now()):
        return False
    path = os.path.abspath(path)
    entity = files.described(path, run.mint(), role, status.size)
    used = Used(subject, entity.id, role, run.now())
    aside = pending.put_aside(run, path, entity.id, [entity, used], own=entity.id)
    if aside is None:
        return False
    _waiting.setdefault(run, []).append(_Use(path, status, entity, used, run.epoch, aside))
    _hasher(run).want(path, status)
    return True


def settle(run: Run) -> None:
    """Record, at the end of a run, the uses of files whose digest is there by now.

    The others are left to who reads the journal.
    """
    until = time.monotonic() + PATIENCE
    waiting = [one for one in _waiting.pop(run, []) if one.epoch == run.epoch]
    for one in waiting:
        while hashing.known(one.status) is None and time.monotonic() < until:
            time.sleep(0.001)
        digest = hashing.known(one.status)
        if digest is None or not pending.take_back(one.aside):
            continue
        entity = files.named(one.entity, digest)
        run.emit(entity)
        run.emit(one.used._replace(entity=entity.id))
    if waiting:
        _hasher(run).save()


def _hasher(run: Run) -> Hasher:
    found = _hashers.get(os.getpid())
    if found is None:
        _hashers.clear()
        found = _hashers[os.getpid()] = Hasher(run.digest_limit)
        found.start(run.published.get("AITIA_DIR", ""))
    return found
