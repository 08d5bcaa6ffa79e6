"""``aitia demo``: the whole river on real training runs, in about a minute."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aitia.cli import present
from aitia.errors import MissingExtraError
from aitia.query.wording import short_run

if TYPE_CHECKING:
    from aitia.reader import Graph

QUESTIONS = (
    ("layers", "What are the layers of the best model?"),
    ("learning-curves", "Which networks learn late, never, or diverge?"),
    ("cost-per-accuracy", "What does a point of accuracy cost?"),
    ("shared-data", "Which runs shared data?"),
)
SHOWN = 8


@click.command()
@click.option("--networks", default=64, show_default=True, type=click.IntRange(min=60))
@click.option("--out", default="aitia-demo", show_default=True, help="Folder for what is written.")
@click.option("--seed", default=7, show_default=True)
def command(networks: int, out: str, seed: int) -> None:
    """Train small networks on digits, record them, and ask what caused what."""
    _needs_sklearn()
    began = time.monotonic()
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    step(1, f"train {networks} networks with randomly drawn settings, recorded in four layers")
    train(folder, networks, seed)
    graph = collect()
    with graph:
        best = ask(graph, folder)
        share(graph, folder)
        explain(graph, folder)
    closing(folder, best, time.monotonic() - began)


def _needs_sklearn() -> None:
    from importlib.util import find_spec

    if find_spec("sklearn") is None:
        raise MissingExtraError("scikit-learn", extra="demo", purpose="the demo's training runs")


def step(number: int, text: str) -> None:
    """Print the heading of one step."""
    present.echo()
    present.heading(f"{number}. {text}")


def train(folder: Path, networks: int, seed: int) -> None:
    """Run the training job as ``aitia run`` would."""
    from aitia.recorder import launch

    arguments = [str(folder), "--networks", str(networks), "--seed", str(seed)]
    job = [sys.executable, "-m", "aitia.cli.demo_training", *arguments]
    code = launch(job, name="digits-search")
    if code:
        raise SystemExit(code)


def collect() -> Graph:
    """Open the graph, ingest, and say what was kept and what was refused."""
    from aitia.reader import open as open_graph

    step(2, "map to PROV, judge by the shapes, keep what conforms")
    graph = open_graph(ingest=False)
    began = time.monotonic()
    summary = graph.ingest()
    took = time.monotonic() - began
    counts = f"{summary.runs} runs, {summary.records:,} records, {summary.quads:,} quads"
    present.echo(f"  {counts} in {took:.1f} s")
    for refused in summary.refused:
        present.echo(f"  refused {refused.segment} line {refused.number}: {refused.text()}")
        for reason in refused.reasons:
            present.echo(f"    because: {reason}")
    return graph


def ask(graph: Graph, folder: Path) -> str:
    """Answer five questions, the first by walking the lineage of the best model's file."""
    from aitia.cli.why import branch

    step(3, "ask")
    present.heading("Where does the best model come from?")
    weights = folder / "best-model.npz"
    present.tree(branch(graph.why(str(weights), depth=6)))
    best = graph.query("best-run", metric="test_accuracy")
    run = str(next(iter(best))[best.columns.index("run")])
    for name, question in QUESTIONS:
        parameters = {"run": run} if name == "layers" else {}
        table = graph.query(name, **parameters)
        rows = list(table)
        shown = some_of_each(rows) if name == "learning-curves" else rows[:SHOWN]
        present.framed(table.columns, shown, title=question)
        if len(rows) > len(shown):
            present.echo(f"  … and {len(rows) - len(shown)} more: aitia query {name}")
    return run


def some_of_each(rows: Sequence[Sequence[object]], count: int = 3) -> list[Sequence[object]]:
    """Return the first rows of each value of the first column."""
    seen: dict[object, int] = {}
    kept = []
    for row in rows:
        seen[row[0]] = seen.get(row[0], 0) + 1
        if seen[row[0]] <= count:
            kept.append(row)
    return kept


def share(graph: Graph, folder: Path) -> None:
    """Write the graph as Turtle."""
    from aitia.export import export

    step(4, "share as linked data")
    target = folder / "runs.ttl"
    export(graph.store, "turtle", target)
    present.echo(f"  {target}: {target.stat().st_size:,} bytes of Turtle")


def explain(graph: Graph, folder: Path) -> None:
    """Project a feature table, look for causes, write them back, and draw them."""
    from aitia.causal import analyse
    from aitia.causal.effects import effects
    from aitia.cli.effects import in_words
    from aitia.ingest.pipeline import adopt

    step(5, "explain: which recorded facts cause the accuracy?")
    table = graph.features("training-runs")
    analysis = analyse(table, target="test_accuracy")
    present.echo(analysis.text)
    picture = folder / "causes.svg"
    picture.write_text(analysis.svg, encoding="utf-8")
    present.echo(f"  drawn in {picture}")
    present.echo()
    present.heading("What does each setting do to the accuracy?")
    for effect in effects(table, outcome="test_accuracy").effects:
        present.echo(f"  {in_words(effect)}")
    assert graph.directory is not None
    adopt(graph.directory, analysis.records, run=analysis.run, recorder="causal")
    graph.ingest()


def closing(folder: Path, best: str, seconds: float) -> None:
    """Say what to type next."""
    short = short_run(best.rpartition(":")[2])
    present.echo()
    present.heading(f"done in {seconds:.0f} s; next:")
    for command_line, what in (
        ("aitia ls", "all runs"),
        (f"aitia show {short}", "the best run, by layer"),
        (f"aitia why {os.path.join(str(folder), 'best-model.npz')}", "where a file comes from"),
        ("aitia query", "the library of questions"),
        ("aitia query claims", "what was found to cause what"),
        ("aitia serve", "pages, pictures and a SPARQL endpoint"),
    ):
        present.echo(f"  {command_line:<42} {what}")
