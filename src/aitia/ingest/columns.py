"""Long series in Parquet files beside the journals, named by the digest of their content."""

from __future__ import annotations

import os
from array import array
from collections.abc import Sequence
from hashlib import sha256

from aitia.ingest.series import StoredSeries


class ColumnFiles:
    """Writes each long series once to ``<directory>/<digest of its values>.parquet``.

    The name comes from the values, not from the file's bytes (which change with the version of
    the Parquet library), so a rebuild finds the file that is there and says the same of it.
    """

    def __init__(self, directory: str) -> None:
        self.directory = directory

    def keep(
        self, values: Sequence[float], steps: Sequence[float], times: Sequence[float]
    ) -> StoredSeries | None:
        """Write the columns, or return None when pyarrow is not installed."""
        content = sha256()
        for column in (values, steps, times):
            content.update(array("d", column).tobytes())
        path = os.path.join(self.directory, f"{content.hexdigest()}.parquet")
        if not os.path.exists(path) and not self._write(path, values, steps, times):
            return None
        digest = sha256()
        with open(path, "rb") as handle:
            while block := handle.read(1 << 20):
                digest.update(block)
        locator = f"series/{os.path.basename(path)}"
        return StoredSeries(digest.hexdigest(), locator, "value", os.path.getsize(path))

    def _write(
        self, path: str, values: Sequence[float], steps: Sequence[float], times: Sequence[float]
    ) -> bool:
        try:
            import pyarrow
            from pyarrow import parquet
        except ImportError:
            return False
        columns = {"step": array("d", steps), "value": array("d", values)}
        if times:
            columns["seconds"] = array("d", times)
        table = pyarrow.table({name: pyarrow.array(column) for name, column in columns.items()})
        os.makedirs(self.directory, exist_ok=True)
        scratch = f"{path}.{os.getpid()}"
        parquet.write_table(table, scratch)
        os.replace(scratch, path)
        return True
