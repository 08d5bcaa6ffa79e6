from __future__ import annotations

import numpy as np
import pytest

from aitia.causal.scores import Discrete, Gaussian


def test_a_score_of_numbers_is_that_of_a_regression() -> None:
    rng = np.random.default_rng(0)
    data = rng.normal(size=(500, 3))
    data[:, 2] += data[:, 0] - 0.5 * data[:, 1]
    data = (data - data.mean(axis=0)) / data.std(axis=0)
    left = data[:, 2] - data[:, :2] @ np.linalg.lstsq(data[:, :2], data[:, 2], rcond=None)[0]
    expected = -250 * np.log((left**2).mean()) - 2 * np.log(500) / 2 * 2
    score = Gaussian([data[:, [i]] for i in range(3)])
    assert score.local(2, [0, 1]) == pytest.approx(expected, rel=1e-6)
    assert score.added(2, [0], [1]) == pytest.approx([expected], rel=1e-6)


def test_added_agrees_with_local_for_wide_blocks() -> None:
    rng = np.random.default_rng(0)
    blocks = [rng.normal(size=(200, width)) for width in (1, 2, 1)]
    score = Gaussian(blocks)
    assert score.added(0, [1], [2])[0] == score.local(0, [1, 2])


@pytest.mark.parametrize("prior", [0.1, None])
def test_true_parents_score_best(prior: float | None) -> None:
    rng = np.random.default_rng(0)
    x, z = rng.integers(0, 3, 1000), rng.integers(0, 2, 1000)
    y = np.where(rng.random(1000) < 0.7, (x + z) % 3, rng.integers(0, 3, 1000))
    score = Discrete(np.column_stack([x, y, z, rng.integers(0, 4, 1000)]), prior=prior)
    sets: list[list[int]] = [[], [0], [2], [0, 2], [0, 2, 3], [0, 3]]
    assert max(sets, key=lambda parents: score.local(1, parents)) == [0, 2]


@pytest.mark.parametrize("prior", [0.1, None])
def test_equivalent_graphs_score_alike(prior: float | None) -> None:
    rng = np.random.default_rng(1)
    x = rng.integers(0, 3, 300)
    y = np.where(rng.random(300) < 0.5, x, rng.integers(0, 3, 300))
    score = Discrete(np.column_stack([x, y]), prior=prior)
    forwards = score.local(0, []) + score.local(1, [0])
    assert forwards == pytest.approx(score.local(1, []) + score.local(0, [1]))
