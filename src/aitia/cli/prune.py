"""``aitia prune``: let go of old runs; what stays of them says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from aitia.cli import present
from aitia.cli.opening import Progress, opened
from aitia.errors import ConfigError, StoreLockedError
from aitia.query.wording import short_run, size

if TYPE_CHECKING:
    from aitia.keeping.retention import Candidate, Rule
    from aitia.reader import Graph

_UNITS = {"h": 3600, "d": 86_400, "w": 7 * 86_400, "y": 365 * 86_400}


class Age(click.ParamType[float]):
    """A time span such as ``30d``."""

    name = "age"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        """Return seconds."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([hdwy])", str(value))
        if found is None:
            self.fail(f"{value!r} is no time span; expected one such as 12h, 30d, 8w or 1y")
        return float(found[1]) * _UNITS[found[2]]


@click.command("prune")
@click.option("--older-than", type=Age(), metavar="AGE", help="Began longer ago: 12h, 30d, 8w, 1y.")
@click.option("--keep", type=click.IntRange(min=0), metavar="N", help="The newest N runs stay.")
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice(["Completed", "Failed", "Cancelled", "Interrupted"]),
    help="Ended so; may be repeated.",
)
@click.option("--run", "named", multiple=True, metavar="RUN", help="This run; may be repeated.")
@click.option("--reason", default="", help="Why; it is recorded.")
@click.option("--yes", is_flag=True, help="Do it. Without, only what would be done is said.")
@present.json_option
def command(yes: bool, as_json: bool, **conditions: Any) -> None:
    """Remove the journals and graphs of runs for which all conditions hold.

    A tombstone stays of each: its name, times and status, the digest of its records, and who let go
    of it, when and why. Causal claims that rest on it are stale then: aitia query stale-claims.
    Runs that still go are never removed. Without --yes nothing is.
    """
    from aitia.keeping.retention import choose, prune

    with opened(writing=True) as graph:
        if graph.directory is None:
            raise StoreLockedError(
                "a server holds the store",
                expected="a store that this command can write to",
                next_step="stop it first; aitia doctor says which process it is",
            )
        chosen = choose(graph.directory, graph.store, _rule(graph, conditions))
        if yes and chosen:
            with Progress("pruning", "runs") as progress:
                prune(
                    graph.directory,
                    graph.store,
                    chosen,
                    _reason(conditions["reason"]),
                    extensions=graph.extensions,
                    progress=progress,
                )
    if as_json:
        rows = [{**one.run._asdict(), "bytes": one.size} for one in chosen]
        present.emit_json({"pruned": bool(yes and chosen), "runs": rows})
        return
    _tell(chosen, done=yes)


def _rule(graph: Graph, conditions: dict[str, Any]) -> Rule:
    from aitia.keeping.retention import Rule
    from aitia.query.runs import resolve

    named = {resolve(graph.store, run).id for run in conditions["named"]}
    others = conditions["older_than"], conditions["keep"], frozenset(conditions["statuses"])
    if not named and others == (None, None, frozenset()):
        raise ConfigError(
            "no condition says which runs to let go",
            expected="--older-than, --keep, --status or --run",
            next_step="aitia prune --older-than 90d --status Failed",
        )
    return Rule(named, *others)


def _reason(text: str) -> Any:
    from aitia.config import load
    from aitia.keeping.retention import Reason

    return Reason(text, load().agent)


def _tell(chosen: list[Candidate], *, done: bool) -> None:
    present.rows(
        ("run", "name", "status", "began (UTC)", "size"),
        [
            (short_run(one.run.id), one.run.name, one.run.status, one.run.began, size(one.size))
            for one in chosen
        ],
    )
    noun = "run" if len(chosen) == 1 else "runs"
    total = size(sum(one.size for one in chosen))
    if done:
        present.aside(f"{len(chosen)} {noun} pruned, {total} of journals")
    else:
        present.aside(f"{len(chosen)} {noun}, {total} of journals; nothing was removed: add --yes")
