"""Copies of a data directory, made while runs write to it, and put back.

A copy is made beside its place and renamed when it is whole, so that a killed one leaves nothing
that could be taken for a copy. The store is copied first, as it is at one moment, and the journals
after it: they hold at least what the store was made from, and the next ingest brings the rest.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, NamedTuple

from aitia import __version__
from aitia.errors import NotFoundError, StoreError
from aitia.journal.reader import segments
from aitia.store.oxigraph import OxigraphStore

MANIFEST = "backup.json"
STORE = "store"
FORMAT = 1

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes to do."""

_PARTIAL = ".partial-"
_RESTORING = ".restoring-"
_BLOCK = 1 << 20


class Backup(NamedTuple):
    """What was copied: files, bytes, and whether the store is among them."""

    path: str
    files: int
    size: int
    store: bool


def back_up(
    directory: str,
    target: str,
    store: OxigraphStore | None,
    *,
    link: bool = False,
    progress: Progress | None = None,
) -> Backup:
    """Copy a data directory to a new folder.

    Parameters
    ----------
    directory:
        The data directory.
    target:
        The folder, which must not be there yet.
    store:
        Its open store; None when another process holds it. Then the journals are copied alone,
        from which the store is made again when they are put back.
    link:
        Whether sealed journals are linked, not copied. They take no room then, but lie on the same
        disk, and what damages one damages both.
    progress:
        Called as the work goes on.

    Raises
    ------
    StoreError
        When the folder is there already, or cannot be written.
    """
    target = os.path.abspath(target)
    if os.path.lexists(target):
        raise StoreError(
            f"{target} is there already",
            expected="the name of a new folder",
            next_step=f"aitia backup {target}-{time.strftime('%Y-%m-%d')}",
        )
    partial = f"{target}{_PARTIAL}{os.getpid()}"
    _sweep(target, _PARTIAL)
    try:
        os.makedirs(partial)
        if store is not None:
            store.backup(os.path.join(partial, STORE))
        copy = _Copy(directory, partial, link=link, progress=progress)
        files = copy.run()
        _write_manifest(partial, directory, files)
        os.rename(partial, target)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise _disk(target, error) from error
    return Backup(target, len(files), sum(size for size, _ in files.values()), store is not None)


