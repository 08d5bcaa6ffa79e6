"""Exports: what was recorded, in the formats that others read.

>>> from aitia.export import FORMATS
>>> sorted(FORMATS)
['jsonld', 'nquads', 'provjson', 'rocrate', 'trig', 'turtle']
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from typing import BinaryIO, NamedTuple, cast

from aitia.errors import ExportError
from aitia.export.rocrate import CrateOptions
from aitia.export.selection import Selection, select
from aitia.export.target import Target, writing
from aitia.store.port import Store

__all__ = ["FORMATS", "CrateOptions", "Exported", "Format", "export", "format_of"]


class Format(NamedTuple):
    """One format: what it is, its media type, how its files end, and the function that writes it.

    ``endings`` begins with the usual one. A format of a folder has the ending ``/``.
    """

    title: str
    media_type: str
    endings: tuple[str, ...]
    writer: str


FORMATS: dict[str, Format] = {
    "turtle": Format("Turtle", "text/turtle", (".ttl",), "linkeddata:write_turtle"),
    "trig": Format("TriG", "application/trig", (".trig",), "linkeddata:write_trig"),
    "nquads": Format("N-Quads", "application/n-quads", (".nq",), "linkeddata:write_nquads"),
    "jsonld": Format("JSON-LD 1.1", "application/ld+json", (".jsonld",), "jsonld:write_jsonld"),
    "provjson": Format(
        "PROV-JSON", "application/json", (".prov.json", ".provjson"), "provjson:write_provjson"
    ),
    "rocrate": Format(
        "Process Run Crate 0.5", "application/ld+json", ("/",), "rocrate:write_rocrate"
    ),
}
"""All formats by name."""


class Exported(NamedTuple):
    """What an export wrote: of how many runs, and how many things.

    Things are statements of linked data, elements and relations of PROV-JSON, actions of a crate.
    """

    format: str
    runs: int
    things: int


def format_of(target: str | os.PathLike[str]) -> str:
    """Return the name of the format that a file name ends like.

    Raises
    ------
    ExportError
        When it ends like none.
    """
    name = os.fspath(target)
    for key, known in FORMATS.items():
        if name.lower().endswith(known.endings):
            return key
    endings = ", ".join(ending for known in FORMATS.values() for ending in known.endings)
    raise ExportError(
        f"{name!r} ends like no format",
        expected=f"one of {endings}",
        next_step=f"name the format: one of {', '.join(sorted(FORMATS))}",
    )


def export(
    store: Store,
    format: str,
    target: Target,
    run: str | None = None,
    *,
    crate: CrateOptions | None = None,
    stakeholder: str | None = None,
) -> Exported:
    """Write what was recorded to a file, a stream, or a folder for a crate.

    Parameters
    ----------
    store:
        What to read.
    format:
        One of ``FORMATS``.
    target:
        A path, or a binary stream; a folder that is new or empty for ``rocrate``.
    run:
        The UUID of one run; None for all.
    crate:
        Licence, date and files of a crate; used for ``rocrate`` alone.
    stakeholder:
        Name of a stakeholder, such as ``auditor``: only what matters to them is written.

    Raises
    ------
    ExportError
        When the format is unknown, or the target cannot be written.
    NotFoundError
        When there is no such run or stakeholder.
    """
    known = FORMATS.get(format)
    if known is None:
        raise ExportError(
            f"there is no format {format!r}",
            expected=f"one of {', '.join(sorted(FORMATS))}",
            next_step="aitia export --help",
        )
    selection = select(store, run, stakeholder)
    module, _, function = known.writer.partition(":")
    write = getattr(import_module(f"aitia.export.{module}"), function)
    if known.endings == ("/",):
        count = _into_folder(write, selection, target, crate or CrateOptions())
    else:
        with writing(target) as out:
            count = cast("Callable[[Selection, BinaryIO], int]", write)(selection, out)
    runs = {bundle.partition("#")[0] for bundle in selection.bundles}
    return Exported(format, len(runs), count)


def _into_folder(
    write: Callable[[Selection, str, CrateOptions], int],
    selection: Selection,
    target: Target,
    options: CrateOptions,
) -> int:
    if not isinstance(target, (str, os.PathLike)):
        raise ExportError(
            "a crate is a folder, and cannot go to a stream",
            expected="the path of a new or empty folder",
            next_step="name a folder",
        )
    return write(selection, os.fspath(target), options)
