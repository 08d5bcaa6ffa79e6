"""The file systems that hold a project: kind, size, and whether they are shared."""

from __future__ import annotations

import os
from typing import NamedTuple

from aitia.capture.system.machine import text

NETWORK_TYPES = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "lustre", "gpfs", "beegfs", "ceph", "glusterfs"),
        *("fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "panfs", "orangefs", "pvfs2", "afs", "9p"),
        *("weka", "wekafs", "daos", "fuse.daos", "virtiofs", "fuse.s3fs", "fuse.gcsfuse"),
    )
)


class Storage(NamedTuple):
    """A mounted file system; ``capacity`` is in bytes."""

    source: str
    kind: str
    capacity: int

    @property
    def shared(self) -> bool:
        """Whether several hosts see the same files there."""
        return self.kind in NETWORK_TYPES


def of_path(path: str, root: str = "/") -> Storage | None:
    """Return the file system that holds ``path``, or None when the OS does not tell."""
    if not hasattr(os, "statvfs"):
        return None
    try:
        real = os.path.realpath(path)
        size = os.statvfs(real)
    except OSError:
        return None
    capacity = size.f_frsize * size.f_blocks
    mounted = mount_of(real, text(root, "proc/self/mountinfo", 1 << 20))
    if mounted is None:
        return Storage(f"device {os.stat(real).st_dev}", "unknown", capacity)
    source, kind = mounted
    return Storage(source, kind, capacity)


def mount_of(path: str, mountinfo: str) -> tuple[str, str] | None:
    """Return the source and the type of the mount that holds ``path``.

    ``mountinfo`` is the text of ``/proc/self/mountinfo`` (proc(5)): of the mount points that are a
    prefix of the path the longest counts, and of equal ones the last.
    """
    best, found = -1, None
    for line in mountinfo.splitlines():
        head, dash, tail = line.partition(" - ")
        fields, types = head.split(" "), tail.split(" ")
        if not dash or len(fields) < 5 or len(types) < 2:
            continue
        point = _unescape(fields[4])
        inside = point == "/" or path == point or path.startswith(point + "/")
        if inside and len(point) >= best:
            best, found = len(point), (_unescape(types[1]), types[0])
    return found


def _unescape(field: str) -> str:
    if "\\" not in field:
        return field
    for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(code, char)
    return field
