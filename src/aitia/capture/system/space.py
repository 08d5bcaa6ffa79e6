"""What is free where the records go, and the traffic of the device below."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping

from aitia.capture.system.machine import text

_SECTOR = 512
"""Bytes of what the kernel counts, whatever the device has (Documentation/block/stat.rst)."""


class StorageProbe:
    """Free space of a folder's file system, and the bytes that its device read and wrote.

    Free is what this user may still write: what is kept for root, and on file systems that answer
    by it a quota, are taken off. A file system without a block device has no traffic here.

    Parameters
    ----------
    folder:
        A folder, which need not be there yet.
    root:
        Where ``/sys`` is.
    """

    name = "file system"
    units: Mapping[str, str] = {
        "storage_free_bytes": "By",
        "storage_read_bytes": "By",
        "storage_write_bytes": "By",
    }

    def __init__(self, folder: str, root: str = "/") -> None:
        self.version = f"{platform.system()} {platform.release()}"
        self._root = root
        self._folder = os.path.abspath(folder)
        while not os.path.isdir(self._folder) and self._folder != os.path.dirname(self._folder):
            self._folder = os.path.dirname(self._folder)
        self._base = self._traffic()

    def read(self) -> Mapping[str, float]:
        """Return the free space, and the traffic since the probe was made."""
        values = {
            name: max(0.0, count - self._base.get(name, 0.0))
            for name, count in self._traffic().items()
        }
        if hasattr(os, "statvfs"):
            space = os.statvfs(self._folder)
            values["storage_free_bytes"] = float(space.f_bavail * space.f_frsize)
        return values

    def close(self) -> None:
        """Do nothing: the probe holds nothing."""

    def _traffic(self) -> dict[str, float]:
        try:
            device = os.stat(self._folder).st_dev
        except OSError:
            return {}
        path = f"sys/dev/block/{os.major(device)}:{os.minor(device)}/stat"
        fields = text(self._root, path).split() if hasattr(os, "major") else []
        if len(fields) < 7:
            return {}
        return {
            "storage_read_bytes": float(fields[2]) * _SECTOR,
            "storage_write_bytes": float(fields[6]) * _SECTOR,
        }
