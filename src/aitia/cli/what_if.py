"""``aitia what-if``: what a run would have reached with other settings."""

from __future__ import annotations

import click

from aitia.cli import present
from aitia.cli.knowing import knowledge_option
from aitia.cli.opening import opened
from aitia.errors import ConfigError
from aitia.query.wording import named


@click.command("what-if")
@click.argument("run", metavar="RUN")
@click.argument("changes", metavar="NAME=VALUE...", nargs=-1, required=True)
@click.option("--outcome", required=True, help="The column that is asked about.")
@click.option("--table", "name", default="training-runs", show_default=True, help="Feature table.")
@knowledge_option
@present.json_option
def command(
    run: str,
    changes: tuple[str, ...],
    outcome: str,
    name: str,
    knowledge: str | None,
    as_json: bool,
) -> None:
    """Say what OUTCOME of a unit would have been with other settings, with an interval.

    RUN is the IRI of a unit of the feature table, or a part of it that no other has.
    """
    from aitia.causal.explain import what_if

    given = {}
    for change in changes:
        setting, equals, value = change.rpartition("=")
        if not equals or not setting:
            raise ConfigError(f"{change!r}", expected="NAME=VALUE, such as learningRate=0.01")
        given[setting] = value
    with opened() as graph:
        table = graph.features(name, knowledge=knowledge)
    told = what_if(table, run, given, outcome=outcome)
    if as_json:
        present.emit_json(told._asdict())
        return
    present.echo(
        f"{outcome} of {told.run} was {told.actual:.6g} and would have been "
        f"{told.expected:.6g} ({told.low:.6g} to {told.high:.6g}); {told.near} runs lie near"
    )
    if not told.near:
        present.aside("note: no run lies near these settings: the answer is a guess of the surface")
    for text in told.assumptions:
        present.aside(named(f"assumed: {text}", table.called))
