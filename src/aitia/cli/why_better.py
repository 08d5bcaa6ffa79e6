"""``aitia why-better``: why one run did better than another."""

from __future__ import annotations

import click

from aitia.cli import present
from aitia.cli.knowing import knowledge_option
from aitia.cli.opening import opened


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
        told = why_better(graph.features(name, knowledge=knowledge), one, other, outcome=outcome)
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
            (s.setting, s.better, s.worse, f"{s.part:+.4g}", f"{s.low:+.4g}", f"{s.high:+.4g}")
            for s in told.shares
        ]
        + [("not explained by settings", "", "", f"{told.unexplained:+.4g}", "", "")],
    )
    for text in told.assumptions:
        present.aside(f"assumed: {text}")
