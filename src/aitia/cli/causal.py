"""``aitia causal``: what the recorded facts say causes what."""

from __future__ import annotations

from pathlib import Path

import click

from aitia.cli import present
from aitia.cli.opening import directory, opened
from aitia.errors import ExportError
from aitia.query.wording import short_run


@click.command("causal")
@click.argument("name", default="training-runs")
@click.option("--target", required=True, help="The column to explain; see: aitia features.")
@click.option("--out", type=click.Path(dir_okay=False), help="Draw the graph to this .svg file.")
@click.option("--keep/--no-keep", default=True, help="Write the findings into the graph.")
def command(name: str, target: str, out: str | None, keep: bool) -> None:
    """Find out what the recorded facts say causes TARGET.

    NAME is the feature table. The report states method, assumptions, sample and how stable each
    edge is; findings become records, which aitia query claims lists.
    """
    from aitia.causal import analyse

    with opened() as graph:
        analysis = analyse(graph.features(name), target=target)
        present.echo(analysis.text)
        if out is not None:
            _draw(analysis.svg, out)
        if keep and graph.directory is not None:
            from aitia.ingest.pipeline import adopt

            adopt(directory(), analysis.records, run=analysis.run, recorder="causal")
            graph.ingest()
            present.aside(f"kept as {short_run(analysis.run)}: aitia query claims")


def _draw(svg: str, out: str) -> None:
    try:
        Path(out).write_text(svg, encoding="utf-8")
    except OSError as error:
        raise ExportError(f"{out} cannot be written ({error.strerror})") from error
    present.aside(f"drawn in {out}")
