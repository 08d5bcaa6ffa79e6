from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from aitia.causal.graphs import equivalent
from aitia.causal.order import search_orders
from aitia.causal.scores import Gaussian

NONE = np.zeros((5, 5), dtype=bool)


def drawn(seed: int) -> tuple[Any, Gaussian]:
    """Return a directed acyclic graph over five variables, and the score of its data."""
    rng = np.random.default_rng(seed)
    dag = np.triu(rng.random((5, 5)) < 0.5, 1)
    data = rng.normal(size=(4000, 5))
    for j in range(5):
        data[:, j] += data[:, dag[:, j]] @ rng.uniform(0.6, 1.0, int(dag[:, j].sum()))
    data = (data - data.mean(axis=0)) / data.std(axis=0)
    return dag, Gaussian([data[:, [j]] for j in range(5)])


@pytest.mark.parametrize("seed", range(8))
def test_what_is_found_scores_as_the_truth_at_least(seed: int) -> None:
    dag, score = drawn(seed)
    found = search_orders(score, NONE, NONE, [math.nan] * 5)

    def total(graph: Any) -> float:
        return sum(score.local(j, np.flatnonzero(graph[:, j]).tolist()) for j in range(5))

    assert total(found) >= total(dag) - 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_tiers_and_required_arrows_are_kept_to(seed: int) -> None:
    _, score = drawn(seed)
    ranks = np.array([2, 2, 1, 0, 0])
    required = NONE.copy()
    required[1, 0] = True
    bars = (ranks[:, None] > ranks[None, :]) | required.T
    found = search_orders(score, bars, required, ranks.tolist())
    assert not (found & bars).any()
    assert found[1, 0]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_class_of_the_truth_is_found(seed: int) -> None:
    dag, score = drawn(seed)
    found = search_orders(score, NONE, NONE, [math.nan] * 5)
    assert (equivalent(found, NONE) == equivalent(dag, NONE)).all()


def test_all_tiers_known_leave_no_direction_open() -> None:
    dag, score = drawn(3)
    ranks = np.arange(5)
    bars = ranks[:, None] > ranks[None, :]
    assert (search_orders(score, bars, NONE, ranks.tolist()) == dag).all()
