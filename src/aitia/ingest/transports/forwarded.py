"""What was forwarded to one broker, kept in the data directory so that a new start goes on there.

It is appended to after the broker has taken what it says. A line that a kill cut short, or the
loss of the whole file, costs sending again what is known at the far end, and nothing else.
"""

from __future__ import annotations

import fcntl
import os
from hashlib import blake2b
from typing import NamedTuple

import orjson

from aitia.errors import BrokerError

FOLDER = "forwarded"


class Mark(NamedTuple):
    """How far a file was forwarded: of which version, to which byte, and whether its end was."""

    time: int = -1
    offset: int = 0
    ended: bool = False


class Forwarded:
    """The marks of one data directory and one broker; held by one process at a time.

    Parameters
    ----------
    root:
        The data directory.
    place:
        The broker and stream, without a password.
    again:
        Whether to forget what was forwarded.

    Raises
    ------
    BrokerError
        When another process forwards to the same place.
    """

    def __init__(self, root: str, place: str, *, again: bool = False) -> None:
        folder = os.path.join(root, FOLDER)
        os.makedirs(folder, exist_ok=True)
        key = blake2b(place.encode(), digest_size=8).hexdigest()
        self.path = os.path.join(folder, f"{key}.jsonl")
        self._lock = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise BrokerError(
                f"another process forwards {root} to {place}",
                expected="one at a time",
                next_step="leave it to that one, or end it first",
            ) from None
        self._marks = {} if again else self._read()
        self._compact()

    def _read(self) -> dict[tuple[str, str], Mark]:
        marks: dict[tuple[str, str], Mark] = {}
        try:
            with open(self.path, "rb") as handle:
                for line in handle:
                    try:
                        run, file, time, offset, ended = orjson.loads(line)
                        marks[run, file] = Mark(int(time), int(offset), bool(ended))
                    except (orjson.JSONDecodeError, ValueError, TypeError):
                        continue
        except FileNotFoundError:
            pass
        return marks

    def _compact(self) -> None:
        scratch = f"{self.path}~"
        with open(scratch, "wb") as handle:
            for (run, file), mark in self._marks.items():
                handle.write(orjson.dumps([run, file, *mark]) + b"\n")
        os.replace(scratch, self.path)
        self._file = open(self.path, "ab", buffering=0)  # noqa: SIM115

    def of(self, run: str, file: str) -> Mark:
        """Return how far a file was forwarded."""
        return self._marks.get((run, file), Mark())

    def set(self, marks: dict[tuple[str, str], Mark]) -> None:
        """Keep how far files were forwarded, after the broker has taken them."""
        self._marks.update(marks)
        lines = [orjson.dumps([run, file, *mark]) for (run, file), mark in marks.items()]
        self._file.write(b"".join(line + b"\n" for line in lines))

    def close(self) -> None:
        """Let another process forward."""
        self._file.close()
        os.close(self._lock)
