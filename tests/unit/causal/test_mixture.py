from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from aitia.causal.fisher import Fisher
from aitia.causal.mixture import Mixed, likelihood

N = 400


def block(levels: Any) -> Any:
    made = (levels[:, None] == np.unique(levels)[None, 1:]).astype(float)
    return (made - made.mean(axis=0)) / made.std(axis=0)


def number(values: Any) -> Any:
    return ((values - values.mean()) / values.std())[:, None]


def asked(blocks: list[Any], x: int, y: int, *given: int) -> float:
    rest = np.array([given], dtype=np.int64).reshape(1, len(given))
    return float(Mixed(blocks).log_p(np.array([x]), np.array([y]), rest)[0])


@pytest.fixture
def sample() -> list[Any]:
    """Return x -> k -> j and x -> y: numbers x, y and levels k, j."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=N)
    k = np.digitize(x + rng.normal(size=N), [-0.7, 0.7])
    j = np.where(rng.random(N) < 0.7, k, rng.integers(0, 3, N))
    return [number(x), number(x + rng.normal(size=N)), block(k), block(j)]


def test_numbers_are_judged_by_fishers_z(sample: list[Any]) -> None:
    plain = Fisher(np.hstack(sample[:2]))
    none = np.zeros((1, 0), dtype=np.int64)
    expected = plain.log_p(np.array([0]), np.array([1]), none)[0]
    assert asked(sample, 0, 1) == pytest.approx(expected, rel=1e-6)


def test_relations_of_all_kinds_are_seen(sample: list[Any]) -> None:
    for x, y in ((0, 2), (2, 3), (0, 1), (1, 2)):
        assert asked(sample, x, y) < math.log(1e-4)
        assert asked(sample, x, y) == pytest.approx(asked(sample, y, x))


def test_a_number_behind_levels_is_separated_by_them(sample: list[Any]) -> None:
    assert asked(sample, 0, 3, 2) > math.log(0.01)
    assert asked(sample, 0, 3) < math.log(1e-4)


def test_two_levels_given_a_number_keep_their_level() -> None:
    rng = np.random.default_rng(1)
    rejected = 0
    for _ in range(300):
        x = 2 * rng.normal(size=150)
        one, other = (np.digitize(x + rng.normal(size=150), [-1, 1]) for _ in range(2))
        rejected += asked([block(one), block(other), number(x)], 0, 1, 2) < math.log(0.05)
    assert 0.02 < rejected / 300 < 0.12


def test_two_levels_that_share_more_than_a_number_are_linked(sample: list[Any]) -> None:
    assert asked(sample, 2, 3, 0) < math.log(1e-6)


def test_a_logistic_regression_reaches_the_closed_form() -> None:
    """With indicators alone the best fit are the shares within each level."""
    rng = np.random.default_rng(2)
    k = rng.integers(0, 2, 200)
    y = (rng.random(200) < 0.3 + 0.4 * k).astype(int)
    inputs = np.column_stack([np.ones(200), k])
    shares = [y[k == level].mean() for level in (0, 1)]
    expected = sum(
        math.log(shares[level] if value else 1 - shares[level])
        for level, value in zip(k, y, strict=True)
    )
    assert likelihood(inputs, y) == pytest.approx(expected, abs=1e-2)


def test_levels_that_are_told_apart_exactly_do_not_run_away() -> None:
    x = np.linspace(-1, 1, 60)
    inputs = np.column_stack([np.ones(60), x])
    assert -1 < likelihood(inputs, (x > 0).astype(int)) <= 0


def test_what_does_not_vary_is_independent_of_all(sample: list[Any]) -> None:
    assert asked([*sample, np.zeros((N, 1))], 0, 4) == 0.0
    assert asked([*sample, np.zeros((N, 2))], 2, 4, 0) == 0.0
