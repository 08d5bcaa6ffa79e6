"""Which runs a process that stays brings in, so that others need not do the same beside it.

The file that says so is renewed at each look. It is believed only while it is fresh, so that one
that was left behind does no harm.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterable
from contextlib import suppress

FILE = ".watched.json"

FRESH_SECONDS = 2.0
"""How old the last look of a process that watches may be."""


def claim(root: str, bundles: Iterable[str]) -> None:
    """Say that this process has just looked after the runs of these bundles.

    A failure to say so is no failure: others do the same work beside it then.
    """
    told = {"pid": os.getpid(), "host": socket.gethostname(), "bundles": sorted(bundles)}
    path = os.path.join(root, FILE)
    scratch = f"{path}.{os.getpid()}"
    with suppress(OSError):
        with open(scratch, "w", encoding="utf-8") as handle:
            json.dump(told, handle)
        os.replace(scratch, path)


def release(root: str) -> None:
    """Say that this process looks after no run any more."""
    if _own(_read(root)):
        with suppress(OSError):
            os.remove(os.path.join(root, FILE))


def by_others(root: str) -> frozenset[str]:
    """Return the bundles that another process looked after just now."""
    told = _read(root)
    if _own(told):
        return frozenset()
    try:
        age = time.time() - os.stat(os.path.join(root, FILE)).st_mtime
    except OSError:
        return frozenset()
    bundles = told.get("bundles")
    if age >= FRESH_SECONDS or not isinstance(bundles, list):
        return frozenset()
    return frozenset(str(one) for one in bundles)


def _own(told: dict[str, object]) -> bool:
    return (told.get("pid"), told.get("host")) == (os.getpid(), socket.gethostname())


def _read(root: str) -> dict[str, object]:
    try:
        with open(os.path.join(root, FILE), encoding="utf-8") as handle:
            told = json.load(handle)
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
