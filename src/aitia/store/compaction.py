"""Compaction gives way: the threads that merge the files of a store are nice to all others.

RocksDB merges the files of a store as they come in. While a bulk load runs, merging at once takes
a processor from it, only for the result to be merged again with what comes next; merged later, many
files are merged once. With a niceness, merging takes what others leave: nothing is put off on an
idle processor, and on a busy one a share remains, so that a store that is written to for days
is still merged (docs/adr/0016-compaction-gives-way.md).
"""

from __future__ import annotations

import os
from contextlib import suppress

NICENESS = 10
"""Niceness of the threads: beside a busy thread of niceness 0, a tenth of a processor (nice(2))."""

_THREADS = "/proc/self/task"
_NAME = "rocksdb:low"


def threads() -> list[int]:
    """Return the ids of this process's threads that merge files; none where they have no names."""
    found = []
    with suppress(OSError):
        for thread in os.listdir(_THREADS):
            # A thread may end while others are looked at.
            with suppress(OSError), open(os.path.join(_THREADS, thread, "comm")) as name:
                if name.read().rstrip("\n") == _NAME:
                    found.append(int(thread))
    return found


def give_way() -> None:
    """Make the threads that merge files yield to others; does nothing but on Linux.

    Their niceness is only ever raised, which needs no right. They are shared by all stores of the
    process, so that this may be called again for each.
    """
    for thread in threads():
        with suppress(OSError):
            if os.getpriority(os.PRIO_PROCESS, thread) < NICENESS:
                os.setpriority(os.PRIO_PROCESS, thread, NICENESS)
