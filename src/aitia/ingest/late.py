"""Files that a run left unhashed are hashed before its journal is read, if they are still the same.

What comes of it is added to the journal as a segment of its own, so the run's graph stays a
function of its journal.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from aitia.capture import files, hashing
from aitia.capture.hashing import Status
from aitia.capture.pending import PREFIX, SUFFIX
from aitia.errors import JournalError, RecordError
from aitia.journal.writer import JournalWriter
from aitia.records import Entity, Note, Record, decode, encode
from aitia.vocabulary.iris import content_iri


def settle(root: str) -> None:
    """Hash what the runs of a data directory put aside, and add the records to their journals.

    A journal that cannot be written keeps what it put aside for another time.
    """
    journal = os.path.join(root, "journal")
    try:
        runs = sorted(os.listdir(journal))
    except OSError:
        return
    for run in runs:
        folder = os.path.join(journal, run)
        try:
            names = [n for n in os.listdir(folder) if n.startswith(PREFIX) and n.endswith(SUFFIX)]
            for name in sorted(names):
                hashing.load(root)
                _settle(folder, run, name)
                hashing.save(root)
        except (OSError, JournalError):
            continue


def _settle(folder: str, run: str, name: str) -> None:
    path = os.path.join(folder, name)
    with open(path, "rb") as handle:
        lines = [orjson.loads(line) for line in handle if line.endswith(b"\n")]
    if not lines:
        os.unlink(path)
        return
    target = os.path.join(folder, "late-" + name[len(PREFIX) : -len(SUFFIX)] + ".jsonl")
    with TemporaryDirectory(dir=os.path.dirname(folder), prefix=".late-") as scratch:
        writer = JournalWriter.create(scratch, run=run, scope=str(lines[0]["scope"]))
        for line in lines:
            for record in _records(line):
                writer.write(encode(record))
        writer.close()
        assert writer.path is not None
        os.replace(writer.path, target)
    os.unlink(path)


def _records(line: dict[str, Any]) -> Iterator[Record]:
    """Yield the records of one file, named by its content where that is known."""
    found = _digest(line)
    if found is None:
        text = "files that were changed or gone before there was time to hash them"
        yield Note("no-digest", text)
    for text in line["records"]:
        try:
            record = decode(text)
        except RecordError:
            continue
        yield record if found is None else _named(record, line["name"], found)


def _named(record: Record, name: str, digest: str) -> Record:
    """Return a record that calls the file by its content."""
    if isinstance(record, Entity):
        return record._replace(id=content_iri(digest), digest=digest)
    changes: dict[str, Any] = {
        field: content_iri(digest)
        for field in ("entity", "derived")
        if getattr(record, field, None) == name
    }
    return record._replace(**changes)


def _digest(line: dict[str, Any]) -> str | None:
    path = os.fsdecode(bytes.fromhex(line["path"]))
    # It may have been hashed while the run went on, whatever became of it since.
    known = hashing.known(Status(*line["status"]))
    if known is not None:
        return known
    try:
        if Status.of(os.stat(path)) != Status(*line["status"]):
            return None
        return files.look(path, int(line["limit"])).digest
    except OSError:
        return None