def restore(source: str, directory: str, *, progress: Progress | None = None) -> Backup:
    """Put a copy in the place of a data directory that is not there.

    Raises
    ------
    NotFoundError
        When there is no copy at ``source``.
    StoreError
        When the copy is damaged, there is a data directory, or it cannot be written.
    """
    manifest = _read_manifest(source)
    if os.path.lexists(directory):
        raise StoreError(
            f"{directory} is there already",
            expected="no data directory in that place",
            next_step=f"mv {directory} {directory}.before, and do the same again",
        )
    scratch = f"{directory}{_RESTORING}{os.getpid()}"
    _sweep(directory, _RESTORING)
    files: dict[str, list[Any]] = manifest["files"]
    total, done = sum(size for size, _ in files.values()), 0
    try:
        os.makedirs(scratch)
        for name, (size, digest) in sorted(files.items()):
            path = os.path.join(scratch, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if _copied(os.path.join(source, name), path, size) != digest:
                raise StoreError(
                    f"{os.path.join(source, name)} is not as it was copied",
                    expected=f"SHA-256 {digest[:12]}…, as {MANIFEST} says",
                    next_step="restore another copy; this one cannot be trusted",
                )
            done += size
            if progress is not None:
                progress(done, total)
        os.rename(scratch, directory)
    except OSError as error:
        raise _disk(directory, error) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    there = os.path.isdir(os.path.join(directory, STORE))
    return Backup(directory, len(files), total, there)


class _Copy:
    """One copying of the files of a data directory."""

    def __init__(self, source: str, target: str, *, link: bool, progress: Progress | None) -> None:
        self._source = source
        self._target = target
        self._link = link
        self._progress = progress

    def run(self) -> dict[str, tuple[int, str]]:
        """Copy all but the store; return size and digest of everything in the target."""
        # What is being written is copied as far as it is written; NUL bytes may follow.
        known = {s.path: s for s in segments(os.path.join(self._source, "journal"))}
        names = list(_files(self._source))
        sizes = {
            name: known[path].size if path in known else os.path.getsize(path)
            for name in names
            if os.path.exists(path := os.path.join(self._source, name))
        }
        stored = [name for name in _walk(self._target) if name.startswith(STORE + os.sep)]
        total = sum(sizes.values()) + sum(
            os.path.getsize(os.path.join(self._target, name)) for name in stored
        )
        files: dict[str, tuple[int, str]] = {}
        done = 0
        for name in (*stored, *sizes):
            path = os.path.join(self._source, name)
            try:
                if name in sizes:
                    sealed = path in known and known[path].sealed
                    files[name] = self._one(name, sizes[name], linked=sealed and self._link)
                else:
                    files[name] = _sum(os.path.join(self._target, name))
            except FileNotFoundError:
                # A spooled or pending file that its run took away meanwhile.
                continue
            done += files[name][0]
            if self._progress is not None:
                self._progress(done, total)
        return files

    def _one(self, name: str, size: int, *, linked: bool) -> tuple[int, str]:
        path, target = os.path.join(self._source, name), os.path.join(self._target, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if linked:
            try:
                os.link(path, target)
                return _sum(target)
            except FileNotFoundError:
                raise
            except OSError:
                # Another file system, or one without links.
                pass
        digest = _copied(path, target, size)
        shutil.copystat(path, target)
        return os.path.getsize(target), digest


def _files(directory: str) -> Iterator[str]:
    """Yield what is to be copied of a data directory: neither the store nor what is in the make."""
    for name in _walk(directory):
        top = name.partition(os.sep)[0]
        hidden = any(part.startswith(".") for part in name.split(os.sep)[:-1])
        if not top.startswith((STORE, ".")) and not hidden:
            yield name


def _walk(directory: str) -> Iterator[str]:
    for folder, _, names in os.walk(directory):
        for name in sorted(names):
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not os.path.islink(path):
                yield os.path.relpath(path, directory)


def _copied(path: str, target: str, size: int) -> str:
    """Copy the first ``size`` bytes of a file and return their digest."""
    digest = sha256()
    with open(path, "rb") as source, open(target, "wb") as handle:
        left = size
        while left > 0:
            block = source.read(min(_BLOCK, left))
            if not block:
                break
            digest.update(block)
            handle.write(block)
            left -= len(block)
    return digest.hexdigest()


def _sum(path: str) -> tuple[int, str]:
    digest, size = sha256(), 0
    with open(path, "rb") as handle:
        while block := handle.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def _write_manifest(folder: str, source: str, files: dict[str, tuple[int, str]]) -> None:
    about = {
        "format": FORMAT,
        "aitia": __version__,
        "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "of": os.path.abspath(source),
        "files": files,
    }
    with open(os.path.join(folder, MANIFEST), "w", encoding="utf-8", errors="surrogateescape") as f:
        json.dump(about, f, indent=1)
        f.flush()
        os.fsync(f.fileno())


def _read_manifest(source: str) -> dict[str, Any]:
    path = os.path.join(source, MANIFEST)
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as handle:
            manifest = json.load(handle)
        if manifest["format"] != FORMAT or not isinstance(manifest["files"], dict):
            raise ValueError(f"format {manifest['format']}")
    except OSError as error:
        raise NotFoundError(
            f"no copy in {source}: {MANIFEST} is not there",
            expected="a folder that aitia backup made",
            next_step="ls " + (os.path.dirname(os.path.abspath(source)) or "."),
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{path} cannot be read ({error})",
            expected="what aitia backup wrote there",
            next_step="restore another copy, or: pip install --upgrade aitia",
        ) from error
    if any(os.path.isabs(name) or ".." in name.split(os.sep) for name in manifest["files"]):
        raise StoreError(f"{path} names files outside of the copy", expected="names below it")
    return dict(manifest)


def _sweep(target: str, mark: str) -> None:
    """Remove what a killed process left half-made beside ``target``."""
    folder, base = os.path.split(target)
    try:
        names = [name for name in os.listdir(folder) if name.startswith(base + mark)]
    except OSError:
        return
    for name in names:
        pid = name.removeprefix(base + mark)
        if not (pid.isdecimal() and os.path.isdir(f"/proc/{pid}")):
            shutil.rmtree(os.path.join(folder, name), ignore_errors=True)


def _disk(path: str, error: OSError) -> StoreError:
    return StoreError(
        f"{path} cannot be written ({error.strerror or error})",
        expected="a place with room that this user may write to",
        next_step="name another folder; nothing was changed",
    )
