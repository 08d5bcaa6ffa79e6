"""``aitia backup``: copy everything to a new folder, also while runs are recorded."""

from __future__ import annotations

import os
from time import monotonic, sleep
from typing import TYPE_CHECKING

import click

from aitia.cli import present
from aitia.cli.opening import PATIENCE, Progress, directory
from aitia.errors import NotFoundError, StoreLockedError
from aitia.query.wording import size
from aitia.store import owner

if TYPE_CHECKING:
    from aitia.store.oxigraph import OxigraphStore


@click.command("backup")
@click.argument("folder")
@click.option("--link", is_flag=True, help="Link sealed journals, in place of copying them.")
@present.json_option
def command(folder: str, link: bool, as_json: bool) -> None:
    """Copy journals, series and store to FOLDER, which must be new; aitia restore puts it back.

    Runs may go on meanwhile. Another command that holds the store is waited for; beside a server,
    journals and series are copied alone. Nothing is lost by that: imported records and causal
    findings lie in journals too, and aitia restore makes the same store again from them.
    """
    from aitia.keeping.backup import back_up

    source = directory()
    if not os.path.isdir(source):
        raise NotFoundError(
            f"nothing was recorded in {source}",
            expected="a data directory",
            next_step="aitia run python train.py, or: aitia demo",
        )
    store = _store(source)
    try:
        with Progress("copying") as progress:
            made = back_up(source, folder, store, link=link, progress=progress)
    finally:
        if store is not None:
            store.close()
    if as_json:
        present.emit_json(made)
        return
    present.echo(f"{made.path}: {made.files} files, {size(made.size)}")
    if not made.store:
        present.echo("all that was recorded, without the store: aitia restore makes it again")


def _store(source: str) -> OxigraphStore | None:
    """Return the store, or None when there is none or another process holds it for long."""
    from aitia.reader import STORE
    from aitia.store.oxigraph import OxigraphStore

    path = os.path.join(source, STORE)
    if not os.path.isdir(path):
        return None
    end = monotonic() + PATIENCE
    while True:
        try:
            return OxigraphStore(path)
        except StoreLockedError as error:
            found = owner.read(path)
            # A server holds it as long as it runs.
            if monotonic() > end or (found is not None and found.url and found.is_here()):
                present.aside(f"{error.got}; the copy is without it")
                return None
            sleep(0.1)
