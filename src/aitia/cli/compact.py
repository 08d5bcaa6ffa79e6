"""``aitia compact``: make the store smaller, without what was deleted from it."""

from __future__ import annotations

import os

import click

from aitia.cli import present
from aitia.cli.opening import directory, opened
from aitia.errors import StoreLockedError
from aitia.query.wording import size


@click.command("compact")
@present.json_option
def command(as_json: bool) -> None:
    """Rewrite the store without what was deleted from it or replaced.

    Worth it after a prune, or after many ingests; it needs room for a second store meanwhile.
    """
    from aitia.keeping.sizes import folder_bytes
    from aitia.reader import STORE
    from aitia.store.oxigraph import OxigraphStore

    path = os.path.join(directory(), STORE)
    with opened(writing=True) as graph:
        if not isinstance(graph.store, OxigraphStore):
            raise StoreLockedError(
                "a server holds the store",
                expected="a store that this command can write to",
                next_step="stop it first; aitia doctor says which process it is",
            )
        before = folder_bytes(path)
        present.aside(f"compacting {size(before)}")
        graph.store.compact()
    # Opened anew, it lets go of the files that it no longer needs.
    with opened(writing=True):
        after = folder_bytes(path)
    if as_json:
        present.emit_json({"before": before, "after": after})
        return
    present.echo(f"{path}: {size(before)} before, {size(after)} now")
