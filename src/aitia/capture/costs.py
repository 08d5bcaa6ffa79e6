"""What a process and those that it waited for have used: processor time, and memory at most."""

from __future__ import annotations

import os
import resource
import time


def cpu_seconds() -> float:
    """Return the processor time of this process and of its children that ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_bytes() -> int:
    """Return the largest resident set of this process or of one of its children."""
    unit = 1 if os.uname().sysname == "Darwin" else 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return int(max(own, children)) * unit
