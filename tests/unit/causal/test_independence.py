from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from aitia.causal.independence import Independence, log_chi2_tail

N = 200


def sample() -> list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    rng = np.random.default_rng(3)
    x = rng.normal(size=N)
    y = 0.4 * x + rng.normal(size=N)
    z = 0.4 * y + rng.normal(size=N)
    levels = rng.integers(0, 3, N)
    w = np.where(levels == 1, 1.5, 0.0) + rng.normal(size=N)
    indicators = np.stack([levels == 1, levels == 2], axis=1).astype(float)
    return [x[:, None], y[:, None], z[:, None], indicators, w[:, None]]


def partial(i: int, j: int, given: list[int]) -> float:
    """Return the p-value of Fisher's z by regression: an independent route to it."""
    blocks = sample()
    rest = np.hstack([np.ones((N, 1)), *(blocks[k] for k in given)])
    left = [b - rest @ np.linalg.lstsq(rest, b, rcond=None)[0] for b in (blocks[i], blocks[j])]
    r = np.corrcoef(left[0][:, 0], left[1][:, 0])[0, 1]
    z = math.atanh(r) * math.sqrt(N - len(given) - 3)
    return float(2 * stats.norm.sf(abs(z)))


@pytest.mark.parametrize(("i", "j", "given"), [(0, 1, []), (0, 2, [1]), (0, 2, []), (0, 4, [1, 2])])
def test_two_numbers_are_judged_by_fishers_z(i: int, j: int, given: list[int]) -> None:
    found = math.exp(Independence(sample()).log_p(i, j, given))
    assert found == pytest.approx(partial(i, j, given), rel=1e-5)


def test_the_order_of_the_arguments_does_not_matter() -> None:
    test = Independence(sample())
    assert test.log_p(0, 2, (1, 4)) == test.log_p(2, 0, (4, 1))


def test_a_level_with_an_effect_of_its_own_is_seen() -> None:
    test = Independence(sample())
    assert test.log_p(3, 4) < math.log(1e-6)
    assert test.log_p(3, 0) > math.log(0.01)


def test_blocks_of_one_column_agree_with_the_wide_test() -> None:
    """With one column each, Wilks' lambda is 1 - r², so both tests must nearly agree."""
    test = Independence(sample())
    narrow, wide = test._fisher(0, 1, ()), test._wilks((0,), (1,), ())
    assert wide == pytest.approx(narrow, rel=0.05)


def test_the_wide_test_keeps_its_level() -> None:
    rng = np.random.default_rng(0)
    rejected = 0
    for _ in range(400):
        levels = rng.integers(0, 3, 40)
        block = np.stack([levels == 1, levels == 2], axis=1).astype(float)
        test = Independence([block, rng.normal(size=(40, 1)), rng.normal(size=(40, 1))])
        rejected += test.log_p(0, 1, (2,)) < math.log(0.05)
    assert 0.02 < rejected / 400 < 0.085


def test_strong_relations_can_still_be_told_apart() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(2000, 1))
    strong, stronger = x + 0.1 * rng.normal(size=x.shape), x + 0.01 * rng.normal(size=x.shape)
    test = Independence([x, strong, stronger])
    assert -math.inf < test.log_p(0, 2) < test.log_p(0, 1) < -1000


def test_a_column_that_does_not_vary_is_independent_of_all() -> None:
    test = Independence([np.ones((50, 1)), np.random.default_rng(0).normal(size=(50, 1))])
    assert test.log_p(0, 1) == 0.0


def test_too_few_rows_tell_nothing() -> None:
    rng = np.random.default_rng(0)
    test = Independence([rng.normal(size=(4, 1)) for _ in range(3)])
    assert test.log_p(0, 1, (2,)) == 0.0


@pytest.mark.parametrize("value", [0.0, 3.0, 50.0, 900.0, 2500.0, 9000.0])
@pytest.mark.parametrize("freedom", [1, 2, 6])
def test_the_tail_of_chi_squared_agrees_with_scipy(value: float, freedom: int) -> None:
    assert log_chi2_tail(value, freedom) == pytest.approx(
        float(stats.chi2.logsf(value, freedom)), rel=1e-6, abs=1e-12
    ) or not math.isfinite(stats.chi2.logsf(value, freedom))


def test_the_tail_goes_on_falling_where_p_is_zero() -> None:
    assert -math.inf < log_chi2_tail(1e5, 3) < log_chi2_tail(1e4, 3) < log_chi2_tail(3000, 3)
