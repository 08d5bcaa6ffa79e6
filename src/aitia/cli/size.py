"""``aitia size``: how large what was recorded is, by run and by kind."""

from __future__ import annotations

import click

from aitia.cli import present
from aitia.cli.opening import directory, opened
from aitia.errors import StoreLockedError
from aitia.query.wording import short_run
from aitia.query.wording import size as in_words

MOST = 20
"""Runs that are shown without ``--all``."""


@click.command("size")
@click.option("--all", "everything", is_flag=True, help="Show every run.")
@present.json_option
def command(everything: bool, as_json: bool) -> None:
    """Show the room that runs take, largest first, and the room of each kind of file."""
    from aitia.keeping.sizes import measure

    where = directory()
    try:
        with opened() as graph:
            found = measure(where, graph.store)
    except StoreLockedError as error:
        present.aside(f"{error.got}; statements are not counted")
        found = measure(where, None)
    if as_json:
        present.emit_json({**found._asdict(), "total": found.total})
        return
    shown = found.runs if everything else found.runs[:MOST]
    present.rows(
        ("run", "name", "journal", "statements", "series", "refused"),
        [
            (
                short_run(r.run),
                r.name,
                in_words(r.journal),
                r.statements,
                in_words(r.series),
                r.refused,
            )
            for r in shown
        ],
    )
    if len(shown) < len(found.runs):
        present.aside(f"… and {len(found.runs) - len(shown)} more: aitia size --all")
    kinds = (("journals", found.journals), ("store", found.store), ("series", found.series))
    told = ", ".join(
        f"{name} {in_words(amount)}" for name, amount in (*kinds, ("other", found.other))
    )
    present.aside(f"{in_words(found.total)} in {where}: {told}")
