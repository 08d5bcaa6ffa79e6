"""Every example runs as a user would run it, and what it records can be asked about."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import aitia

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
COMMAND = [sys.executable, "-m", "aitia.cli"]


def run(tmp_path: Path, *command: str) -> str:
    environ = {**os.environ, "AITIA_DIR": str(tmp_path / "data")}
    done = subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_is_short_and_known_here() -> None:
    names = {path.name for path in EXAMPLES.glob("*.py")}
    assert names == {
        "first_run.py",
        "no_change.py",
        "ask.py",
        "federation.py",
        "small_transformer.py",
        "fitness_prediction.py",
        "width_and_depth.py",
        "training_corpora.py",
        "deduplication.py",
    }
    assert all(len(path.read_text().splitlines()) < 80 for path in EXAMPLES.glob("*.py"))


def test_first_run_then_ask(tmp_path: Path) -> None:
    run(tmp_path, sys.executable, str(EXAMPLES / "first_run.py"))
    told = run(tmp_path, sys.executable, str(EXAMPLES / "ask.py"))
    assert "first-run" in told
    with aitia.open(tmp_path / "data") as graph:
        curves = list(
            graph.sparql(
                "SELECT ?n WHERE { ?s a aitia:LearningCurve ; rdfs:label 'variance_error' ;"
                " aitia:pointCount ?n }"
            )
        )
        assert [row.n for row in curves] == [10]
        derived = graph.sparql("ASK { ?a prov:wasDerivedFrom ?b }")
        assert derived is True


@pytest.mark.parametrize("script", ["no_change.py"])
def test_a_script_that_knows_nothing_is_recorded(tmp_path: Path, script: str) -> None:
    told = run(tmp_path, *COMMAND, "run", sys.executable, str(EXAMPLES / script))
    assert "accuracy" in told
    with aitia.open(tmp_path / "data") as graph:
        assert graph.sparql("ASK { ?t a aitia:TrainingRun ; aitia:configuredBy ?c }") is True
        assert graph.sparql("ASK { ?m a aitia:Model ; aitia:hasArchitecture ?a }") is True


def test_two_laboratories_are_asked_as_one(tmp_path: Path) -> None:
    pytest.importorskip("uvicorn")
    told = run(tmp_path, sys.executable, str(EXAMPLES / "federation.py"))
    (row,) = [line.split(" | ") for line in told.splitlines() if " | " in line]
    assert row[0] == "model.txt"
    assert row[1].startswith("ni:///sha-256;")
    assert row[2] == "measure.py"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bring in the records of others that the examples on causes are about."""
    folder = tmp_path_factory.mktemp("others")
    names = (
        "record_trails",
        "a4nn/search.toml",
        "gemstones/hot.toml",
        "gemstones/lr_ablation_hot.toml",
        "dclm/runs.toml",
        "pythia/evaluations.toml",
    )
    run(folder, *COMMAND, "import", *(str(EXAMPLES / "data" / name) for name in names))
    return folder


def test_fitness_is_predicted_as_its_authors_did(imported: Path) -> None:
    told = run(imported, sys.executable, str(EXAMPLES / "fitness_prediction.py"))
    pairs = [
        (
            float(line.split(": ")[1].split()[0]),
            float(line.split("authors predicted ")[1].split()[0]),
        )
        for line in told.splitlines()
        if "its authors predicted" in line
    ]
    assert len(pairs) >= 10
    close = [abs(mine - theirs) < 0.25 for mine, theirs in pairs]
    assert sum(close) >= 0.7 * len(pairs)
    assert "Saved: 21%" in told
    assert "The data cannot tell: 3 complete runs of 3" in told


def test_wide_and_deep_lower_the_loss_and_lower_rates_are_not_told(imported: Path) -> None:
    told = run(imported, sys.executable, str(EXAMPLES / "width_and_depth.py")).splitlines()
    lines = {line.split()[0]: line for line in told if line.startswith("  ")}
    for name in ("depth", "params"):
        assert lines[name].endswith("(clear)")
    assert any(line.startswith("  width  ") and line.endswith("(clear)") for line in told)
    (shape,) = (line for line in told if "width / depth" in line)
    assert "+0.0" in shape
    assert lines["the"].endswith(": the data cannot tell")
    low, high = (float(x) for x in lines["the"].split("(")[1].split(")")[0].split(" to "))
    assert low < 0 < high


def test_which_corpus_is_best_depends_on_the_question(imported: Path) -> None:
    told = run(imported, sys.executable, str(EXAMPLES / "training_corpora.py"))
    best = {
        line.split()[0]: line.split()[1] for line in told.splitlines() if line.startswith("  loss_")
    }
    assert best == {
        "loss_on_c4": "c4_original",
        "loss_on_refinedweb": "rw_original",
        "loss_on_redpajama": "rpj",
        "loss_on_ptb": "rpj",
        "loss_on_code": "rpj",
    }
    assert "batch_size is an exact combination of model" in told


def test_duplicates_matter_for_one_task_and_the_design_says_what_data_alone_cannot(
    imported: Path,
) -> None:
    told = run(imported, sys.executable, str(EXAMPLES / "deduplication.py"))
    assert "cannot tell: 16 complete runs of 16" in told
    clear = [line.split()[0] for line in told.splitlines() if ") clear;" in line]
    assert clear == ["lambada"]
