"""Digests of files: read as a stream, once per version of a file, beside the run where possible.

What was hashed is known again by what the file system says of a file (device, inode, size, time of
change of content and of status), in this process and, for larger files, in the next ones. One
thread hashes files soon after they are seen, so that little is left for the end. It has no lower
priority than the user's: one that waits for a processor with Python's lock in hand holds up all.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from collections import deque
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from aitia.capture import clock
from aitia.capture.guard import attempt
from aitia.capture.quiet import quiet

BLOCK = 1 << 20
MAX_KNOWN = 10_000
WORTH_KEEPING = 1 << 18
"""Smallest file whose digest is kept for other processes, in bytes; others are hashed as fast."""

CACHE_FILE = "digests.tsv"
CACHE_BYTES = 2 << 20
"""Size of the file of known digests at which its older half is dropped."""

STEADY = 2.0
"""Seconds without a change after which a file that is written is taken to be finished."""

PAUSE = 0.05
"""Seconds from the notice of a file to its digest, so that files that are opened in a row are not
held up by the thread that wakes for the first of them."""

PATIENCE = 0.15
"""Longest that the end of a run waits for digests, in seconds."""

_COARSE, _FINE = 2_000_000_000, 50_000_000


Late = Callable[[], bool]
"""Says whether there is no time left."""


class Status(NamedTuple):
    """What the file system says of one version of a file."""

    device: int
    inode: int
    size: int
    changed: int
    turned: int

    @classmethod
    def of(cls, found: os.stat_result) -> Status:
        """Return the status in a ``stat``."""
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


class LateError(Exception):
    """There is no time left to hash a file; it never leaves capture."""


_ONE = threading.Lock()
"""Held while a hasher reads a file."""

_known: dict[Status, str] = {}
_fresh: list[Status] = []


def known(status: Status) -> str | None:
    """Return the digest of a version of a file that was hashed before."""
    return _known.get(status)


def digest(path: str, status: Status, late: Late | None = None) -> str | None:
    """Return the SHA-256 of a file; None when it is not, or no longer, as ``status`` says.

    Raises
    ------
    OSError
        When it cannot be read.
    LateError
        When ``late`` said so before the end of the file.
    """
    found = _known.get(status)
    if found is not None:
        return found
    if late is not None and late():
        raise LateError
    sha, began = sha256(), clock.now()
    with open(path, "rb", buffering=0) as handle:
        if Status.of(os.fstat(handle.fileno())) != status:
            return None
        while block := handle.read(BLOCK):
            sha.update(block)
            if late is not None and len(block) == BLOCK and late():
                raise LateError
        if Status.of(os.fstat(handle.fileno())) != status:
            return None
    found = sha.hexdigest()
    if is_settled(status, began):
        _keep(status, found)
    return found


def is_settled(status: Status, now: int) -> bool:
    """Return whether a change from ``now`` on would show in the status.

    What changed a moment ago may change again within a tick of the file system's clock.
    """
    grain = _FINE if status.changed % 1_000_000_000 else _COARSE
    return now - max(status.changed, status.turned) > grain


def _keep(status: Status, found: str) -> None:
    if len(_known) >= MAX_KNOWN:
        _known.clear()
    _known[status] = found
    if status.size >= WORTH_KEEPING:
        _fresh.append(status)


def load(directory: str) -> None:
    """Learn the digests that earlier processes kept in a data directory."""
    try:
        with open(os.path.join(directory, CACHE_FILE), encoding="ascii") as handle:
            lines = handle.read(2 * CACHE_BYTES).splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        *numbers, found = line.split("\t")
        if len(numbers) == 5 and len(found) == 64 and all(map(str.isdecimal, numbers)):
            _known.setdefault(Status(*map(int, numbers)), found)


def save(directory: str) -> None:
    """Keep the digests taken since the last time for the processes that come after."""
    fresh = [(status, _known[status]) for status in _fresh if status in _known]
    _fresh.clear()
    if not fresh:
        return
    path = os.path.join(directory, CACHE_FILE)
    text = "".join("\t".join((*map(str, status), found)) + "\n" for status, found in fresh)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, text.encode())
            large = os.fstat(handle).st_size > CACHE_BYTES
        finally:
            os.close(handle)
        if large:
            _halve(path)
    except OSError:
        # It only saves time.
        return


def _halve(path: str) -> None:
    with open(path, "rb") as handle:
        lines = handle.readlines()
    aside = f"{path}.{os.getpid()}"
    with open(aside, "wb") as handle:
        handle.writelines(lines[len(lines) // 2 :])
    os.replace(aside, path)


class Hasher:
    """Hashes files in the background, one after the other.

    Parameters
    ----------
    limit:
        Largest file that is hashed, in bytes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._folder = ""
        self._begin()

    def _begin(self) -> None:
        self._queue: deque[tuple[str, Status | None]] = deque()
        self._growing: dict[str, tuple[float, float]] = {}
        self._wake = threading.Event()
        self._ended = False
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        self.now: str = ""
        """The path that is hashed now."""

    def start(self, folder: str) -> None:
        """Begin, knowing what is kept in the data directory ``folder``."""
        self._folder = folder
        self._ended = False
        self._done.clear()
        self._launch()

    def _launch(self) -> None:
        thread = threading.Thread(target=self._loop, name="aitia-digests", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            # No thread can be started any more: what is left is hashed at the end.
            return
        self._thread = thread

    def want(self, path: str, status: Status | None) -> None:
        """Have a file hashed soon; one that is being written (no status) when it is steady."""
        if status is not None and (status.size > self._limit or status in _known):
            return
        self._queue.append((path, status))
        if self._thread is None:
            self._launch()
        elif not self._wake.is_set():
            self._wake.set()

    def busy_with(self, path: str, until: float) -> None:
        """Wait while that file is being hashed, but not for longer than ``until``."""
        while self.now == path and time.monotonic() < until:
            time.sleep(0.001)

    def stop(self) -> None:
        """End the thread; a file that it is reading is left."""
        thread, self._thread = self._thread, None
        self._ended = True
        self._done.set()
        self._queue.clear()
        self._growing.clear()
        self._wake.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join(PATIENCE)
        self.save()

    def save(self) -> None:
        """Keep what was hashed for other processes."""
        if self._folder and os.path.isdir(self._folder):
            save(self._folder)

    def forget(self) -> None:
        """Start anew in a forked child, where the thread is gone."""
        self._begin()

    def _loop(self) -> None:
        attempt("digests", self._work)

    def _work(self) -> None:
        me, wake = threading.current_thread(), self._wake
        with quiet:
            if self._folder:
                load(self._folder)
            while not self._ended:
                wake.wait(STEADY / 2 if self._growing else None)
                self._done.wait(PAUSE)
                wake.clear()
                self._steady()
                while self._queue and not self._ended:
                    self._take(*self._queue.popleft())
                if self._thread is not None and self._thread is not me:
                    return

    def _take(self, path: str, status: Status | None) -> None:
        if status is None:
            self._growing.setdefault(path, (time.monotonic() + STEADY, STEADY))
            return
        self.now = path
        try:
            # What another hasher has in hand is known when it is done.
            with _ONE:
                digest(path, status, lambda: self._ended)
        except (OSError, LateError):
            # It is looked at again at the end.
            pass
        finally:
            self.now = ""

    def _steady(self) -> None:
        """Hash what was written, and has not changed for a while; look at the rest later."""
        now = time.monotonic()
        for path, (due, pause) in list(self._growing.items()):
            if due > now or self._ended:
                continue
            self._growing.pop(path, None)
            try:
                found = os.stat(path)
            except OSError:
                continue
            age = clock.now() - found.st_mtime_ns
            if age < STEADY * 1e9:
                self._growing[path] = (now + 2 * pause, 2 * pause)
            elif stat.S_ISREG(found.st_mode):
                self.want(path, Status.of(found))


def _after_fork() -> None:
    """Let go, in a forked child, of what a thread of the parent held."""
    global _ONE
    _ONE = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)
