from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from aitia.causal.fisher import correlations, is_nominal, log_normal_tails, partial


@pytest.mark.parametrize("conditions", [0, 1, 2, 5])
def test_partial_correlations_are_those_of_the_inverse(conditions: int) -> None:
    rng = np.random.default_rng(conditions)
    data = rng.normal(size=(300, 8)) @ rng.normal(size=(8, 8))
    among = correlations(data)
    rows = [rng.permutation(8)[: conditions + 2] for _ in range(50)]
    x, y, given = (np.array([row[part] for row in rows]) for part in (0, 1, slice(2, None)))
    found = partial(among, x, y, given)
    for row, r in zip(rows, found, strict=True):
        inverse = np.linalg.inv(among[np.ix_(row, row)])
        assert r == pytest.approx(-inverse[0, 1] / math.sqrt(inverse[0, 0] * inverse[1, 1]))


def test_a_column_that_does_not_vary_correlates_with_none() -> None:
    data = np.column_stack([np.ones(20), np.arange(20.0)])
    assert correlations(data)[0, 1] == 0.0


def test_copies_do_not_break_the_elimination() -> None:
    x = np.random.default_rng(0).normal(size=50)
    among = correlations(np.column_stack([x, x, x]))
    found = partial(among, np.array([0]), np.array([1]), np.array([[2]]))
    assert np.isfinite(found).all()


def test_tails_of_the_normal_are_two_sided_and_never_end() -> None:
    assert np.exp(log_normal_tails(np.array([0.0, 1.5, -1.5]))) == pytest.approx(
        2 * stats.norm.sf([0.0, 1.5, 1.5])
    )
    far = log_normal_tails(np.array([50.0, 100.0]))
    assert -math.inf < far[1] < far[0] < -1000


def test_two_values_are_levels_and_three_are_numbers() -> None:
    assert is_nominal(np.array([[0.0], [1.0], [1.0]]))
    assert not is_nominal(np.array([[0.0], [1.0], [2.0]]))
    assert is_nominal(np.zeros((3, 2)))


def test_a_number_of_several_columns_is_no_level() -> None:
    x = np.linspace(-1, 1, 9)
    assert not is_nominal(np.column_stack([x, x**2]))
