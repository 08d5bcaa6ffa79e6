"""Importer of Flowcept (ORNL): its offline buffer, one JSON message per line.

Each workflow becomes a run, each task and loop iteration a task of it. What is inferred and not
recorded lies in a second bundle, of the recorder ``flowcept-inference``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from aitia.importers.flowcept.buffer import parse
from aitia.importers.flowcept.inference import inferred
from aitia.importers.flowcept.machine import strip_secrets
from aitia.importers.flowcept.workflow import RECORDER, Import
from aitia.importers.port import FilePseudonyms, Imported, Pseudonyms
from aitia.importers.source import first_line, open_source

INFERENCE = f"{RECORDER}-inference"
"""The recorder of what was inferred."""

__all__ = ["INFERENCE", "RECORDER", "read", "recognises"]


def read(
    path: str | os.PathLike[str], *, pseudonyms: Pseudonyms | None = None
) -> Iterator[Imported]:
    """Yield the runs of a Flowcept buffer (``flowcept_buffer.jsonl``).

    Parameters
    ----------
    path:
        The buffer.
    pseudonyms:
        What hosts and users are called.

    Raises
    ------
    NotFoundError
        When there is no such file.
    ImportFormatError
        When a line is not a Flowcept message; the error names the line.
    """
    source = open_source(path)
    called = pseudonyms if pseudonyms is not None else FilePseudonyms(source.digest)
    workflows = parse(source)
    strip_secrets(workflows)
    for workflow in workflows:
        found = Import(workflow, source, called)
        yield Imported(found.run, RECORDER, found.records())
        guesses = inferred(workflow, found.run, found.parents())
        if guesses:
            records = [*source.records(found.run, INFERENCE), *guesses]
            yield Imported(found.run, INFERENCE, records)


def recognises(path: str | os.PathLike[str]) -> bool:
    """Say whether a file begins like a Flowcept buffer."""
    line = first_line(path)
    return line.startswith(b"{") and b'"workflow_id"' in line
