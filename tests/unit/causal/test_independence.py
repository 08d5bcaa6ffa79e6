from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from aitia.causal import independence
from aitia.causal.fisher import Fisher, log_chi2_tail
from aitia.causal.independence import Independence, kind_of

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


def test_many_questions_at_once_are_answered_as_one_by_one() -> None:
    columns = np.hstack([sample()[i] for i in (0, 1, 2, 4)])
    x, y, given = np.array([0, 0, 1]), np.array([1, 2, 3]), np.array([[2, 3], [1, 3], [0, 2]])
    found = Fisher(columns).log_p(x, y, given)
    places = {0: 0, 1: 1, 2: 2, 3: 4}
    for row in range(3):
        one, other = places[int(x[row])], places[int(y[row])]
        rest = [places[int(i)] for i in given[row]]
        assert math.exp(found[row]) == pytest.approx(partial(one, other, rest), rel=1e-5)


def test_each_question_takes_the_rows_that_have_its_variables() -> None:
    columns = np.hstack([sample()[i] for i in (0, 1, 2)])
    holed = columns.copy()
    holed[:50, 2] = np.nan
    x, y = np.array([0, 0]), np.array([1, 2])
    none = np.zeros((2, 0), dtype=np.int64)
    whole, short, found = (Fisher(c).log_p(x, y, none) for c in (columns, columns[50:], holed))
    assert found[0] == whole[0]
    assert found[1] == pytest.approx(short[1])
    given = np.array([[2]])
    one = Fisher(holed).log_p(x[:1], y[:1], given)
    assert one[0] == pytest.approx(Fisher(columns[50:]).log_p(x[:1], y[:1], given)[0])


def test_ranks_are_judged_by_their_normal_scores() -> None:
    """A monotone relation of any shape counts, as with Spearman's correlation."""
    from aitia.causal.design import scores
    from aitia.projection.table import FeatureTable

    rng = np.random.default_rng(0)
    x = rng.normal(size=300)
    made = [scores(c) for c in FeatureTable.of({"x": x, "y": np.exp(9 * x)}).columns]
    assert Independence(made).log_p(0, 1) < -600
    assert Independence([x[:, None], np.exp(9 * x)[:, None]]).log_p(0, 1) > -100


def test_the_kind_of_a_table_is_seen() -> None:
    x, _, _, levels, _ = sample()
    assert kind_of([x, x]) == "continuous"
    assert kind_of([levels, (x > 0) * 1.0]) == "discrete"
    assert kind_of([levels, x]) == "mixed"
    assert isinstance(independence.tester([x, x], None), Fisher)


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
