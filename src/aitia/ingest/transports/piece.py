"""What a message holds: bytes of one segment, and where in which file they belong."""

from __future__ import annotations

import re
from typing import NamedTuple
from zlib import crc32

import orjson

from aitia.errors import IngestError

VERSION = 1

SIZE = 256 << 10
"""Most bytes of a segment in one message: less than any broker takes by default."""

_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}\.jsonl")


class Piece(NamedTuple):
    """Bytes of a segment from ``offset`` on.

    ``time`` is that of the segment's header: a file that was replaced by a newer one of the same
    name has another. ``end`` says that the process which wrote it has ended, so nothing follows.
    """

    run: str
    file: str
    time: int
    offset: int
    data: bytes
    end: bool = False


def encode(piece: Piece) -> bytes:
    """Return a message: one line of JSON, and the bytes as they are."""
    head = {
        "aitia": VERSION,
        "run": piece.run,
        "file": piece.file,
        "t": piece.time,
        "at": piece.offset,
        "end": piece.end,
        "crc": crc32(piece.data),
    }
    return orjson.dumps(head) + b"\n" + piece.data


def decode(message: bytes) -> Piece:
    """Return what a message holds.

    Raises
    ------
    IngestError
        When it is no piece of a segment, was damaged, or names a file outside its folder.
    """
    line, _, data = message.partition(b"\n")
    try:
        head = orjson.loads(line)
        if head["aitia"] != VERSION:
            raise IngestError(
                f"a message of version {head['aitia']!r}",
                expected=f"version {VERSION}",
                next_step="pip install --upgrade aitia",
            )
        piece = Piece(
            str(head["run"]), str(head["file"]), int(head["t"]), int(head["at"]), data, head["end"]
        )
        damaged = crc32(data) != head["crc"] or piece.offset < 0
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise IngestError(
            f"a message that is no piece of a journal: {line[:60]!r}",
            expected="what aitia forward sends",
        ) from None
    # What comes from a network must not name a file elsewhere.
    if damaged or not _RUN.fullmatch(piece.run) or not _FILE.fullmatch(piece.file):
        raise IngestError(f"a damaged message for {piece.run[:60]!r} {piece.file[:60]!r}")
    return piece
