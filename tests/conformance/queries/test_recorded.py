"""Every question, asked about runs that were really recorded and ingested."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import aitia
from aitia.query.catalog import load
from aitia.reader import Graph

SCRIPT = """
import sys
import numpy as np
from sklearn.neural_network import MLPClassifier
import aitia

def train(name, data, failing=False):
    with aitia.run(name, seed=1):
        path = aitia.use(data, role="training")
        table = np.loadtxt(path, delimiter=",")
        model = MLPClassifier((4,), max_iter=30, early_stopping=True, random_state=1)
        model.fit(table[:, :2], table[:, 2].astype(int))
        aitia.log(accuracy=model.score(table[:, :2], table[:, 2].astype(int)))
        np.savez(f"{name}.npz", *model.coefs_)
        aitia.make(f"{name}.npz", role="model")
        if failing:
            raise ValueError("planned")

import warnings
warnings.simplefilter("ignore")
train("first", "one.csv")
train("second", "two.csv")
try:
    train("third", "one.csv", failing=True)
except ValueError:
    pass
"""
MUST_ANSWER = {
    *("runs", "tasks", "activities", "upstream", "downstream", "derived"),
    *("best-run", "best-epoch", "final-metrics", "layers", "hyperparameters"),
    *("same-architecture", "packages", "revision", "devices", "nodes", "telemetry-peaks"),
    *("cost-per-accuracy", "datasets", "shared-data", "data-users", "recorders"),
    *("failed-runs", "leakage"),
}
"""Questions that these runs answer; nothing was refused, no two environments were used."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("laboratory")
    lines = [f"{i % 7},{i % 5},{int(i % 7 > 3)}\n" for i in range(120)]
    (place / "one.csv").write_text("".join(lines))
    (place / "two.csv").write_text("".join(reversed(lines)) + "0,0,0\n")
    (place / "train.py").write_text(SCRIPT)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AITIA")}
    subprocess.run(
        [sys.executable, "train.py"],
        cwd=place,
        env={**environment, "AITIA_DIR": str(place / "kept")},
        check=True,
    )
    return place


@pytest.fixture(scope="module")
def graph(folder: Path) -> Iterator[Graph]:
    with aitia.open(folder / "kept") as opened:
        yield opened


@pytest.mark.parametrize("name", list(load()))
def test_a_question_is_answered_about_recorded_runs(graph: Graph, folder: Path, name: str) -> None:
    question = load()[name]
    given = {
        "upstream": {"file": folder / "first.npz"},
        "downstream": {"file": folder / "one.csv"},
        "environment-difference": {"left": "first", "right": "second"},
    }
    table = graph.query(name, **given.get(name, {}))
    assert table.columns == tuple(question.columns)
    assert table.to_csv()
    assert len(table) > 0 or name not in MUST_ANSWER


def test_the_model_file_rests_on_the_data_file(graph: Graph, folder: Path) -> None:
    tree = graph.why(folder / "first.npz")
    labels = [node.label for node in tree.walk()]
    assert labels[0] == "first.npz"
    assert "one.csv" in labels
    assert "two.csv" not in labels


def test_the_best_run_is_one_of_them(graph: Graph) -> None:
    best = graph.query("best-run", metric="accuracy")
    assert {row.name for row in best} == {"first", "second", "third"}
    assert best[0].value == max(row.value for row in best)


def test_the_failed_run_says_why(graph: Graph) -> None:
    (row,) = [row for row in graph.query("failed-runs") if row.activity == row.run]
    assert (row.name, row.status, row.error) == ("third", "Failed", "ValueError: planned")
