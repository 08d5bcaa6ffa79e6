"""Who holds a store: a small file beside it, so that a second opener is told what to do.

The lock itself is the store's own. This file only names its holder, so a stale one does no harm:
it is believed only while the process that it names lives.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from typing import NamedTuple

from aitia.errors import StoreLockedError

SUFFIX = ".owner"


class Owner(NamedTuple):
    """The process that holds a store, since when (seconds since the epoch; 0: not known).

    ``url`` is where it answers SPARQL, if it does.
    """

    pid: int
    command: str
    host: str
    url: str = ""
    since: float = 0.0

    def is_here(self) -> bool:
        """Return whether this is a process of this machine that still lives."""
        if self.host != socket.gethostname():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except OSError:
            return True
        return True


def claim(path: str, *, url: str = "") -> None:
    """Say that this process holds the store at ``path``; a failure to say so is no failure."""
    command = " ".join(sys.orig_argv)[:300]
    owner = Owner(os.getpid(), command, socket.gethostname(), url, _since(path))
    scratch = f"{path}{SUFFIX}.{owner.pid}"
    try:
        with open(scratch, "w", encoding="utf-8", errors="backslashreplace") as handle:
            json.dump(owner._asdict(), handle)
        os.replace(scratch, path + SUFFIX)
    except OSError:
        return


def release(path: str) -> None:
    """Remove what ``claim`` wrote, if it was this process that did."""
    owner = read(path)
    if owner is None or (owner.pid, owner.host) != (os.getpid(), socket.gethostname()):
        return
    try:
        os.remove(path + SUFFIX)
    except OSError:
        return


def read(path: str) -> Owner | None:
    """Return the owner that the file beside the store at ``path`` names, or None."""
    try:
        with open(path + SUFFIX, encoding="utf-8") as handle:
            fields = json.load(handle)
        command, host, url = (str(fields[name]) for name in ("command", "host", "url"))
        return Owner(int(fields["pid"]), command, host, url, float(fields.get("since", 0.0)))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _since(path: str) -> float:
    """Return since when this process holds the store: now, unless it said so before."""
    before = read(path)
    if before is None or (before.pid, before.host) != (os.getpid(), socket.gethostname()):
        return time.time()
    return before.since or time.time()


def locked(path: str) -> StoreLockedError:
    """Return the error that says who holds the store at ``path`` and how to go on."""
    owner = read(path)
    if owner is not None and owner.pid == os.getpid() and owner.is_here():
        return StoreLockedError(
            f"this process already holds the store {path}",
            expected="one open graph per process",
            next_step="close the other one first: graph.close(), or use it as a context manager",
        )
    if owner is None or (owner.host == socket.gethostname() and not owner.is_here()):
        return StoreLockedError(
            f"another process holds the store {path}",
            expected="one process at a time",
            next_step="wait for it to end, or find it with: fuser " + os.path.join(path, "LOCK"),
        )
    where = "" if owner.is_here() else f" on {owner.host}"
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(owner.since))
    since = f" since {stamp}" if owner.since else ""
    got = f"process {owner.pid}{where} holds the store {path}{since} ({owner.command})"
    if owner.url:
        next_step = f"ask it over HTTP: --at {owner.url}, or aitia.open({owner.url!r})"
    else:
        next_step = "wait for it to end, or only read it: aitia.open(read_only=True)"
    return StoreLockedError(got, expected="one process at a time", next_step=next_step)
