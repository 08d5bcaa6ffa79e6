"""Journals on a disk near by, for a data directory that is far: written there, forwarded later.

A process forwards its segments when its journal is closed. What a killed process left is forwarded
by the next command on the same machine that reads the data directory.
"""

from __future__ import annotations

import os
import stat
from hashlib import blake2b

from aitia.errors import JournalError


def place(directory: str, base: str = "") -> str:
    """Return the folder on this machine that stands for the ``journal`` folder ``directory``.

    Parameters
    ----------
    directory:
        The folder that the segments are to reach.
    base:
        Where spools are kept; by default a folder of this user's in the temporary directory.
    """
    key = blake2b(os.path.abspath(directory).encode("utf-8", "surrogateescape"), digest_size=8)
    return os.path.join(base or _own(), key.hexdigest())


def _own() -> str:
    import tempfile

    return os.path.join(tempfile.gettempdir(), f"aitia-spool-{os.getuid()}")


def make(folder: str) -> None:
    """Make a folder of a spool, for this user alone.

    Raises
    ------
    JournalError
        When it cannot be made, or another user made it.
    """
    base = os.path.dirname(os.path.dirname(folder))
    try:
        os.makedirs(base, mode=0o700, exist_ok=True)
        status = os.lstat(base)
        if status.st_uid != os.getuid() or not stat.S_ISDIR(status.st_mode):
            raise JournalError(
                f"the spool {base} belongs to somebody else", next_step="set AITIA_SPOOL"
            )
        os.makedirs(folder, mode=0o700, exist_ok=True)
    except OSError as error:
        raise JournalError(f"the spool {folder} cannot be made: {error.strerror}") from error


def forward(path: str, folder: str) -> str:
    """Move a segment to ``folder`` so that it appears there whole; return its path there.

    Raises
    ------
    JournalError
        When it cannot be written there; it then stays where it was.
    """
    target = os.path.join(folder, os.path.basename(path))
    scratch = f"{target}.arriving"
    import shutil

    try:
        os.makedirs(folder, exist_ok=True)
        shutil.copyfile(path, scratch)
        os.replace(scratch, target)
        os.unlink(path)
    except OSError as error:
        raise JournalError(
            f"{path} cannot be forwarded to {folder}: {error.strerror}",
            expected="a writable folder with free space",
            next_step="aitia ingest, on this machine, forwards it when that is possible again",
        ) from error
    return target
