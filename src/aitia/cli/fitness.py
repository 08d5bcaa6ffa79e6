"""``aitia fitness``: where learning curves lead, and how much training that would have saved."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from aitia.cli import present
from aitia.cli.opening import opened
from aitia.errors import ExportError

if TYPE_CHECKING:
    from aitia.projection.fitness import Fitness


@click.command("fitness")
@click.argument("metric")
@click.option("--at", type=float, help="The step that is asked about; the last of each curve.")
@click.option(
    "--window",
    type=click.IntRange(min=2),
    default=3,
    show_default=True,
    help="Predictions that must agree.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0, min_open=True),
    help="How near, in the unit of the metric; half a percent of what it can be.",
)
@click.option(
    "--scale",
    type=click.FloatRange(min=0, min_open=True),
    help="The greatest value that the metric can have: 1, or 100 for percentages.",
)
@click.option("-o", "--out", type=click.Path(dir_okay=False), help="Write the features as CSV.")
@present.json_option
def command(  # noqa: PLR0913 - one parameter per option
    metric: str,
    at: float | None,
    window: int,
    tolerance: float | None,
    scale: float | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Predict where the curves of METRIC lead, and from which step on training may stop.

    The curve a - b ** (c - x) is fitted to a growing part of each; when the last predictions agree
    the rest need not be trained (fitness prediction as in PENGUIN).
    """
    from aitia.projection.fitness import Rule, fitness

    with opened() as graph:
        found = fitness(graph.store, metric, Rule(at, window, tolerance, scale))
    if as_json:
        present.emit_json([one._asdict() for one in found])
        return
    if out is not None:
        _write(out, found)
        return
    present.rows(
        ("training", "points", "asked", "predicted", "from", "saved", "reached", "off by", ""),
        [
            (one.name, one.points, *map(_short, (one.at, one.predicted, one.converged_at)),
             f"{one.saved / one.at:.0%}" if one.at and one.predicted is not None else "",
             _short(one.last), _short(one.error), one.why)
            for one in found
        ],
    )  # fmt: skip
    _sum_up(found)


def _sum_up(found: Sequence[Fitness]) -> None:
    """Say how much all trainings together would have saved, and how far off that was."""
    from statistics import median

    steps = sum(one.at or 0.0 for one in found)
    saved = sum(one.saved for one in found)
    off = sorted(one.error for one in found if one.error is not None)
    agreed = sum(one.predicted is not None for one in found)
    present.aside(
        f"{agreed} of {len(found)} predicted; {saved:g} of {steps:g} steps saved"
        + (f" ({saved / steps:.0%})" if steps else "")
        + (f"; off by {_short(median(off))} (median), {_short(off[-1])} at worst" if off else "")
    )


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _write(out: str, found: Sequence[Fitness]) -> None:
    try:
        with open(out, "w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(found[0]._fields)
            writer.writerows(found)
    except OSError as error:
        raise ExportError(f"{out} cannot be written ({error.strerror})") from error
    present.aside(f"{out}: {len(found)} trainings")
