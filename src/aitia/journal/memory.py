"""Records kept in memory while the data directory cannot be written."""

from __future__ import annotations

from collections.abc import Callable

from aitia.errors import JournalError
from aitia.records.ports import Sink

MAX_BYTES = 64 << 20
"""Most bytes kept; later records are refused, and so counted as lost."""


class MemorySink:
    """A sink in memory that tries once more to reach the disk when it is closed.

    Parameters
    ----------
    create:
        Opens the journal that the records belong to, or raises JournalError.
    """

    def __init__(self, create: Callable[[], Sink]) -> None:
        self._create = create
        self._lines: list[bytes] = []
        self._size = 0

    def write(self, line: bytes) -> None:
        """Keep one record.

        Raises
        ------
        JournalError
            When ``MAX_BYTES`` are kept already.
        """
        if self._size + len(line) > MAX_BYTES:
            raise JournalError(
                f"more than {MAX_BYTES} bytes of records in memory",
                expected="a data directory that can be written",
                next_step="set AITIA_DIR to a folder that you may write to",
            )
        self._size += len(line)
        self._lines.append(line)

    def close(self) -> None:
        """Write what was kept to the journal.

        Raises
        ------
        JournalError
            When the journal still cannot be written; the records are lost.
        """
        lines, self._lines = self._lines, []
        sink = self._create()
        for line in lines:
            sink.write(line)
        sink.close()
