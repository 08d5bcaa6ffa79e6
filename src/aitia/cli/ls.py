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
@present.json_option
def command(limit: int, status: str | None, name: str | None, as_json: bool) -> None:
    """List runs, newest first."""
    from aitia.query.runs import headlines, runs

    with opened() as graph:
        found = [
            run
            for run in runs(graph.store)
            if (status is None or run.status.lower() == status.lower())
            and (name is None or name.lower() in run.name.lower())
        ]
        shown = found[:limit]
        best = headlines(graph.store, shown) if shown else {}
        refused = 0 if as_json else len({row[-1] for row in graph.query("quarantined")})
    if as_json:
        present.emit_json([{**run._asdict(), "best": dict(best.get(run.iri, ()))} for run in shown])
        return
    if not shown:
        present.aside("no run" + (" like that; see: aitia ls" if status or name else " yet"))
        return
    present.rows(COLUMNS, [_row(run, best.get(run.iri, [])) for run in shown])
    if refused:
        noun = "record" if refused == 1 else "records"
        present.aside(f"{refused} {noun} in quarantine: aitia query quarantined")
    if len(found) > limit:
        present.aside(f"{len(found) - limit} more: aitia ls -n {len(found)}")


def _row(run: Run, best: list[tuple[str, float]]) -> tuple[object, ...]:
    status = run.status + (" (inferred)" if run.inferred else "")
    values = ", ".join(f"{quantity} {number(value)}" for quantity, value in best)
    return short_run(run.id), run.name, status, run.began, seconds(run.seconds), values
