from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from aitia.causal.contingency import GSquared, codes


def drawn(rows: int = 2000, seed: int = 0) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return x -> y -> z of three, two and three levels, and w of two apart."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 3, rows)
    y = (rng.random(rows) < 0.2 + 0.3 * x / 2).astype(int)
    z = np.where(rng.random(rows) < 0.5, y, rng.integers(0, 3, rows))
    return np.column_stack([x, y, z, rng.integers(0, 2, rows)])


def asked(levels: object, x: int, y: int, *given: int) -> float:
    rest = np.array([given], dtype=np.int64).reshape(1, len(given))
    return float(GSquared(np.asarray(levels)).log_p(np.array([x]), np.array([y]), rest)[0])


@pytest.mark.parametrize(("x", "y"), [(0, 1), (0, 2), (1, 3), (2, 3)])
def test_two_variables_are_judged_as_scipy_does(x: int, y: int) -> None:
    levels = drawn(300)
    table = stats.contingency.crosstab(levels[:, x], levels[:, y]).count
    expected = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood").pvalue
    assert math.exp(asked(levels, x, y)) == pytest.approx(expected, rel=1e-6)


def test_strata_add_up() -> None:
    levels = drawn(400)
    g, freedom = 0.0, 0
    for level in (0, 1):
        part = levels[levels[:, 1] == level]
        table = stats.contingency.crosstab(part[:, 0], part[:, 2]).count
        found = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
        g, freedom = g + found.statistic, freedom + found.dof
    assert math.exp(asked(levels, 0, 2, 1)) == pytest.approx(stats.chi2.sf(g, freedom), rel=1e-6)


def test_a_chain_is_separated_by_its_middle() -> None:
    levels = drawn()
    assert asked(levels, 0, 2) < math.log(1e-3)
    assert asked(levels, 0, 2, 1) > math.log(0.01)
    assert asked(levels, 0, 2, 1, 3) == asked(levels, 2, 0, 3, 1)


def test_a_level_that_does_not_vary_tells_nothing() -> None:
    levels = drawn()
    levels[:, 3] = 0
    assert asked(levels, 0, 3) == 0.0


def test_codes_are_read_back_from_indicators() -> None:
    levels = drawn(50)
    blocks = []
    for column in levels.T:
        block = (column[:, None] == np.unique(column)[None, 1:]).astype(float)
        blocks.append((block - block.mean(axis=0)) / block.std(axis=0))
    found = codes(blocks)
    for mine, theirs in zip(found.T, levels.T, strict=True):
        assert len(set(zip(mine.tolist(), theirs.tolist(), strict=True))) == len(set(theirs))
