"""``aitia causal``: what the recorded facts say causes what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aitia.cli import present
from aitia.cli.opening import Progress, opened
from aitia.errors import ExportError
from aitia.query.wording import short_run

if TYPE_CHECKING:
    from aitia.causal import Analysis
    from aitia.reader import Graph


ENGINES = (
    "auto",
    "pc",
    "order",
    "causal-learn-pc",
    "fci",
    "ges",
    "grasp",
    "boss",
    "direct-lingam",
    "cd-nod",
)
"""Here by name, so that help loads no engine; a test holds them to ``causal.discover``."""


@click.command("causal")
@click.argument("name", default="training-runs")
@click.option("--target", required=True, help="The column to explain; see: aitia features.")
@click.option("--columns", help="Only these columns, with commas between; see: aitia features.")
@click.option("--out", type=click.Path(dir_okay=False), help="Draw the graph to this .svg file.")
@click.option("--alpha", default=0.05, show_default=True, help="Level of each test.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="auto",
    show_default=True,
    help="What searches; auto chooses by what the columns hold.",
)
@click.option("--latent/--no-latent", default=False, help="Allow unrecorded common causes, or not.")
@click.option(
    "--resamples",
    "--subsamples",
    "subsamples",
    default=50,
    show_default=True,
    help="Random halves of the runs.",
)
@click.option("--seed", default=0, show_default=True, help="Of the random halves.")
@click.option("--keep/--no-keep", default=True, help="Write the findings into the graph, or not.")
@present.json_option
def command(name: str, out: str | None, keep: bool, as_json: bool, **options: Any) -> None:
    """Find out what the recorded facts say causes TARGET.

    NAME is the feature table. The report states method, assumptions, sample and how stable each
    edge is; findings become records, which aitia query claims lists.
    """
    with opened() as graph:
        analysis = _analyse(graph, name, **options)
        if as_json:
            present.emit_json({"run": analysis.run, "claims": analysis.claims})
        else:
            present.echo(analysis.text)
        if out is not None:
            _draw(analysis.svg, out)
        if keep:
            _keep(graph, analysis)


def _analyse(
    graph: Graph, name: str, *, target: str, columns: str | None, **options: Any
) -> Analysis:
    from aitia.causal import analyse

    table = graph.features(name)
    if columns is not None:
        chosen = [column.strip() for column in columns.split(",") if column.strip()]
        table = table.select(list(dict.fromkeys([*chosen, target])))
    with Progress("searching", "subsamples") as progress:
        return analyse(table, target=target, progress=progress, **options)


def _keep(graph: Graph, analysis: Analysis) -> None:
    if graph.directory is None:
        present.aside("not kept: the store is another process's; end aitia serve to keep findings")
        return
    from aitia.ingest.pipeline import adopt

    adopt(graph.directory, analysis.records, run=analysis.run, recorder="causal")
    graph.ingest()
    present.aside(f"kept as {short_run(analysis.run)}: aitia query claims")


def _draw(svg: str, out: str) -> None:
    try:
        Path(out).write_text(svg, encoding="utf-8")
    except OSError as error:
        raise ExportError(f"{out} cannot be written ({error.strerror})") from error
    present.aside(f"drawn in {out}")
