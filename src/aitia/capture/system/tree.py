"""The processes below one, and what each has used, by the files of ``/proc`` (proc(5)).

The kernel lists the children of each thread, so nobody else's processes have to be looked at.
"""

from __future__ import annotations

import os

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_TRAFFIC = {b"read_bytes": "io_read_bytes", b"write_bytes": "io_write_bytes"}


def descendants(pid: int, most: int, root: str = "/") -> tuple[list[int], bool] | None:
    """Return the processes below ``pid``, nearest first, and whether there are more than ``most``.

    None where the kernel does not list children.
    """
    if not os.path.exists(os.path.join(root, f"proc/{pid}/task/{pid}/children")):
        return None
    found: dict[int, None] = {}
    todo = [pid]
    for parent in todo:
        for child in _children(parent, root):
            if child in found:
                continue
            if len(found) >= most:
                return list(found), True
            found[child] = None
            todo.append(child)
    return list(found), False


def usage(pid: int, root: str = "/") -> dict[str, float]:
    """Return the usage of a process by two files; empty when it is gone."""
    fields = _read(os.path.join(root, f"proc/{pid}/stat")).rpartition(b")")[2].split()
    # Dead ones that nobody waited for are counted by no one else yet, and hold no memory.
    if len(fields) < 22:
        return {}
    found = {
        "cpu_seconds": sum(map(int, fields[11:15])) / _TICKS,
        "memory_bytes": float(int(fields[21]) * _PAGE),
        "process_count": 1.0,
    }
    for line in _read(os.path.join(root, f"proc/{pid}/io")).splitlines():
        name, _, count = line.partition(b": ")
        if name in _TRAFFIC:
            found[_TRAFFIC[name]] = float(count)
    return found


def _children(pid: int, root: str) -> list[int]:
    folder = os.path.join(root, f"proc/{pid}/task")
    try:
        threads = os.listdir(folder)
    except OSError:
        return []
    return [int(n) for thread in threads for n in _read(f"{folder}/{thread}/children").split()]


def _read(path: str) -> bytes:
    """Return what is in a file of ``/proc``; nothing when it cannot be read."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    except OSError:
        return b""
    try:
        parts = [os.read(handle, 4096)]
        while len(parts[-1]) == 4096:
            parts.append(os.read(handle, 4096))
        return b"".join(parts)
    except OSError:
        # The process ended meanwhile.
        return b""
    finally:
        os.close(handle)
