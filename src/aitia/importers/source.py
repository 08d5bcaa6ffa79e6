"""The file that an import comes from: its lines, its digest, and how a bundle names it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from aitia.errors import ImportFormatError, NotFoundError
from aitia.records import Derived, Entity, Record
from aitia.vocabulary.iris import content_iri, slug


class Source(NamedTuple):
    """A file, named by its content."""

    path: str
    name: str
    digest: str
    size: int

    def refuse(self, line: int, got: str, *, expected: str, next_step: str) -> ImportFormatError:
        """Return the error that refuses one line of the file."""
        return ImportFormatError(
            f"line {line} of {self.name}: {got}", expected=expected, next_step=next_step
        )

    def records(self, run: str, recorder: str) -> Iterator[Record]:
        """Yield the file, and that the bundle of ``run`` and ``recorder`` derives from it."""
        iri = content_iri(self.digest)
        yield Entity(
            iri,
            "aitia:Artifact",
            self.name,
            digest=self.digest,
            attributes={"aitia:byteSize": self.size},
        )
        yield Derived(bundle_iri(run, recorder), iri)


def bundle_iri(run: str, recorder: str) -> str:
    """Return the named graph that holds what an importer says of a run."""
    return f"urn:uuid:{run}#bundle-{slug(recorder)}"


def open_source(path: str | os.PathLike[str]) -> Source:
    """Return the description of a file, after one pass over it.

    Raises
    ------
    NotFoundError
        When there is no such file.
    ImportFormatError
        When it cannot be read.
    """
    where = os.fspath(path)
    digest, size = sha256(), 0
    try:
        with open(where, "rb") as handle:
            while block := handle.read(1 << 20):
                digest.update(block)
                size += len(block)
    except FileNotFoundError:
        raise NotFoundError(f"no file {where!r}", next_step="check the path") from None
    except OSError as error:
        raise ImportFormatError(
            f"{where} cannot be read ({error.strerror})",
            expected="a file that this user may read",
        ) from None
    name = os.path.basename(where).encode("utf-8", "backslashreplace").decode()
    return Source(where, name, digest.hexdigest(), size)


def lines(source: Source) -> Iterator[tuple[int, bytes, bool]]:
    """Yield the number and content of each line, and whether its line break is there."""
    with open(source.path, "rb") as handle:
        for number, line in enumerate(handle, 1):
            yield number, line.rstrip(b"\r\n"), line.endswith(b"\n")


def first_line(path: str | os.PathLike[str], limit: int = 1 << 20) -> bytes:
    """Return the first line of a file up to ``limit`` bytes; empty when there is no such file."""
    try:
        with open(path, "rb") as handle:
            return handle.readline(limit)
    except OSError:
        return b""
