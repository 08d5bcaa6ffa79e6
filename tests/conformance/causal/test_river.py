"""From real training to causal claims in the graph, by the public doors alone."""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import aitia
from aitia.causal import Analysis, analyse
from aitia.ingest.pipeline import adopt
from aitia.reader import Graph
from aitia.reader import open as open_graph

NETWORKS = 30


def train(folder: Path) -> None:
    """Train small networks on digits, each a run of its own, with settings drawn at random."""
    from sklearn.datasets import load_digits
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    x, y = load_digits(return_X_y=True)
    rng = random.Random(0)
    for number in range(NETWORKS):
        model = MLPClassifier(
            hidden_layer_sizes=tuple(rng.choice((8, 16, 32)) for _ in range(rng.choice((1, 2)))),
            learning_rate_init=10 ** rng.uniform(-4, -1.5),
            activation=rng.choice(("relu", "tanh")),
            max_iter=6,
            random_state=number,
        )
        with aitia.run(f"net-{number}"), warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(x[:300], y[:300])
            aitia.log(test_accuracy=float((model.predict(x[300:600]) == y[300:600]).mean()))


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    folder = tmp_path_factory.mktemp("river")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("AITIA_DIR", str(folder / ".aitia"))
        train(folder)
        with open_graph(folder / ".aitia") as opened:
            yield opened


@pytest.fixture(scope="module")
def analysis(graph: Graph) -> Analysis:
    columns = (
        "learningRate",
        "activation",
        "layerCount",
        "unitCount.mean",
        "loss.first",
        "loss.last",
    )
    table = graph.features().select([*columns, "test_accuracy", "status"])
    return analyse(table, target="test_accuracy", subsamples=20)


def test_each_network_is_a_row(graph: Graph) -> None:
    table = graph.features()
    assert len(table) == NETWORKS
    tiers = {column.name: column.tier for column in table}
    assert tiers["learningRate"] == tiers["layerCount"] == tiers["activation"] == 0
    assert tiers["learningRate"] < tiers["loss.first"] < tiers["loss.last"] < tiers["test_accuracy"]
    assert all(0 < value <= 1 for value in table["test_accuracy"].values)  # type: ignore[operator]
    assert len(table.sources) == NETWORKS


def test_the_learning_rate_is_found_to_act_on_the_loss(analysis: Analysis) -> None:
    """It was drawn at random over two and a half orders, with six epochs to learn in."""
    effects = {c.edge.target for c in analysis.claims if c.edge.source == "learningRate"}
    assert effects & {"loss.last", "test_accuracy"}
    claim = next(c for c in analysis.claims if c.edge.source == "learningRate")
    assert claim.linked is not None
    assert claim.linked > 0.5


def test_findings_come_back_from_the_graph(graph: Graph, analysis: Analysis) -> None:
    assert graph.directory is not None
    adopt(graph.directory, analysis.records, run=analysis.run, recorder="causal")
    summary = graph.ingest()
    assert summary.refused == ()
    rows: list[Any] = list(graph.query("claims", analysis=f"urn:uuid:{analysis.run}"))
    edges = {(row.cause, row.marks, row.effect, row.linked) for row in rows}
    assert edges == {(*(c.edge[0], c.edge[2], c.edge[1]), c.linked) for c in analysis.claims}
    adopt(graph.directory, analysis.records, run=analysis.run, recorder="causal")
    graph.ingest()
    assert len(graph.query("claims")) == len(rows)


def test_an_analysis_is_no_row_of_the_next_table(graph: Graph) -> None:
    assert len(graph.features()) == NETWORKS
