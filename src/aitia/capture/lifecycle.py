"""The end of a process as that of its run: normal, by error or SIGTERM, in a forked child."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType, ModuleType, TracebackType
from typing import Any

from aitia.capture.context import open_runs
from aitia.capture.imports import when_imported
from aitia.capture.run import Run, outcome


class Lifecycle:
    """Ends a run when its process ends, in whatever way Python still runs at.

    Hooks of others are called after ours, as if ours were not there.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._pid = os.getpid()
        self._outcome: tuple[str, str | None] = ("Completed", None)
        self._excepthook: Callable[..., Any] = sys.excepthook

    def install(self) -> None:
        """Watch for the end of the process."""
        atexit.register(self.end)
        process = sys.modules.get("multiprocessing.process")
        if process is not None and process.parent_process() is not None:
            _finalize(self.end)
        self._excepthook, sys.excepthook = sys.excepthook, self.excepthook
        if threading.current_thread() is not threading.main_thread():
            return
        # A handler of the user's own is left alone: it decides whether the process ends.
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, self.terminated)
            _hold_in_forks()

    def end(self) -> None:
        """End the run as the process does."""
        self._run.end(*self._outcome)

    def excepthook(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        """Remember the error that ends the process, and let the next hook show it."""
        self._outcome = outcome(error)
        self._excepthook(kind, error, trace)

    def terminated(self, number: int, frame: FrameType | None) -> None:
        """End the run, then let the signal have its effect."""
        try:
            # Of a process that joined the run it is no failure: pools end their workers so.
            self._run.end("Cancelled", "terminated by SIGTERM" if self._run.owner else None)
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTERM)


def _hold_in_forks() -> None:
    """Have a SIGTERM that comes during a fork wait until it is over.

    Python forgets signals that a child got before it was set up; a pool that ends its workers
    early would wait for ever for one that has forgotten to end.
    """
    global _holding
    if not _holding:
        _holding = True
        os.register_at_fork(before=_hold, after_in_parent=_let_go, after_in_child=_let_go)


_holding = False
_masks = threading.local()


def _hold() -> None:
    _masks.before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})


def _let_go() -> None:
    before = getattr(_masks, "before", None)
    if before is not None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        _masks.before = None


def seal_in_children() -> None:
    """Have the forked workers of ``multiprocessing`` seal their journals when they end."""
    global _sealing
    if not _sealing:
        _sealing = True
        when_imported("multiprocessing.util", _register)


_sealing = False


def _register(module: ModuleType) -> None:
    # Workers leave by os._exit, past atexit; only finalizers that were made after the fork run.
    module.register_after_fork(_close_children, _in_child)


def _in_child(close: Callable[[], None]) -> None:
    _finalize(close)


def _finalize(function: Callable[[], None]) -> None:
    util = sys.modules["multiprocessing.util"]
    util.Finalize(None, function, exitpriority=-100)


def _close_children() -> None:
    for run in list(open_runs):
        run.close_child()
