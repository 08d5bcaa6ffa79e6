"""``aitia ls``: the runs, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aitia.cli import present
from aitia.cli.opening import opened
from aitia.query.wording import number, seconds, short_run

if TYPE_CHECKING:
    from aitia.query.runs import Run

COLUMNS = ("run", "name", "status", "began (UTC)", "took", "best values")


@click.command("ls")
@click.option("-n", "--limit", default=50, show_default=True, type=click.IntRange(min=1))
@click.option("--status", help="Only runs of this status, such as Failed or Interrupted.")
@click.option("--name", help="Only runs whose name has this in it.")
@click.option("--all", "everything", is_flag=True, help="Also runs that were pruned.")
@click.option("--pruned", is_flag=True, help="Only runs that were pruned.")
@present.json_option
def command(
    limit: int, status: str | None, name: str | None, everything: bool, pruned: bool, as_json: bool
) -> None:
    """List runs, newest first.

    Of a run that was pruned only a tombstone is left: its name, times and status.
    """
    from aitia.query.runs import headlines, runs

    with opened() as graph:
        alike = [
            run
            for run in runs(graph.store)
            if (status is None or run.status.lower() == status.lower())
            and (name is None or name.lower() in run.name.lower())
        ]
        found = [run for run in alike if everything or run.pruned == pruned]
        shown = found[:limit]
        best = headlines(graph.store, shown) if shown else {}
        refused = 0 if as_json else len({row[-1] for row in graph.query("quarantined")})
    if as_json:
        present.emit_json([{**run._asdict(), "best": dict(best.get(run.iri, ()))} for run in shown])
        return
    hidden = 0 if pruned else len(alike) - len(found)
    if not shown:
        narrowed = status or name or pruned
        present.aside("no run" + (" like that; see: aitia ls" if narrowed else " yet"))
        _hidden(hidden)
        return
    present.rows(COLUMNS, [_row(run, best.get(run.iri, [])) for run in shown])
    if refused:
        noun = "record" if refused == 1 else "records"
        present.aside(f"{refused} {noun} in quarantine: aitia query quarantined")
    if len(found) > limit:
        present.aside(f"{len(found) - limit} more: aitia ls -n {len(found)}")
    _hidden(hidden)


def _hidden(count: int) -> None:
    """Say how many runs are left out because they were pruned."""
    if count:
        present.aside(f"{count} pruned: aitia ls --pruned")


def _row(run: Run, best: list[tuple[str, float]]) -> tuple[object, ...]:
    values = ", ".join(f"{quantity} {number(value)}" for quantity, value in best)
    return short_run(run.id), run.name, run.ending(), run.began, seconds(run.seconds), values
