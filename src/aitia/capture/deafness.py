"""SIGTERM where the main thread is deaf to it, as Python calls handlers there, and only in between.

A signal that comes just before the main thread waits for a lock or a pipe is dealt with when that
wait is over, which may be never; native code that runs for an hour is not interrupted at all.
Without a handler such a process ends at once, and it has to with one.
"""

from __future__ import annotations

import _thread
import fcntl
import os
import signal
import threading
import time
from collections.abc import Callable

GRACE = 0.1
"""Seconds that the main thread has to deal with a signal, each time before more is done."""

_HIGH = 200


class Listener:
    """A thread that the kernel's delivery of a signal wakes, whatever the main thread does.

    Parameters
    ----------
    heard:
        Says whether the main thread has dealt with a SIGTERM.
    deaf:
        Called, in this thread, where it has not, even when it was woken.
    """

    def __init__(self, heard: Callable[[], bool], deaf: Callable[[], None]) -> None:
        self._heard = heard
        self._deaf = deaf
        self._pipe: tuple[int, int] | None = None

    def start(self) -> None:
        """Begin to listen; in the main thread. Where others listen already, they are left to it."""
        reader, writer = map(_high, os.pipe())
        os.set_blocking(writer, False)
        before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        mine = self._pipe is not None and before == self._pipe[1]
        if before != -1 and not mine:
            signal.set_wakeup_fd(before)
        else:
            try:
                _thread.start_new_thread(self._listen, (reader,))
            except RuntimeError:
                # No thread can be started any more.
                signal.set_wakeup_fd(-1)
            else:
                self._pipe = reader, writer
                return
        os.close(reader)
        os.close(writer)

    def start_again(self) -> None:
        """Begin anew in a forked child, where the thread is gone and the pipe is the parent's."""
        if self._pipe is not None:
            old = self._pipe
            self.start()
            for fd in old:
                os.close(fd)

    def _listen(self, reader: int) -> None:
        while True:
            try:
                came = os.read(reader, 512)
            except OSError:
                return
            if not came:
                return
            if signal.SIGTERM in came:
                self._see_to_it()

    def _see_to_it(self) -> None:
        time.sleep(GRACE)
        if not self._heard():
            # This interrupts a wait, after which Python calls the handler.
            ident = threading.main_thread().ident
            if ident is not None:
                signal.pthread_kill(ident, signal.SIGTERM)
            time.sleep(GRACE)
        if not self._heard():
            self._deaf()


def _high(fd: int) -> int:
    """Return a number for a file that no other gets soon, should a daemon close all it has."""
    try:
        moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _HIGH)
    except OSError:
        return fd
    os.close(fd)
    return moved


def die() -> None:
    """Let a SIGTERM have the effect that it has without a handler; from any thread."""
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    except ValueError:
        # Only the main thread may ask Python for that.
        _default()
    os.kill(os.getpid(), signal.SIGTERM)


def _default() -> None:
    try:
        import ctypes

        ctypes.CDLL(None).signal(int(signal.SIGTERM), None)
    except (ImportError, AttributeError, OSError):
        os.kill(os.getpid(), signal.SIGKILL)
