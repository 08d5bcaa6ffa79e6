"""RO-Crate 1.1 with the profile Process Run Crate 0.5: a folder that tells what was run.

Each run, and each task that used or generated data, is an action. The whole provenance lies in the
crate as TriG and as PROV-JSON. Files are copied in when they are found unchanged and are small;
what is not in the crate is named by its digest.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from aitia.errors import ExportError
from aitia.export.crate_actions import CrateGraph, actions, is_data, made, used
from aitia.export.crate_files import LARGEST_FILE, Copied, copy_files, file_entity, media_type
from aitia.export.facts import Facts
from aitia.export.linkeddata import write_trig
from aitia.export.provjson import write_provjson
from aitia.export.selection import Selection
from aitia.export.target import unwritable
from aitia.query.classes import ancestors

METADATA = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
CONTEXT = [f"{SPECIFICATION}/context", "https://w3id.org/ro/terms/workflow-run/context"]

_PARTS = {
    "provenance.trig": (write_trig, "the provenance as PROV-O, one named graph per bundle"),
    "provenance.prov.json": (write_provjson, "the provenance as PROV-JSON"),
}
_NO_LICENCE = {
    "@id": "#no-licence",
    "@type": "CreativeWork",
    "name": "No licence was chosen",
    "description": "All rights are reserved by the owners until they choose a licence.",
}


class CrateOptions(NamedTuple):
    """What a crate needs and a graph does not hold.

    ``licence`` is the IRI of the licence of the whole; without one the crate says that none was
    chosen. ``published`` is the date of publication, now if not given. Files of up to
    ``largest_file`` bytes are copied.
    """

    licence: str | None = None
    published: datetime | None = None
    largest_file: int = LARGEST_FILE


def write_rocrate(selection: Selection, folder: str, options: CrateOptions) -> int:
    """Write a crate into a new or empty folder; return how many actions it tells of.

    Raises
    ------
    ExportError
        When the folder holds something, or cannot be written.
    """
    target = os.path.abspath(folder)
    _check_empty(target)
    aside = f"{target}.{os.getpid()}.part"
    try:
        os.mkdir(aside)
        count = _fill(selection, aside, options)
        if os.path.isdir(target):
            os.rmdir(target)
        os.rename(aside, target)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return count


def _check_empty(folder: str) -> None:
    try:
        held = os.listdir(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise unwritable(folder, error) from error
    if held:
        raise ExportError(
            f"{folder} holds {len(held)} files already",
            expected="a new or an empty folder for the crate",
            next_step="name another folder, or empty this one",
        )


def _fill(selection: Selection, folder: str, options: CrateOptions) -> int:
    import orjson

    facts = Facts(selection.union(), ancestors(selection.store))
    told = actions(facts)
    things = {item for action in told for item in (*used(facts, action), *made(facts, action))}
    data = sorted(thing for thing in things if is_data(facts, thing))
    copied = copy_files(facts, data, folder, options.largest_file)
    parts = [_part(selection, folder, name) for name in _PARTS]
    graph = CrateGraph(facts, copied)
    told_of = [graph.action(action) for action in told]
    root = _root(facts, [action["@id"] for action in told_of], parts, graph, options)
    document = {"@context": CONTEXT, "@graph": [*root, *parts, *graph.entities.values()]}
    layout = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    with open(os.path.join(folder, METADATA), "wb") as handle:
        handle.write(orjson.dumps(document, option=layout))
    return len(told_of)


def _part(selection: Selection, folder: str, name: str) -> dict[str, Any]:
    write, description = _PARTS[name]
    path = os.path.join(folder, name)
    with open(path, "wb") as handle:
        write(selection, handle)
    copied = Copied(name, os.path.getsize(path), media_type(name))
    return file_entity(copied, name, {"description": description})


def _root(
    facts: Facts,
    told: list[str],
    parts: list[dict[str, Any]],
    graph: CrateGraph,
    options: CrateOptions,
) -> list[dict[str, Any]]:
    runs = [action for action in told if "#" not in action]
    files = [entity["@id"] for entity in graph.entities.values() if entity["@type"] == "File"]
    people = [e["@id"] for e in graph.entities.values() if e["@type"] == "Person"]
    name = f"Provenance of {facts.label(runs[0])}" if len(runs) == 1 else _many(len(runs))
    licence = _licence(options.licence)
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": name,
        "description": (
            f"What was run, on what, with what result: {len(told)} executions recorded by Aitia, "
            "with the whole provenance in provenance.trig and provenance.prov.json."
        ),
        "datePublished": (options.published or datetime.now(UTC)).isoformat(timespec="seconds"),
        "license": {"@id": licence["@id"]},
        "conformsTo": {"@id": PROFILE},
        "hasPart": [{"@id": part["@id"]} for part in parts] + [{"@id": file} for file in files],
        "mentions": [{"@id": action} for action in told] if len(told) != 1 else {"@id": told[0]},
        **_authors(people),
    }
    descriptor = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": SPECIFICATION},
        "about": {"@id": "./"},
    }
    profile = {
        "@id": PROFILE,
        "@type": "CreativeWork",
        "name": "Process Run Crate",
        "version": "0.5",
    }
    return [descriptor, root, profile, dict(licence)]


def _authors(people: list[str]) -> dict[str, Any]:
    if not people:
        return {}
    named = [{"@id": person} for person in people]
    return {"author": named if len(named) > 1 else named[0]}


def _many(count: int) -> str:
    return f"Provenance of {count} runs"


def _licence(iri: str | None) -> Mapping[str, str]:
    if iri is None:
        return _NO_LICENCE
    return {
        "@id": iri,
        "@type": "CreativeWork",
        "name": iri.rstrip("/").rpartition("/")[2] or iri,
        "description": f"The licence of this crate: {iri}",
    }
