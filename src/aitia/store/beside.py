"""A store that another process writes to, read beside it through a copy of hard links.

RocksDB lets one process open a folder. What lies in the folder is made so that it can be copied
while that process writes: a table is never changed once it has its name, the manifest, which says
which tables make up the store, and the logs are only added to. So the tables that a manifest names,
with the logs as far as they were written, are the store as it was at one moment, provided that the
manifest did not change while they were copied; when it did, they are copied once more.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import count

import pyoxigraph as ox

from aitia.errors import NotFoundError, StoreError
from aitia.store import owner, teaching
from aitia.store.oxigraph import OxigraphStore

COPIES = ".reading-"
"""How the names of copies go on after that of their store, before the process that made them."""

TRIES = 100
"""How often a copy is begun of a store whose manifest changes while it is made."""

PAUSE = 0.02
"""Seconds between two tries."""

_TABLE = ".sst"
_LOG = ".log"
_numbers = count(1)


class StoreBeside(OxigraphStore):
    """What a store holds at the moment, to be read while another process writes to it.

    Parameters
    ----------
    path:
        Folder of the store.

    Raises
    ------
    NotFoundError
        When there is no store yet.
    StoreLockedError
        When there is nothing to be read in it yet, or it changes too fast to be copied.
    StoreError
        When the copy cannot be made, such as by a user who may not write beside the store.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.origin = os.path.abspath(os.fspath(path))
        self._copy = new_name(self.origin)
        self.path = self._copy
        self.federation = False
        self._store: ox.Store | None = None
        sweep(self.origin)
        try:
            self.taken = copy(self.origin, self._copy)
            with self._faults():
                self._store = ox.Store.read_only(self._copy)
            if not self._marked(teaching.layout()):
                # It has only just been made, or is of another version of Aitia.
                raise owner.locked(self.origin)
        except StoreError:
            self.close()
            raise

    def replace(self, graphs: Mapping[str, bytes]) -> None:
        """Refuse: the store is another's."""
        raise owner.locked(self.origin)

    def append(self, graph: str, nquads: bytes) -> None:
        """Refuse: the store is another's."""
        raise owner.locked(self.origin)

    def change(self, graph: str, gone: bytes, fresh: bytes) -> None:
        """Refuse: the store is another's."""
        raise owner.locked(self.origin)

    def compact(self) -> None:
        """Refuse: the store is another's."""
        raise owner.locked(self.origin)

    def announce(self, url: str) -> None:
        """Say nothing: who finds the store locked is told of its holder."""

    def backup(self, target: str | os.PathLike[str]) -> None:
        """Copy the same to a new folder, by hard links where it is on the same disk."""
        with self._faults():
            shutil.copytree(self._copy, target, copy_function=_linked)

    def close(self) -> None:
        """Remove the copy; closing twice does nothing."""
        self._store = None
        shutil.rmtree(self._copy, ignore_errors=True)


def new_name(path: str) -> str:
    """Return a name that no other copy of the store at ``path`` has."""
    return f"{path}{COPIES}{os.getpid()}-{next(_numbers)}"


def sweep(path: str) -> None:
    """Remove copies of a store whose processes were killed."""
    folder, name = os.path.split(path)
    with suppress(OSError):
        for found in os.listdir(folder):
            if found.startswith(name + COPIES):
                pid = found[len(name + COPIES) :].partition("-")[0]
                if pid.isdecimal() and not os.path.exists(f"/proc/{pid}"):
                    shutil.rmtree(os.path.join(folder, found), ignore_errors=True)


def copy(source: str, target: str) -> float:
    """Copy what the store at ``source`` holds to a new folder, while a process writes to it.

    Returns
    -------
    float
        The time of which it is, in seconds since the epoch.

    Raises
    ------
    NotFoundError
        When there is no store in it yet.
    StoreLockedError
        When it changes too fast.
    StoreError
        When the folder cannot be written.
    """
    if not os.path.exists(os.path.join(source, "CURRENT")):
        raise NotFoundError(f"there is no store in {source} yet", next_step="aitia ingest")
    for _ in range(TRIES):
        began = time.time()
        try:
            os.mkdir(target)
            if _copied(source, target):
                return began
        except FileNotFoundError:
            # A table that was merged into others meanwhile.
            pass
        except OSError as error:
            shutil.rmtree(target, ignore_errors=True)
            raise StoreError(
                f"no copy of {source} could be made to read it ({error.strerror or error})",
                expected="room beside the store, and the right to write there",
                next_step=owner.locked(source).diagnosis(),
            ) from error
        shutil.rmtree(target, ignore_errors=True)
        time.sleep(PAUSE)
    raise owner.locked(source)


def _copied(source: str, target: str) -> bool:
    """Copy all files of a store; return whether they are of one moment."""
    before = dict(_state(source))
    names = os.listdir(source)
    for name in names:
        if name.endswith(_TABLE):
            _linked(os.path.join(source, name), os.path.join(target, name))
    # The newest log first: one that is no more written to is whole by the time it is copied.
    for name in sorted(filter(_is_log, names), reverse=True):
        shutil.copyfile(os.path.join(source, name), os.path.join(target, name))
    if dict(_state(source)) != before:
        return False
    for name, data in before.items():
        with open(os.path.join(target, name), "wb") as handle:
            handle.write(data)
    return True


def _state(folder: str) -> Iterator[tuple[str, bytes]]:
    """Yield the file that names the manifest, and the manifest."""
    name = "CURRENT"
    for _ in range(2):
        with open(os.path.join(folder, name), "rb") as handle:
            data = handle.read()
        yield name, data
        name = data.decode("ascii", "replace").strip()


def _is_log(name: str) -> bool:
    return name.endswith(_LOG)


def _linked(source: str, target: str) -> None:
    """Link a table, or copy anything else, and a table where links are not possible."""
    if source.endswith(_TABLE):
        try:
            os.link(source, target)
        except FileNotFoundError:
            raise
        except OSError:
            pass
        else:
            return
    shutil.copyfile(source, target)
