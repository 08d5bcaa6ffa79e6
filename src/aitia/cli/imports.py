"""``aitia import``: what other systems recorded, as journals of one's own."""

from __future__ import annotations

import os

import click

from aitia.cli import present
from aitia.cli.ingest import tell
from aitia.cli.opening import Progress, directory, opened
from aitia.errors import ImportFormatError, NotFoundError
from aitia.importers import NAMES


@click.command(
    "import",
    help=f"""Bring in what another system recorded: {", ".join(sorted(NAMES))}.

    Without SYSTEM it is told from the content. Importing the same file twice changes nothing.
    """,
)
@click.argument("words", nargs=-1, required=True, metavar="[SYSTEM] PATH...")
@present.json_option
def command(words: tuple[str, ...], as_json: bool) -> None:
    """Read files of others into journals, and these into the store."""
    known = words[0] in NAMES and not os.path.exists(words[0])
    system, paths = (words[0], words[1:]) if known else (None, words)
    if not paths:
        raise ImportFormatError(
            "no file", expected="what to import", next_step=f"aitia import {words[0]} PATH"
        )
    _check(paths, system)
    target = directory()
    os.makedirs(target, exist_ok=True)
    runs = {run for path in paths for run in _adopt(path, system, target)}
    if not as_json:
        noun = "run" if len(runs) == 1 else "runs"
        present.echo(f"read {len(runs)} {noun} from {', '.join(paths)}")
    with opened(ingest=False, writing=True) as graph, Progress("ingesting") as progress:
        summary = graph.ingest(progress=progress)
    tell(summary, as_json=as_json)


def _check(paths: tuple[str, ...], system: str | None) -> None:
    for path in paths:
        if not os.path.exists(path):
            first = path == paths[0] and system is None and len(paths) > 1
            raise NotFoundError(
                f"no file {path!r}" + (", and no system of that name" if first else ""),
                expected=f"a file or folder, or a system among {', '.join(sorted(NAMES))}",
                next_step="aitia import --help",
            )


def _adopt(path: str, system: str | None, target: str) -> list[str]:
    from aitia.capture.identity import load
    from aitia.importers import read
    from aitia.ingest.pipeline import adopt

    found = []
    for imported in read(path, system, pseudonyms=load(target)):
        adopt(target, imported.records, run=imported.run, recorder=imported.recorder)
        found.append(imported.run)
    return found
