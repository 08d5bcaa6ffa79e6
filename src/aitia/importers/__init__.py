"""Others' outputs, as records: each importer reads one format, and nothing else.

An importer is chosen by name and loaded when it is used:

>>> from aitia import importers
>>> sorted(importers.NAMES)
['flowcept', 'record-trails', 'table']

Whatever the origin leaves open, an importer says so in a ``Note``: what its format does not hold,
what was dropped, what was repaired. What it infers beyond the origin's own words lies in a bundle
of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module

from aitia.errors import ImportFormatError, NotFoundError
from aitia.importers.port import Imported, Importer, Pseudonyms

NAMES: dict[str, str] = {
    "flowcept": "aitia.importers.flowcept",
    "record-trails": "aitia.importers.record_trails",
    "table": "aitia.importers.table",
}
"""The importers by name, and the module that has each one's ``read`` and ``recognises``."""

__all__ = ["NAMES", "Imported", "Importer", "Pseudonyms", "detect", "load", "read"]


def load(name: str) -> Importer:
    """Return the importer of that name.

    Raises
    ------
    NotFoundError
        When there is none; the message lists those that there are.
    """
    module = NAMES.get(name)
    if module is None:
        raise NotFoundError(
            f"no importer {name!r}",
            expected=f"one of {', '.join(sorted(NAMES))}",
            next_step="leave the name out to have it found from the file",
        )
    found: Importer = import_module(module).read
    return found


def detect(path: str | os.PathLike[str]) -> str:
    """Return the name of the importer that recognises the beginning of a file or folder.

    Raises
    ------
    ImportFormatError
        When none does.
    """
    for name, module in NAMES.items():
        if import_module(module).recognises(path):
            return name
    raise ImportFormatError(
        f"{os.fspath(path)} is of no format that is known here",
        expected=f"the output of one of {', '.join(sorted(NAMES))}",
        next_step="name the importer to see what is wrong with the file",
    )


def read(
    path: str | os.PathLike[str],
    name: str | None = None,
    *,
    pseudonyms: Pseudonyms | None = None,
) -> Iterator[Imported]:
    """Read a file or folder with an importer, or with the one that recognises it.

    Parameters
    ----------
    path:
        What to read.
    name:
        One of ``NAMES``; found from the content when not given.
    pseudonyms:
        What hosts and users are called, such as the project's ``capture.identity.Pseudonyms``;
        without them their names are known only within this file.

    Raises
    ------
    NotFoundError
        When there is no such file, or no such importer.
    ImportFormatError
        When the content is not of the format, with the number of the line.
    """
    chosen = name if name is not None else detect(path)
    return load(chosen)(path, pseudonyms=pseudonyms)
