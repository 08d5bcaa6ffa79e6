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
