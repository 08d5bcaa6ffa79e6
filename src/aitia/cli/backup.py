"""``aitia backup``: copy everything to a new folder, also while runs are recorded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from aitia.cli import present
from aitia.cli.opening import Progress, directory
from aitia.errors import NotFoundError, StoreLockedError
from aitia.query.wording import size

if TYPE_CHECKING:
    from aitia.store.oxigraph import OxigraphStore


@click.command("backup")
@click.argument("folder")
@click.option("--link", is_flag=True, help="Link sealed journals, in place of copying them.")
@present.json_option
def command(folder: str, link: bool, as_json: bool) -> None:
    """Copy journals, series and store to FOLDER, which must be new; aitia restore puts it back.

    Runs may go on meanwhile, and another process may hold the store: it is copied as it is at one
    moment. Imported records and causal findings lie in journals too, and aitia restore brings in
    what the store did not have yet.
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
    """Return the store, beside its holder when another process holds it; None without one."""
    from aitia.reader import STORE
    from aitia.store.beside import StoreBeside
    from aitia.store.oxigraph import OxigraphStore

    path = os.path.join(source, STORE)
    if not os.path.isdir(path):
        return None
    try:
        return OxigraphStore(path)
    except StoreLockedError:
        pass
    try:
        return StoreBeside(path)
    except (StoreLockedError, NotFoundError) as error:
        present.aside(f"{error.got}; the copy is without it")
        return None
