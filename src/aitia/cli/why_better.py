"""``aitia why-better``: why one run did better than another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aitia.cli import present
from aitia.cli.knowing import knowledge_option
from aitia.cli.opening import opened
from aitia.query.wording import named

if TYPE_CHECKING:
    from aitia.causal.curves import Called
    from aitia.projection.table import Cell


@click.command("why-better")
@click.argument("one", metavar="RUN")
@click.argument("other", metavar="RUN")
@click.option("--outcome", required=True, help="The column that they differ in.")
@click.option("--table", "name", default="training-runs", show_default=True, help="Feature table.")
@knowledge_option
@present.json_option
def command(
    one: str, other: str, outcome: str, name: str, knowledge: str | None, as_json: bool
) -> None:
    """Divide the difference of two units of a feature table among their differing settings.

    RUN is the IRI of a unit, or a part of it that no other has. What the settings do not explain,
    such as the seed, is told as the rest.
    """
    from aitia.causal.explain import why_better

    with opened() as graph:
        table = graph.features(name, knowledge=knowledge)
    told = why_better(table, one, other, outcome=outcome)
    if as_json:
        shares = [share._asdict() for share in told.shares]
        present.emit_json({**told._asdict(), "shares": shares, "difference": told.difference})
        return
    first, second = told.values
    present.echo(
        f"{outcome}: {first:.6g} of {told.one}, {second:.6g} of "
        f"{told.other}: {told.difference:+.4g}"
    )
    present.rows(
        ("setting", "first", "second", "part", "from", "to"),
        [
            (
                s.setting,
                *(_value(v, table.called) for v in (s.better, s.worse)),
                f"{s.part:+.4g}",
                f"{s.low:+.4g}",
                f"{s.high:+.4g}",
            )
            for s in told.shares
        ]
        + [("not explained by settings", "", "", f"{told.unexplained:+.4g}", "", "")],
    )
    for text in told.assumptions:
        present.aside(named(f"assumed: {text}", table.called))


def _value(value: Cell, called: Called) -> Cell:
    return named(value, called) if isinstance(value, str) else value
