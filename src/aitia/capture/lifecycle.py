"""The end of a process as that of its run: normal, by error or SIGTERM, in a forked child."""

from __future__ import annotations

import _thread
import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from types import FrameType, ModuleType, TracebackType
from typing import Any

from aitia.capture.context import open_runs
from aitia.capture.deafness import Listener, die
from aitia.capture.imports import when_imported
from aitia.capture.run import Run, outcome

PATIENCE = 5.0
"""Most seconds that a process which is told to end waits for the end of its run."""


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
            listener = Listener(self._is_heard, partial(self.terminated, signal.SIGTERM, None))
            listener.start()
            os.register_at_fork(after_in_child=listener.start_again)
            _hold_in_forks()

    def end(self) -> None:
        """End the run as the process does."""
        with _ending:
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
        if _ending.postpones():
            return
        # What was interrupted may hold a lock that the end needs: so it is not waited for for ever.
        ended = _thread.allocate_lock()
        ended.acquire()
        try:
            _thread.start_new_thread(copy_context().run, (self._cancel, ended))
            ended.acquire(timeout=PATIENCE)
        finally:
            die()

    def _is_heard(self) -> bool:
        # A handler that the user has set meanwhile decides by itself.
        return _ending.is_told or signal.getsignal(signal.SIGTERM) != self.terminated

    def _cancel(self, ended: _thread.LockType) -> None:
        try:
            # Of a process that joined the run it is no failure: pools end their workers so.
            self._run.end("Cancelled", "terminated by SIGTERM" if self._run.owner else None)
        finally:
            ended.release()


class _Ending:
    """An end that is under way; a SIGTERM that interrupts it has its effect when it is over."""

    is_told: bool
    """Whether there was a SIGTERM that it, or what comes after it, deals with."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew, in a forked child."""
        self._begun = self._is_terminated = self.is_told = False

    def __enter__(self) -> None:
        self._begun = True

    def __exit__(self, *error: object) -> None:
        self._begun = False
        if self._is_terminated:
            die()

    def postpones(self) -> bool:
        """Return whether an end was under way, and is to go on first; if not, one is from now."""
        self.is_told = True
        was, self._begun = self._begun, True
        self._is_terminated = was
        return was


_ending = _Ending()


def _hold_in_forks() -> None:
    """Have a SIGTERM that comes during a fork wait until it is over.

    Python forgets signals that a child got before it was set up; a pool that ends its workers
    early would wait for ever for one that has forgotten to end.
    """
    global _holding
    if not _holding:
        _holding = True
        os.register_at_fork(after_in_child=_ending.forget)
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
    with _ending:
        for run in list(open_runs):
            run.close_child()
