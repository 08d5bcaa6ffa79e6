"""Observes the files that a run reads and writes.

Python announces each file that it opens by an audit event (PEP 578). The hook for it cannot be
taken away again, so there is one per process, which does nothing while no run is open. Libraries
that open files by their own means are not heard there; the readers and writers of those that are
known have a wrapper (``wrappers``), and of others a Note says that they are not seen.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from aitia.capture import context
from aitia.capture.application import kinds
from aitia.capture.application.watch import AUDIT_HOOK, FileWatch
from aitia.capture.application.wrappers import Wrappers
from aitia.capture.context import HERE
from aitia.capture.digests import CAP
from aitia.capture.guard import attempt
from aitia.capture.quiet import is_quiet
from aitia.records.ports import Scope

if TYPE_CHECKING:
    from aitia.capture.context import Here

_BLIND = (
    *("netCDF4", "cv2", "tensorflow", "lance", "tables", "rasterio", "pyreadstat", "fastparquet"),
    *("torchaudio", "torchcodec", "decord", "soundfile", "pyogrio", "adbc_driver_manager", "lmdb"),
    *("tokenizers", "sentencepiece", "faiss", "llama_cpp", "onnxruntime", "pysam", "openslide"),
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class FilesAdapter:
    """Observes files.

    Parameters
    ----------
    limit:
        Largest file whose digest is taken, in bytes.
    """

    name = "files"

    def __init__(self, limit: int = CAP) -> None:
        self._watch = FileWatch(limit)
        self._wrappers = Wrappers(self._watch)

    def start(self, scope: Scope) -> None:
        """Hear of files from here on."""
        _state.places = kinds.system_places()
        _state.watch = self._watch
        self._watch.hasher.start(_directory())
        self._wrappers.install()
        if not _state.is_hooked:
            _state.is_hooked = True
            sys.addaudithook(_hook)
            os.register_at_fork(after_in_child=_after_fork)

    def leave(self, scope: Scope) -> None:
        """Record the files of a run that is about to end, and say what could not be seen."""
        self._watch.leave(scope.run)
        unseen = [name for name in _BLIND if name in sys.modules]
        if unseen and not scope.nested:
            text = f"files that {', '.join(unseen)} open by their own means are not seen"
            scope.note("blind", text)

    def stop(self, scope: Scope) -> None:
        """Hear of no more files."""
        _state.watch = None
        self._wrappers.remove()
        self._watch.hasher.stop()


def _directory() -> str:
    """Return the data directory of the run that is open; empty where there is none."""
    return context.open_runs[-1].published.get("AITIA_DIR", "") if context.open_runs else ""


class _State:
    """What the one hook of the process reports to; None while nothing observes."""

    watch: FileWatch | None = None
    places: tuple[str, ...] = ()
    is_hooked: bool = False


_state = _State()


def _hook(event: str, args: tuple[Any, ...]) -> None:
    watch = _state.watch
    if watch is None:
        return
    if event == "open":
        name = args[0]
        if type(name) is str:
            # The same file again, opened in the same way by the same activity, is common.
            notice = (*args, HERE.get())
            if notice not in watch.seen:
                attempt("files", _opened, watch, notice)
        elif type(name) is not int:
            attempt("files", _opened, watch, (*args, None))
    elif event == "os.rename":
        attempt("files", _renamed, watch, args[0], args[1])
    elif event == "os.chdir":
        watch.seen.clear()
    elif event == "sqlite3.connect":
        attempt("files", _opened, watch, (args[0], "r+", 0, None))


def _opened(watch: FileWatch, notice: tuple[Any, str | None, int, Here | None]) -> None:
    name, mode, flags, here = notice
    if name is None or is_quiet():
        return
    path = name if type(name) is str else os.fsdecode(name)
    if not kinds.is_data(path, _state.places) or path.startswith((":memory:", "file:")):
        return
    reads, writes = _direction(mode, flags)
    kept = None if here is None else notice
    watch.saw(path, reads=reads, writes=writes, mechanism=AUDIT_HOOK, notice=kept)


def _direction(mode: str | None, flags: int) -> tuple[bool, bool]:
    """Return whether a file is read, and whether it is written."""
    if isinstance(mode, str):
        updates = "+" in mode
        writes = updates or not _READING.isdisjoint(mode)
        # What is appended to was there before, and is part of what is there after.
        return not writes or (updates and "w" not in mode) or "a" in mode, writes
    if not flags & _WRITING:
        return True, False
    truncates = bool(flags & (os.O_TRUNC | os.O_EXCL))
    return not truncates and bool(flags & (os.O_RDWR | os.O_APPEND)), bool(
        flags & (os.O_WRONLY | os.O_RDWR)
    )


_READING = frozenset("wax")


def _renamed(watch: FileWatch, source: Any, target: Any) -> None:
    if not is_quiet():
        watch.renamed(os.fsdecode(source), os.fsdecode(target))


def _after_fork() -> None:
    if _state.watch is not None:
        _state.watch.forget()
