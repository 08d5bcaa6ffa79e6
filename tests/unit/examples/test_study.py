"""The study trains, records, resumes and judges; its policies are what they say they are."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from examples.study.judging import Curve, errors, matrix, truths
from examples.study.networks import train
from examples.study.plan import BLOCK, Plan
from examples.study.policies import ARROWS, GRID, NAMES, Policy, habitual, randomised
from examples.study.recording import record

import aitia
from aitia.causal.effects import Dose, Effect
from aitia.projection.table import FeatureTable

ROOT = Path(__file__).resolve().parents[3]
GOOD = {
    "label_noise": 0.0, "examples": 800, "width": 32, "depth": 1, "optimizer": "adam",
    "activation": "relu", "learning_rate": 0.01, "weight_decay": 1e-4, "batch_size": 32,
    "epochs": 8,
}  # fmt: skip


def drawn(policy: Policy, count: int) -> FeatureTable:
    rng = np.random.default_rng(5)
    made = [policy(rng) for _ in range(count)]
    return FeatureTable.of({name: [s[name] for s in made] for name in NAMES})


def related(table: FeatureTable) -> set[frozenset[str]]:
    """Return the pairs of settings that are not independent, by ranks."""
    from scipy.stats import spearmanr

    found = np.atleast_2d(spearmanr(matrix(table)).statistic)
    return {
        frozenset((a, b))
        for (i, a), (j, b) in combinations(enumerate(NAMES), 2)
        if abs(found[i, j]) > 0.08
    }


def test_random_draws_are_independent_and_those_of_the_habit_are_not() -> None:
    assert related(drawn(randomised, 4000)) == set()
    assert {frozenset(arrow) for arrow in ARROWS} <= related(drawn(habitual, 4000))


def test_a_network_learns_and_its_seed_decides_how() -> None:
    first, again, other = (list(train(GOOD, seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert [epoch.number for epoch in first] == list(range(1, 9))
    assert first[-1].accuracy > 0.85
    assert first[-1].loss < first[0].loss / 4
    assert list(train({**GOOD, "label_noise": 0.4}, 1))[-1].accuracy < first[-1].accuracy


@pytest.mark.parametrize("name", ["depth", "activation", "optimizer"])
def test_every_setting_reaches_the_training(name: str) -> None:
    curves = {tuple(train({**GOOD, name: value, "epochs": 1}, 1)) for value in GRID[name]}
    assert len(curves) == len(GRID[name])


def test_the_plan_is_the_same_each_time_and_no_seed_is_used_twice() -> None:
    blocks = Plan(360, 5).blocks()
    assert blocks == Plan(360, 5).blocks()
    networks = [network for block in blocks for network in block.networks]
    assert len({network.seed for network in networks}) == len(networks)
    assert sum("draw" in network.about for network in networks) == 300
    assert all(len(block.networks) == BLOCK for block in blocks[:-1])


def test_the_truth_is_that_of_interventions_and_errors_are_centred() -> None:
    twice = [(base, repeat) for base in (0, 1) for repeat in (0, 1)]
    values = [("depth", d, b, d / 10 + b / 50 + r / 100) for d in (1, 2, 3) for b, r in twice]
    rest = [(n, v) for n, grid in GRID.items() if n != "depth" for v in grid]
    others = [(name, value, base, 0.5) for name, value in rest for base, _ in twice]
    every = [*values, *others, ("depth", 1, 0, 99.0)]
    columns = {
        "policy": ["intervention"] * (len(every) - 1) + ["habit"],
        "intervened": [row[0] for row in every],
        "base": [row[2] for row in every],
        "accuracy.last": [row[3] for row in every],
        **{n: [row[1] if row[0] == n else GRID[n][0] for row in every] for n in NAMES},
    }
    curve = truths(FeatureTable.of(columns), "accuracy.last")["depth"]
    assert curve.means.tolist() == pytest.approx([0.115, 0.215, 0.315])
    # Two configurations, each trained twice, 0.01 apart: the seeds' standard deviation is 0.01/√2.
    assert curve.errors.tolist() == pytest.approx([0.01 / 2**0.5 / 2] * 3)
    doses = tuple(
        Dose(v, 9, naive, v / 10, v / 10 - w, v / 10 + w, 0.0, overlap)
        for v, naive, w, overlap in ((1, 0.0, 0.01, 1.0), (2, 0.0, 0.01, 1.0), (3, 0.0, 0.01, 0.1))
    )
    told = errors(Effect("depth", "accuracy.last", doses, (), None, 0.0), curve)
    assert told is not None
    assert told.adjusted.tolist() == pytest.approx([0.0, 0.0], abs=1e-12)
    assert told.naive.tolist() == pytest.approx([0.05, -0.05])
    assert told.covered == [True, True]
    assert told.judged == pytest.approx(2 / 3)


def test_a_truth_on_a_logarithmic_grid_is_read_between_its_values() -> None:
    curve = Curve((0.001, 0.01, 0.1), np.array([0.0, 1.0, 0.0]), np.zeros(3), 0.5)
    means, _ = curve.at("learning_rate", [0.001, 10**-2.5, 0.01])
    assert means.tolist() == pytest.approx([0.0, 0.5, 1.0])


@pytest.mark.timeout(300)  # a minute of two processors, and they may be shared
def test_a_small_study_from_training_to_report(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "examples.study", "--networks", "120", "--draws", "1"]
    done = subprocess.run(
        [*command, "--out", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = (tmp_path / "study.txt").read_text()
    assert told.strip() in done.stdout
    assert "276 networks were trained" in told
    for part in ("Effects on the accuracy", "Which settings act", "auto (", "does not show"):
        assert part in told
    picture = ElementTree.fromstring((tmp_path / "study.svg").read_text())
    assert len(picture.findall(".//*[@class='band']")) > 5
    _cut_off(tmp_path)


def _cut_off(folder: Path) -> None:
    """Forget the last block, as if the study had been stopped: only that block is trained again."""
    lines = (folder / "done.jsonl").read_text().splitlines()
    (folder / "done.jsonl").write_text("\n".join([*lines[:-1], lines[-1][:20]]))
    plan, told = Plan(120, 1), list[tuple[int, int]]()
    runs = record(plan, folder, lambda *count: told.append(count))
    again = len(told) - 1
    assert (told[0][1], told[-1]) == (276, (276, 276))
    assert again == 1
    with aitia.open(folder / ".aitia") as graph:
        trained = [unit.split("#")[0].removeprefix("urn:uuid:") for unit in graph.features().units]
    assert len(trained) > 276
    assert sum(run in set(runs) for run in trained) == 276


def test_a_folder_of_another_study_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text('{"networks": 6000, "draws": 5}')
    with pytest.raises(SystemExit, match=r"holds another study, .*6000.*--out"):
        record(Plan(120, 1), tmp_path, lambda *count: None)


def test_too_few_networks_are_refused_with_the_reason() -> None:
    command = [sys.executable, "-m", "examples.study", "--networks", "100"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "too few" in done.stderr
