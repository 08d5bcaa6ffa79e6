"""``aitia ingest``: bring new journals into the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aitia.cli import present
from aitia.cli.opening import Progress, opened
from aitia.query.wording import short_run

if TYPE_CHECKING:
    from aitia.ingest.pipeline import Summary

SHOWN = 20
"""Refused records that are shown."""


@click.command("ingest")
@present.json_option
def command(as_json: bool) -> None:
    """Bring new journals into the store, judged by the shapes.

    Every command that reads does this first; this one says what came of it.
    """
    with opened(ingest=False) as graph, Progress("ingesting") as progress:
        summary = graph.ingest(progress=progress)
    tell(summary, as_json=as_json)


def tell(summary: Summary, *, as_json: bool) -> None:
    """Print what an ingest did."""
    if as_json:
        present.emit_json(summary)
        return
    if not summary.runs:
        present.echo("nothing new")
    else:
        noun = "bundle" if summary.runs == 1 else "bundles"
        present.echo(
            f"{summary.runs} {noun}, {summary.records:,} records, {summary.quads:,} statements"
        )
    _refused(summary)
    for problem in summary.problems:
        present.echo(f"damaged: {problem}")
    _results(summary)


def _refused(summary: Summary) -> None:
    for refused in summary.refused[:SHOWN]:
        where = f"{short_run(refused.run)} {refused.segment} line {refused.number}"
        present.echo(f"refused: {where}: {refused.text()}")
        for reason in refused.reasons:
            present.echo(f"  because: {reason}")
    if summary.refused:
        present.echo("they wait in quarantine: aitia query quarantined")
    if len(summary.refused) > SHOWN:
        present.echo(f"… and {len(summary.refused) - SHOWN} more refused; all: aitia ingest --json")


def _results(summary: Summary) -> None:
    weaker = [result for _, result in summary.results if result.severity != "must"]
    if weaker:
        present.echo(f"{len(weaker)} findings that are not errors: aitia validate")
