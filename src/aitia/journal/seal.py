"""The seal that closes a segment: how many records it holds, and the SHA-256 of all bytes before.

The header of the next segment of the same process carries the digest of this seal, so that the
segments form a chain and a later edit of any of them is detected.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

import orjson

from aitia.errors import SealError

MARK = b'{"k":"seal"'
_BLOCK = 1 << 16


class Seal(NamedTuple):
    """The last line of a closed segment, read back."""

    records: int
    sha: str


def compute(handle: BinaryIO, end: int | None = None) -> Seal:
    """Return the seal of the bytes of ``handle`` before ``end`` (all of them when None).

    The header, which is the first line, is hashed but not counted.
    """
    digest = hashlib.sha256()
    lines = 0
    handle.seek(0)
    left = -1 if end is None else end
    while left != 0:
        block = handle.read(_BLOCK if left < 0 else min(_BLOCK, left))
        if not block:
            break
        digest.update(block)
        lines += block.count(b"\n")
        if left > 0:
            left -= len(block)
    return Seal(max(lines - 1, 0), digest.hexdigest())


def to_line(seal: Seal, told: Mapping[str, object] = MappingProxyType({})) -> bytes:
    """Return the line that closes a segment, newline included; ``told`` is added to it."""
    return orjson.dumps({"k": "seal", "count": seal.records, "sha": seal.sha, **told}) + b"\n"


def from_line(line: bytes) -> Seal:
    """Return the seal that a line holds.

    Raises
    ------
    SealError
        When the line is not a seal.
    """
    try:
        data = orjson.loads(line)
        return Seal(int(data["count"]), str(data["sha"]))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise SealError(
            f"the line {line[:80]!r} in place of a seal", expected='{"k":"seal","count":N,"sha":…}'
        ) from None


def link(line: bytes) -> str:
    """Return what the header of the next segment carries as ``prev``: the digest of the seal."""
    return hashlib.sha256(line).hexdigest()
