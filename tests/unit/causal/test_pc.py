from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from aitia.causal.fisher import Fisher
from aitia.causal.pc import Search

FREE = np.zeros((8, 8), dtype=bool)


def drawn(seed: int, rows: int = 500) -> Any:
    rng = np.random.default_rng(seed)
    data = rng.normal(size=(rows, 8))
    for j in range(1, 8):
        data[:, j] += data[:, : max(1, j)] @ (rng.random(max(1, j)) < 0.4)
    return data


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("alpha", [0.01, 0.2])
def test_the_skeleton_is_that_of_causal_learn(seed: int, alpha: float) -> None:
    from causallearn.search.ConstraintBased.PC import pc

    data = drawn(seed)
    theirs = pc(data, alpha, "fisherz", show_progress=False).G.graph != 0
    mine = Search(Fisher(data), [math.nan] * 8, alpha, 6).skeleton()
    assert (mine.links == theirs).all()


@pytest.mark.parametrize("rule", ["union", "majority"])
def test_colliders_are_found(rule: Any) -> None:
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(2, 1000))
    y = x + z + rng.normal(size=1000)
    data = np.column_stack([x, y, z, y + rng.normal(size=1000)])
    machine = Search(Fisher(data), [math.nan] * 4, 0.01, 2)
    graph = machine.graph(machine.skeleton(), FREE[:4, :4], rule)
    assert np.argwhere(graph).tolist() == [[0, 1], [1, 3], [2, 1]]


def test_tiers_save_questions() -> None:
    rng = np.random.default_rng(0)
    data = rng.normal(size=(2000, 24))
    for j in range(1, 24):
        data[:, j] += data[:, :j] @ (rng.random(j) < 4 / 24)
    free = Search(Fisher(data), [math.nan] * 24, 0.01, 22).skeleton()
    tiered = Search(Fisher(data), list(range(24)), 0.01, 22).skeleton()
    assert tiered.asked < 0.85 * free.asked


def test_what_came_later_separates_nothing() -> None:
    rng = np.random.default_rng(5)
    cause = rng.normal(size=60)
    effect = 0.5 * cause + rng.normal(size=60)
    late = effect + 0.25 * rng.normal(size=60)
    data = np.column_stack([cause, effect, late])
    assert Search(Fisher(data), [0, 1, 2], 0.01, 1).skeleton().links[0, 1]
    assert not Search(Fisher(data), [0, 1, math.nan], 0.01, 1).skeleton().links[0, 1]


def test_p_of_a_pair_is_the_largest_of_its_questions() -> None:
    data = drawn(1)
    found = Search(Fisher(data), [math.nan] * 8, 0.05, 6).skeleton()
    assert (found.log_p[found.links] <= math.log(0.05)).all()
    apart = ~found.links & ~np.eye(8, dtype=bool)
    assert (found.log_p[apart] > math.log(0.05)).all()
