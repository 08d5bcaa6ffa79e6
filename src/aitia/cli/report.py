"""``aitia report``: what was found, as one page to read, print or hand on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aitia.cli import present
from aitia.cli.causal import analysed, analysis_options, kept
from aitia.cli.opening import opened
from aitia.errors import ExportError


@click.command("report")
@click.argument("name", default="training-runs")
@click.option(
    "--causal", is_flag=True, required=True, help="What acts on TARGET, and how much (needed)."
)
@click.option("--target", required=True, help="The column to explain; see: aitia features.")
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False),
    default="report.html",
    show_default=True,
    help="Where to write the page.",
)
@click.option(
    "--through",
    multiple=True,
    help="Divide the greatest effects by what goes through this column; may be repeated.",
)
@analysis_options
def command(name: str, causal: bool, out: str, keep: bool, **options: Any) -> None:
    """Write a page that says what acts on TARGET, how much, and what that rests on.

    NAME is the feature table. The page stands alone: no script, nothing from the network. What it
    says becomes records, as that of aitia causal does.
    """
    assert causal
    with opened(writing=keep) as graph:
        analysis = analysed(graph, name, effects=True, **options)
        try:
            Path(out).write_text(analysis.html, encoding="utf-8")
        except OSError as error:
            raise ExportError(f"{out} cannot be written ({error.strerror})") from error
        present.aside(f"written to {out}")
        if keep:
            kept(graph, analysis)
