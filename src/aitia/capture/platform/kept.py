"""What is recorded of the packages, kept in the data directory for the runs that come after.

It is found again by the names that it was made of, so that nothing has to be looked at but folders.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from aitia import __version__

FILE = "packages.ndjson"
_NAMES = (".dist-info", ".egg-info")
_MOST = 8 << 20


def key(paths: Sequence[str], prefix: str) -> str:
    """Return what tells this set of installed packages from others, by the names of folders."""
    found = blake2b(f"{__version__}\0{sys.version}\0{prefix}".encode(), digest_size=16)
    for path in dict.fromkeys(paths):
        entries = sorted(_installed(path or "."))
        if entries:
            found.update(b"\0\0" + b"\0".join(map(os.fsencode, entries)))
    conda = sorted(_listed(os.path.join(prefix, "conda-meta")))
    found.update(b"\0\0\0" + b"\0".join(map(os.fsencode, conda)))
    return found.hexdigest()


def load(directory: str, wanted: str) -> bytes | None:
    """Return the lines that were kept under a key; None where there are none, or not whole."""
    try:
        with open(os.path.join(directory, FILE), "rb") as handle:
            head, _, lines = handle.read(_MOST).partition(b"\n")
    except OSError:
        return None
    return lines if head == _head(wanted, lines) else None


def save(directory: str, wanted: str, lines: bytes) -> None:
    """Keep lines under a key, in place of what was kept before."""
    aside = os.path.join(directory, f"{FILE}.{os.getpid()}")
    try:
        with open(aside, "xb") as handle:
            handle.write(_head(wanted, lines) + b"\n" + lines)
        os.replace(aside, os.path.join(directory, FILE))
    except OSError:
        # It only saves time.
        return


def _head(wanted: str, lines: bytes) -> bytes:
    return f"{wanted} {blake2b(lines, digest_size=16).hexdigest()}".encode()


def _installed(folder: str) -> Iterator[str]:
    for entry in _listed(folder):
        if entry.endswith(_NAMES):
            yield entry
            if entry.endswith(".egg-info"):
                # Its version may change without its name.
                yield _changed(os.path.join(folder, entry))


def _changed(path: str) -> str:
    for name in (os.path.join(path, "PKG-INFO"), path):
        try:
            found = os.stat(name)
        except OSError:
            continue
        return f"{found.st_size} {found.st_mtime_ns}"
    return ""


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
