"""Files whose digest is still to be taken when a run has ended, put aside beside its journal.

A line says what is to be recorded of a file under a name of this run's, and what the file system
said of the file. Who reads the journal hashes the file, if it is still the same, and adds the
records to the journal (``aitia.ingest.late``).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import orjson

from aitia.capture.hashing import Status
from aitia.records.codec import encode
from aitia.records.masking import masked
from aitia.records.prov import Record

if TYPE_CHECKING:
    from aitia.capture.run import Run

PREFIX, SUFFIX = "pending-", ".ndjson"


def put_aside(
    run: Run, path: str, name: str, records: Sequence[Record], own: str = ""
) -> str | None:
    """Put the records of a file aside, and return where; None where that cannot be done.

    ``name`` is what the records call the file: it is replaced by the name of its content. With
    ``own`` they lie in a file of their own, so that a reader may take them while the run goes on.
    """
    directory = run.published.get("AITIA_DIR")
    if not directory:
        return None
    folder = os.path.join(directory, "journal", run.id)
    line = {
        "path": os.fsencode(path).hex(),
        "status": list(Status.of(os.stat(path))),
        "limit": run.digest_limit,
        "name": name,
        "scope": run.scope,
        "records": [encode(masked(record)).decode() for record in records],
    }
    token = f"{run.scope or 'run'}-{own}" if own else run.scope or "run"
    aside = os.path.join(folder, f"{PREFIX}{token}{SUFFIX}")
    try:
        os.makedirs(folder, exist_ok=True)
        with open(aside, "ab") as handle:
            handle.write(orjson.dumps(line) + b"\n")
    except OSError:
        return None
    return aside


def take_back(aside: str) -> bool:
    """Take back what was put aside in a file of its own; False where a reader took it already."""
    try:
        os.unlink(aside)
    except OSError:
        return False
    return True
