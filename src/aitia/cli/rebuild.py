"""``aitia rebuild``: make the store again from the journals."""

from __future__ import annotations

import os
import shutil

import click

from aitia.cli import present
from aitia.cli.ingest import tell
from aitia.cli.opening import Progress, directory, opened
from aitia.errors import NotFoundError, StoreError, StoreLockedError


@click.command("rebuild")
@present.json_option
def command(as_json: bool) -> None:
    """Make the store again from the journals, which are the truth.

    A store that is damaged is set aside first. The graphs of unchanged runs come out equal.
    """
    try:
        graph = opened(ingest=False, writing=True)
    except (StoreLockedError, NotFoundError):
        raise
    except StoreError as error:
        _set_aside(error)
        graph = opened(ingest=False, writing=True)
    with graph, Progress("rebuilding") as progress:
        summary = graph.rebuild(progress=progress)
    tell(summary, as_json=as_json)


def _set_aside(error: StoreError) -> None:
    """Move a store that cannot be opened out of the way, under a name that says why."""
    from aitia.reader import STORE

    path = os.path.join(directory(), STORE)
    if not os.path.isdir(path):
        raise error
    target = path + ".damaged"
    number = 1
    while os.path.exists(target):
        number += 1
        target = f"{path}.damaged-{number}"
    shutil.move(path, target)
    present.aside(f"{error.got}; it was moved to {target}")
