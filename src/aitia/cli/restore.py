"""``aitia restore``: put a copy back where there is nothing."""

from __future__ import annotations

import click

from aitia.cli import present
from aitia.cli.opening import Progress, directory, opened
from aitia.query.wording import size


@click.command("restore")
@click.argument("folder")
@present.json_option
def command(folder: str, as_json: bool) -> None:
    """Put what aitia backup copied to FOLDER in the place of the data directory.

    Each file is compared with what was copied. Nothing is written over: move a data directory that
    is there out of the way first. Runs that the copy's store lacks are brought in.
    """
    from aitia.keeping.backup import restore

    with Progress("restoring") as progress:
        made = restore(folder, directory(), progress=progress)
    with opened(writing=True) as graph:
        runs = len(graph.runs())
    if as_json:
        present.emit_json({**made._asdict(), "runs": runs})
        return
    present.echo(f"{made.path}: {runs} runs, {made.files} files, {size(made.size)}")
    if not made.store:
        present.echo("the copy was without the store; it was made again from the journals")
