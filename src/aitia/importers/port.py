"""What an importer is, and the identities that every importer gives in the same way."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol
from uuid import UUID, uuid5

from aitia.records import Record

NAMESPACE = UUID("8e7a91a1-4e4e-57f0-8c14-f872c53f7c83")
"""Under which the identifiers of other systems become UUIDs (RFC 9562 §5.5)."""


class Imported(NamedTuple):
    """What one file says of one run: its UUID, the recorder whose bundle it is, the records.

    The same file gives the same run, recorder and records each time that it is read.
    """

    run: str
    recorder: str
    records: Iterable[Record]


class Pseudonyms(Protocol):
    """What hosts, users and devices are called, so that their names are not recorded."""

    def code(self, kind: str, *facts: object) -> str:
        """Return a short code that stands for ``facts``."""

    def label(self, kind: str, *facts: object) -> str:
        """Return a pseudonym to read."""

    def iri(self, kind: str, *facts: object) -> str:
        """Return an IRI that stands for ``facts``."""


class Importer(Protocol):
    """Reads one format."""

    def __call__(
        self, path: str | os.PathLike[str], *, pseudonyms: Pseudonyms | None = None
    ) -> Iterator[Imported]:
        """Yield what a file or folder says, run by run."""


class FilePseudonyms:
    """Pseudonyms under a key that comes from the content of a file.

    They are the same each time that the file is read, and tell nothing to who does not have it.
    """

    def __init__(self, digest: str) -> None:
        self._key = bytes.fromhex(digest)[:32]

    def code(self, kind: str, *facts: object) -> str:
        """Return 12 hexadecimal digits that stand for ``facts``."""
        return self._digest(kind, facts).hex()[:12]

    def label(self, kind: str, *facts: object) -> str:
        """Return a pseudonym to read, such as ``node-3f2a9c41b7d0``."""
        return f"{kind}-{self.code(kind, *facts)}"

    def iri(self, kind: str, *facts: object) -> str:
        """Return a ``urn:uuid`` that stands for ``facts`` (RFC 9562 §5.8)."""
        raw = bytearray(self._digest("iri/" + kind, facts))
        raw[6] = raw[6] & 0x0F | 0x80
        raw[8] = raw[8] & 0x3F | 0x80
        return f"urn:uuid:{UUID(bytes=bytes(raw))}"

    def _digest(self, kind: str, facts: tuple[object, ...]) -> bytes:
        from hashlib import blake2b

        text = "\0".join((kind, *map(str, facts)))
        return blake2b(text.encode("utf-8", "replace"), key=self._key, digest_size=16).digest()


def minted(system: str, kind: str, identifier: str) -> str:
    """Return the UUID of a thing that another system calls ``identifier``.

    An identifier that is a UUID itself is kept, so that the thing has the same name everywhere.
    """
    try:
        return str(UUID(identifier))
    except ValueError:
        return str(uuid5(NAMESPACE, f"{system}/{kind}/{identifier}"))
