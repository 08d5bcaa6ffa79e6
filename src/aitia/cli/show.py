"""``aitia show RUN``: one run, by layer."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from aitia.cli import present
from aitia.cli.opening import opened
from aitia.query.wording import (
    attribute,
    condensed,
    measured,
    phrase,
    seconds,
    short_run,
    size,
    words,
)

if TYPE_CHECKING:
    from aitia.query.facts import Facts, Thing
    from aitia.query.metrics import Metric
    from aitia.query.runs import Run
    from aitia.reader import Graph

MOST = 12
"""Lines of one section without ``--all``."""

READ = 2_000
"""Metrics that are read without ``--all``."""

_TOLD = frozenset({"label", "status", "startedAtTime", "endedAtTime", "durationSeconds"})
_BARS = "▁▂▃▄▅▆▇█"


@click.command("show")
@click.argument("run", default="last")
@click.option("--all", "everything", is_flag=True, help="Shorten no list.")
@click.option("--raw", is_flag=True, help="Print every record, as it was written.")
@present.json_option
def command(run: str, everything: bool, raw: bool, as_json: bool) -> None:
    """Show one run: what it used, made, on what machine, with which code.

    RUN is an id, its first characters, a name, or last (the default).
    """
    from aitia.query.facts import MOST as MOST_READ
    from aitia.query.facts import facts
    from aitia.query.runs import resolve

    with opened() as graph:
        meant = resolve(graph.store, run)
        if raw:
            _raw(graph, meant)
            return
        most = MOST_READ if everything or as_json else READ
        found = facts(graph.store, meant.iri, most=most)
    if as_json:
        present.emit_json({**found._asdict(), "run": meant})
        return
    _Page(meant, found, None if everything else MOST).show()


def _raw(graph: Graph, run: Run) -> None:
    """Print all lines of a run's journals; where there are none here, its statements."""
    from aitia.journal.reader import segments

    found = segments(os.path.join(graph.directory, "journal")) if graph.directory else []
    own = [segment for segment in found if segment.run == run.id]
    for segment in own:
        with open(segment.path, "rb") as handle:
            for line in handle:
                # The room that a journal still being written has kept is no record.
                if text := line.strip(b"\0").decode("utf-8", "replace").rstrip():
                    present.echo(text)
    if not own:
        _statements(graph, run)


def _statements(graph: Graph, run: Run) -> None:
    from aitia.query.facts import bundles
    from aitia.server.results import triples

    graphs = bundles(graph.store, run.iri)
    found = graph.store.construct("CONSTRUCT WHERE { ?s ?p ?o }", graphs=graphs)
    present.echo(triples(found, "text/turtle").decode())


