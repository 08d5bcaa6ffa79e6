"""``aitia diff A B``: what differs between two runs."""

from __future__ import annotations

import click

from aitia.cli import present
from aitia.cli.opening import opened
from aitia.query.wording import phrase, short_run

WIDTH = 48
"""Longest value shown on a terminal, in characters."""


@click.command("diff")
@click.argument("a")
@click.argument("b", default="last")
@click.option("--all", "everything", is_flag=True, help="Show also what they share.")
@present.json_option
def command(a: str, b: str, everything: bool, as_json: bool) -> None:
    """Show what differs between two runs: settings, data, code, software, machine, model, results.

    A and B are ids, their first characters, names, or last (the default of B).
    """
    from aitia.query.comparison import compare
    from aitia.query.runs import resolve

    with opened() as graph:
        left, right = resolve(graph.store, a), resolve(graph.store, b)
        found = compare(graph.store, left, right, everything=everything)
    if as_json:
        present.emit_json({"left": left, "right": right, "differences": found})
        return
    if not found:
        one, other = short_run(left.id), short_run(right.id)
        present.aside(f"{one} and {other} do not differ in what is compared")
        return
    present.rows(
        ("section", "what", *(f"{short_run(r.id)} {r.name}" for r in (left, right))),
        [(d.section, d.name, _shown(d.left), _shown(d.right)) for d in found],
    )


def _shown(value: object) -> str:
    text = "(not there)" if value is None else phrase(value)
    if len(text) > WIDTH and present.on_terminal():
        return text[: WIDTH - 1] + "…"
    return text
