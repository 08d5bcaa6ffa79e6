"""The demo at its smallest: the whole river on real training runs, from an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import aitia
from aitia.cli.demo import some_of_each

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo")
    environ = {**os.environ, "AITIA_DIR": str(folder / "data"), "AITIA_TEST_RAISE": ""}
    done = subprocess.run(
        [sys.executable, "-m", "aitia.cli", "demo", "--networks", "60"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder, done.stdout


def test_it_tells_its_story(told: tuple[Path, str]) -> None:
    _, output = told
    for heading in (
        "Where does the best model come from?",
        "What are the layers of the best model?",
        "Which networks learn late, never, or diverge?",
        "What does a point of accuracy cost?",
        "Which runs shared data?",
        "What acts on test_accuracy?",
        "Assumptions",
        "next:",
    ):
        assert heading in output
    assert "made by MLPClassifier.fit" in output
    assert "because: A digest must be one SHA-256" in output


def test_what_it_wrote_can_be_read(told: tuple[Path, str]) -> None:
    folder, _ = told
    assert (folder / "aitia-demo" / "causes.svg").read_text().startswith("<svg")
    assert (folder / "aitia-demo" / "runs.ttl").stat().st_size > 100_000
    with aitia.open(folder / "data") as graph:
        kinds = {row.type for row in graph.query("learning-curves")}
        assert {"NeverLearner", "Diverger"} <= kinds
        assert len(graph.query("quarantined").rows) == 1
        assert graph.sparql("ASK { ?c a aitia:CausalClaim ; aitia:edgeStability ?s }") is True
        # What was refused is what was planted; the rest of the graph keeps all must rules.
        assert all(report.conforms for report in graph.validate().values())


def test_some_rows_of_each_kind_are_shown() -> None:
    rows = [("a", 1), ("a", 2), ("a", 3), ("b", 4)]
    assert some_of_each(rows, 2) == [("a", 1), ("a", 2), ("b", 4)]
