"""Files and folders as entities, named by the SHA-256 of their content.

A file is read as a stream (``hashing``) and only up to the limit for digests; a larger one is told
by its size and time of change, and a Note says so.
"""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from aitia.capture import clock, hashing
from aitia.capture.hashing import Late, Status
from aitia.capture.quiet import quiet
from aitia.records.prov import Entity
from aitia.records.secrets import secrets_out, without_credentials
from aitia.records.values import Value, text
from aitia.vocabulary.iris import content_iri

if TYPE_CHECKING:
    from aitia.capture.run import Run

_MAX_FILES = 10_000

TYPES = {
    "model": "aitia:Model",
    "weights": "aitia:Model",
    "checkpoint": "aitia:Checkpoint",
    "data": "aitia:Dataset",
    "dataset": "aitia:Dataset",
    "training": "aitia:Dataset",
    "validation": "aitia:Dataset",
    "test": "aitia:Dataset",
}
"""The class of a file by the role that the user gave it; an Artifact for any other role."""

REMOTE = ("http://", "https://", "s3://", "gs://", "abfs://", "hdfs://", "hf://", "oci://")
"""What a text begins with that names data elsewhere, which is not read."""


class Content(NamedTuple):
    """What a path held when it was looked at; ``digest`` is None above the limit."""

    digest: str | None
    size: int
    changed: int


told: dict[str, str] = {}
"""The class of content that the user named the role of, by its digest."""


def entity_of(run: Run, path: str, *, role: str | None, limit: int) -> str | None:
    """Record the entity of a file, folder or remote address, and return its id.

    Returns None, with a Note, for a path where there is nothing.
    """
    kind = TYPES.get(role or "", "aitia:Artifact")
    if path.startswith(REMOTE):
        path = without_credentials(path)
        if path.startswith("http"):
            return _emit(run, Entity(path, kind, path.rsplit("/", 1)[-1] or path))
        entity = Entity(run.mint(), kind, path, attributes={"aitia:locator": path})
        return _emit(run, entity)
    try:
        content = look(path, limit)
    except OSError as error:
        run.note("missing-path", f"{error.strerror or error}: {readable(path)}")
        return None
    if content.digest is not None:
        return _emit(run, named(described(path, "", role, content.size), content.digest))
    run.note("no-digest", f"larger than {limit} bytes, told by size and time of change")
    entity = described(path, run.mint(), role, content.size)
    changed = {"prov:generatedAtTime": clock.date_time(content.changed)}
    return _emit(run, entity._replace(attributes={**entity.attributes, **changed}))


def described(path: str, name: str, role: str | None, size: int) -> Entity:
    """Return the entity of a file or folder under a name, before its digest is known."""
    attributes: dict[str, Value | list[Value]] = {
        "aitia:byteSize": size,
        "aitia:locator": locator(path),
    }
    label = readable(os.path.basename(path.rstrip(os.sep)) or path)
    return Entity(name, TYPES.get(role or "", "aitia:Artifact"), label, attributes=attributes)


def named(entity: Entity, digest: str) -> Entity:
    """Return an entity named by its digest; what the user called it holds for its content."""
    if entity.type != "aitia:Artifact":
        if len(told) >= _MAX_FILES:
            told.clear()
        told[digest] = entity.type
    return entity._replace(id=content_iri(digest), digest=digest)


def _emit(run: Run, entity: Entity) -> str:
    run.emit(entity)
    return entity.id


def readable(path: str) -> str:
    """Return a path as text without secrets; bytes that are not UTF-8 are escaped."""
    return text(secrets_out(path))


def locator(path: str) -> str:
    """Return where a path is, as a percent-encoded ``file:`` URI (RFC 3986, RFC 8089).

    Below the working directory it is relative to it; below the home folder that is called ``~``,
    so that the name of the user does not show; else it is absolute.
    """
    from urllib.parse import quote_from_bytes

    whole = secrets_out(os.path.abspath(path))
    for base, mark in ((_working_directory(), ""), (os.path.expanduser("~"), "~/")):
        # Below the root lies everything, which says nothing.
        if base.rstrip(os.sep) and whole.startswith(base.rstrip(os.sep) + os.sep):
            inside = whole[len(base.rstrip(os.sep)) + 1 :]
            return "file:" + mark + quote_from_bytes(os.fsencode(inside))
    return "file://" + quote_from_bytes(os.fsencode(whole))


def _working_directory() -> str:
    try:
        return os.getcwd()
    except OSError:
        # It was removed.
        return ""


def look(path: str, limit: int, late: Late | None = None) -> Content:
    """Return the digest, size and time of change of a file or folder.

    Raises
    ------
    OSError
        When it cannot be read.
    LateError
        When ``late`` said so before it was read.
    """
    with quiet:
        return _look(path, limit, late)


def _look(path: str, limit: int, late: Late | None) -> Content:
    found = os.stat(path)
    if stat.S_ISDIR(found.st_mode):
        return _folder(path, limit, late)
    if not stat.S_ISREG(found.st_mode) or found.st_size > limit:
        return Content(None, found.st_size, found.st_mtime_ns)
    # A file that changes while it is read is read once more.
    for _ in range(2):
        content = hashing.digest(path, Status.of(found), late)
        if content is not None:
            break
        found = os.stat(path)
    return Content(content, found.st_size, found.st_mtime_ns)


def _folder(path: str, limit: int, late: Late | None) -> Content:
    """Return a folder's content: the digest goes over the names and digests of its files."""
    total = changed = 0
    found: list[tuple[bytes, str, os.stat_result]] = []
    for here, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            full = os.path.join(here, name)
            status = os.stat(full)
            if stat.S_ISREG(status.st_mode):
                found.append((os.fsencode(os.path.relpath(full, path)), full, status))
                total += status.st_size
                changed = max(changed, status.st_mtime_ns)
        if total > limit or len(found) > _MAX_FILES:
            return Content(None, total, changed)
    digest = sha256()
    for name_bytes, full, status in found:
        inside = hashing.digest(full, Status.of(status), late)
        if inside is None:
            return Content(None, total, changed)
        digest.update(b"%d:%s:%s\n" % (len(name_bytes), name_bytes, inside.encode()))
    return Content(digest.hexdigest(), total, changed)
