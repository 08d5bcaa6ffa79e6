from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from aitia.causal.process import ORDERS, Kernel, Process, _apart, _unlikely

SIZE, ROWS = 4, 60


def sample(seed: int = 0) -> tuple[list[np.ndarray], np.ndarray]:
    rng = np.random.default_rng(seed)
    places = [rng.normal(size=(ROWS, 1)) for _ in range(SIZE)]
    outcome = places[0][:, 0] + places[1][:, 0] * places[2][:, 0] + 0.1 * rng.normal(size=ROWS)
    return places, (outcome - outcome.mean()) / outcome.std()


@pytest.fixture(scope="module")
def process() -> Process:
    return Process(*sample(), np.random.default_rng(0))


def kernel() -> Kernel:
    rng = np.random.default_rng(3)
    return Kernel(*(rng.uniform(0.5, 2.0, n) for n in (SIZE, SIZE, ORDERS)), 0.1)


def test_a_kernel_adds_products_of_one_two_and_three_settings() -> None:
    places, known = sample()[0], kernel()
    factors = [known.one(i, places[i], places[i]) for i in range(SIZE)]
    expected = sum(
        known.order[k - 1] * np.prod([factors[i] for i in chosen], axis=0)
        for k in range(1, ORDERS + 1)
        for chosen in combinations(range(SIZE), k)
    )
    assert np.allclose(known.between(places, places), expected)
    alone, times = known.split(places, places, 2)
    assert np.allclose(alone + factors[2] * times, expected)


def test_the_slope_of_the_likelihood_is_that_of_differences() -> None:
    places, outcome = sample()
    apart = [_apart(block, block) for block in places]
    logs = np.random.default_rng(1).normal(scale=0.3, size=2 * SIZE + ORDERS + 1)
    expected = approx_fprime(logs, lambda at: _unlikely(at, apart, outcome)[0], 1e-6)
    assert np.allclose(_unlikely(logs, apart, outcome)[1], expected, rtol=1e-3, atol=1e-3)


def test_few_runs_are_conditioned_on_exactly(process: Process) -> None:
    (places, outcome), elsewhere = sample(), sample(1)[0]
    inner = process.kernel.between(places, places)
    across = process.kernel.between(elsewhere, places)
    solved = np.linalg.solve(inner + process.kernel.noise * np.eye(ROWS), outcome)
    assert np.allclose(process.at(elsewhere), across @ solved, atol=0.01)


def test_the_error_of_contrasts_is_that_of_weighted_sums(process: Process) -> None:
    people, doses = sample(1)[0], np.array([[-1.0], [0.0], [2.0]])
    expected, variance = process.curve(people, 1, doses)
    points = [np.tile(block, (3, 1)) for block in people]
    points[1] = np.repeat(doses, ROWS, axis=0)
    assert np.allclose(expected.ravel(), process.at(points))
    weights = np.kron(np.eye(3) - 1 / 3, np.ones(ROWS) / ROWS)
    assert np.allclose(variance, process.error(points, weights), rtol=1e-6, atol=1e-9)


def test_a_part_that_is_left_out_has_no_say(process: Process) -> None:
    places, outcome = sample()
    part = np.arange(ROWS) % 3
    kept = part != 0
    inner = process.kernel.between([b[kept] for b in places], [b[kept] for b in places])
    across = process.kernel.between([b[~kept] for b in places], [b[kept] for b in places])
    noisy = inner + process.kernel.noise * np.eye(int(kept.sum()))
    expected = across @ np.linalg.solve(noisy, outcome[kept])
    assert np.allclose(process.left_out(part)[~kept], expected, atol=0.01)


def test_what_is_like_the_rest_does_not_surprise(process: Process) -> None:
    places, _ = sample()
    random = np.random.default_rng(0).integers(0, 5, ROWS)
    found = process.surprise(random, places)
    assert len(found) == 5
    assert np.mean(found) < 4