class _Page:
    """The sections of what is printed."""

    def __init__(self, run: Run, facts: Facts, most: int | None) -> None:
        self.run = run
        self.facts = facts
        self.most = most

    def show(self) -> None:
        """Print all sections that have something to say."""
        self.head()
        self.section("Used and made", self.contents())
        self.section("Tasks", self.tasks())
        self.section("Metrics", self.metrics(telemetry=False), self.facts.unread)
        self.section("Settings", self.settings())
        for layer, things in self.facts.layers.items():
            self.section(f"{layer.capitalize()} layer", map(_thing, things))
        self.section("Telemetry", self.metrics(telemetry=True))
        notes = [
            f"{note.text}{f' ({note.times} times)' if note.times > 1 else ''}"
            for note in self.facts.notes
        ]
        self.section("Not seen", notes)

    def head(self) -> None:
        """Print what the run is, how it ended and how it was called."""
        run, head = self.run, self.facts.head
        parts = [run.name or short_run(run.id), run.ending()]
        present.heading(" · ".join([*parts, *filter(None, [seconds(run.seconds)])]))
        present.echo(f"  run {run.id}")
        if run.pruned:
            present.echo("  only its tombstone is left; runs named prune say who let go of it, why")
        if run.began:
            present.echo(f"  began {phrase(run.began)} UTC")
        for name, value in sorted(head.items()):
            if name not in _TOLD:
                present.echo(f"  {words(name)}: {attribute(value, name)}")

    def section(self, title: str, lines: Iterable[str], unread: int = 0) -> None:
        """Print a heading and its lines, as many as are wanted; ``unread`` ones are counted."""
        found = list(lines)
        if not found:
            return
        present.echo()
        present.heading(title)
        for line in found[: self.most]:
            present.echo(f"  {line}")
        shown = min(len(found), self.most or len(found))
        if left := len(found) - shown + unread:
            way = "aitia query final-metrics" if self.most is None else "--all"
            present.echo(f"  … and {left:,} more: {way}")

    def contents(self) -> list[str]:
        """Return one line per file or data set."""
        lines = []
        for content in self.facts.contents:
            kind = words(content.type.partition(":")[2])
            facts = [kind]
            if content.bytes is not None:
                facts.append(size(content.bytes))
            if content.locator:
                facts.append(content.locator)
            if content.sha256:
                facts.append(f"sha256 {content.sha256[:12]}…")
            lines.append(
                f"{'made' if content.made else 'used'}  {content.label}  {', '.join(facts)}"
            )
        return lines

    def tasks(self) -> Sequence[str]:
        """Return one line per name of task."""
        rows = [
            (
                task.name,
                f"{task.times} ×" if task.times > 1 else "",
                seconds(task.seconds),
                words(task.type.partition(":")[2]),
                ", ".join(status for status in task.statuses if status != "Completed"),
            )
            for task in self.facts.activities
        ]
        return _aligned(rows)

    def metrics(self, *, telemetry: bool) -> Sequence[str]:
        """Return one line per series or measurement: of the experiment, or of the machine."""
        from aitia.query.gathering import gathered

        metrics = gathered(self.facts.metrics)
        found = [m for m in metrics if (m.kind == "aitia:Series") == telemetry]
        return _aligned([_metric(metric, self.run.name) for metric in found])

    def settings(self) -> list[str]:
        """Return one line per subject; many subjects of one name share a line."""
        return [
            (f"{subject}: " if subject else "") + _told(values)
            for subject, values in condensed(self.facts.settings).items()
        ]


def _told(values: Mapping[str, str]) -> str:
    """Return settings in one line; those without a value are only counted."""
    told = [f"{name} = {value}" for name, value in values.items() if value]
    left = len(values) - len(told)
    return ", ".join([*told, f"{left} not set"] if left else told)


def _metric(metric: Metric, run: str) -> tuple[str, ...]:
    return (
        metric.quantity,
        metric.subject if metric.subject != run else "",
        bars(metric.values),
        f"last {measured(metric.last, metric.unit)}" if metric.last is not None else "",
        _extreme(metric),
        f"{metric.points} points" if metric.points > 1 else "",
        words(metric.curve) if metric.curve else "",
    )


def _extreme(metric: Metric) -> str:
    if metric.best is not None:
        return f"best {measured(metric.best, metric.unit)}"
    return f"most {measured(metric.most, metric.unit)}" if metric.most is not None else ""


def _thing(thing: Thing) -> str:
    kind = words(thing.type.partition(":")[2])
    if thing.many > 1:
        return f"{thing.many} of kind {kind}"
    facts = ", ".join(f"{words(name)} {attribute(value, name)}" for name, value in thing.facts)
    return f"{kind} {thing.label}" + (f": {facts}" if facts else "")


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines whose columns stand below one another; empty columns are left out."""
    if not rows:
        return []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            text.ljust(width) for text, width in zip(row, widths, strict=True) if width
        ).rstrip()
        for row in rows
    ]


def bars(values: Sequence[float], width: int = 16) -> str:
    """Return a series as a row of block characters; what is not finite is a cross.

    >>> bars([0.0, 0.5, 1.0, float("nan")])
    '▁▅█×'
    """
    import math

    if len(values) < 2:
        return ""
    step = max(len(values) / width, 1.0)
    kept = [values[int(i * step)] for i in range(min(width, len(values)))]
    finite = [value for value in kept if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    scale = (len(_BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(
        _BARS[round((value - low) * scale)] if math.isfinite(value) else "×" for value in kept
    )
