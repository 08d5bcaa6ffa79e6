"""The files of a crate: those that lie where the graph says, with the content that it says."""

from __future__ import annotations

import mimetypes
import os
import shutil
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes, urlsplit

from aitia.export.facts import Facts

LARGEST_FILE = 10 << 20
"""Size in bytes up to which a file is copied into a crate, if not said otherwise."""

_TYPES = {".trig": "application/trig", ".jsonl": "application/jsonl", ".md": "text/markdown"}


class Copied(NamedTuple):
    """A file in the crate; ``path`` is relative to it, with slashes."""

    path: str
    size: int
    media_type: str

    @property
    def identifier(self) -> str:
        """The path as a relative URI."""
        return quote(self.path)


def copy_files(facts: Facts, things: list[str], folder: str, limit: int) -> dict[str, Copied]:
    """Copy what can be found of ``things`` into ``folder``, and return it by IRI.

    A file is copied when its place is known, its size is within ``limit`` bytes, and its content
    still has the digest that was recorded.
    """
    found = {thing: _copy(facts, thing, folder, limit) for thing in things}
    return {thing: copied for thing, copied in found.items() if copied is not None}


def _copy(facts: Facts, thing: str, folder: str, limit: int) -> Copied | None:
    digest = facts.one(thing, "aitia:sha256")
    if digest is None:
        return None
    for locator in facts.all(thing, "aitia:locator"):
        path = local_path(locator)
        if path is None or not _holds(path, digest, limit):
            continue
        name = os.fsencode(os.path.basename(path)).decode("utf-8", "replace")
        inside = f"data/{digest[:12]}/{name}"
        target = os.path.join(folder, *inside.split("/"))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(path, target)
        return Copied(inside, os.path.getsize(target), media_type(name))
    return None


def local_path(locator: str) -> str | None:
    """Return the path on this machine that a ``file:`` IRI names (RFC 8089), or None."""
    parts = urlsplit(locator)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        return None
    return os.path.expanduser(os.fsdecode(unquote_to_bytes(parts.path)))


def _holds(path: str, digest: str, limit: int) -> bool:
    """Say whether a regular file of at most ``limit`` bytes has this content."""
    found = sha256()
    try:
        if not os.path.isfile(path) or os.path.getsize(path) > limit:
            return False
        with open(path, "rb") as handle:
            while block := handle.read(1 << 20):
                found.update(block)
    except OSError:
        return False
    return found.hexdigest() == digest


def media_type(name: str) -> str:
    """Return the media type that a file name implies."""
    ending = os.path.splitext(name)[1].lower()
    return _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def file_entity(copied: Copied, name: str, more: Mapping[str, object]) -> dict[str, object]:
    """Return the description of a file in a crate."""
    return {
        "@id": copied.identifier,
        "@type": "File",
        "name": name,
        "contentSize": str(copied.size),
        "encodingFormat": copied.media_type,
        **more,
    }
