"""``aitia causal``: what the recorded facts say causes what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aitia.cli import present
from aitia.cli.knowing import knowledge_option, write
from aitia.cli.opening import Progress, opened
from aitia.errors import ExportError
from aitia.query.wording import short_run

F = TypeVar("F", bound=Callable[..., Any])

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


def analysis_options(function: F) -> F:
    """Give a command the options of an analysis."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return knowledge_option(function)


_OPTIONS = (
    click.option("--columns", help="Only these columns, with commas between; see: aitia features."),
    click.option("--alpha", default=0.05, show_default=True, help="Level of each test."),
    click.option(
        "--engine",
        type=click.Choice(ENGINES),
        default="auto",
        show_default=True,
        help="What searches; auto chooses by what the columns hold.",
    ),
    click.option(
        "--latent/--no-latent", default=False, help="Allow unrecorded common causes, or not."
    ),
    click.option(
        "--resamples",
        "--subsamples",
        "subsamples",
        default=50,
        show_default=True,
        help="Random halves of the runs.",
    ),
    click.option("--seed", default=0, show_default=True, help="Of the random halves."),
    click.option(
        "--keep/--no-keep", default=True, help="Write the findings into the graph, or not."
    ),
)


@click.command("causal")
@click.argument("name", default="training-runs")
@click.option("--target", help="The column to explain; see: aitia features.")
@click.option("--out", type=click.Path(dir_okay=False), help="Draw the graph to this .svg file.")
@click.option(
    "--write-knowledge",
    "template",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write what the graph says beforehand to a file to edit, and stop.",
)
@analysis_options
@present.json_option
def command(
    name: str, out: str | None, keep: bool, template: str | None, as_json: bool, **options: Any
) -> None:
    """Find out what the recorded facts say causes TARGET.

    NAME is the feature table. The report states method, assumptions, sample and how stable each
    edge is; findings become records, which aitia query claims lists.
    """
    if options["target"] is None and template is None:
        raise click.UsageError("Missing option '--target'.")
    with opened(writing=keep) as graph:
        if template is not None:
            write(graph.features(name), template)
            return
        analysis = analysed(graph, name, **options)
        if as_json:
            present.emit_json({"run": analysis.run, "claims": analysis.claims})
        else:
            present.echo(analysis.text)
        if out is not None:
            _draw(analysis.svg, out)
        if keep:
            kept(graph, analysis)


def analysed(graph: Graph, name: str, *, columns: str | None = None, **options: Any) -> Analysis:
    """Return the analysis of a feature table, with a bar while it goes on."""
    chosen = [column.strip() for column in (columns or "").split(",") if column.strip()]
    with Progress("searching", "subsamples") as progress:
        return graph.analyse(name, columns=chosen, progress=progress, **options)


def kept(graph: Graph, analysis: Analysis) -> None:
    """Write the findings into the graph, unless another process holds it; say which."""
    if graph.directory is None:
        present.aside("not kept: the store is another process's; end aitia serve to keep findings")
        return
    graph.keep(analysis)
    present.aside(f"kept as {short_run(analysis.run)}: aitia query claims")


def _draw(svg: str, out: str) -> None:
    try:
        Path(out).write_text(svg, encoding="utf-8")
    except OSError as error:
        raise ExportError(f"{out} cannot be written ({error.strerror})") from error
    present.aside(f"drawn in {out}")
