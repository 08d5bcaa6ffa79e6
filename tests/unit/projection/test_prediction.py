from __future__ import annotations

import random

import pytest

from aitia.errors import ProjectionError
from aitia.projection.prediction import curve, level, predict


def points(a: float, b: float, c: float, count: int, noise: float = 0.0) -> list[float]:
    draw = random.Random(0)
    return [level((a, b, c), x) + draw.gauss(0, noise) for x in range(1, count + 1)]


def test_a_curve_is_found_again() -> None:
    found = curve(range(1, 13), points(0.95, 1.4, 0.5, 12))
    assert found is not None
    assert found == pytest.approx((0.95, 1.4, 0.5), abs=1e-3)


def test_training_may_stop_when_predictions_agree() -> None:
    values = points(0.95, 1.4, 0.5, 25, noise=0.002)
    found = predict(list(range(1, 26)), values, at=25, tolerance=0.01)
    assert found.converged_at is not None
    assert found.converged_at < 20
    assert found.value == pytest.approx(values[-1], abs=0.02)
    assert found.saved == pytest.approx(1 - found.converged_at / 25)


def test_noise_alone_does_not_converge_early() -> None:
    draw = random.Random(3)
    values = [draw.random() for _ in range(8)]
    found = predict(list(range(8)), values, at=25, tolerance=1e-4)
    assert found.converged_at is None
    assert found.saved == 0


def test_predictions_outside_the_bounds_do_not_count() -> None:
    values = points(1.5, 1.1, 4.0, 12)
    assert predict(list(range(1, 13)), values, at=50).converged_at is None
    assert predict(list(range(1, 13)), values, at=50, bounds=(0, 2)).converged_at is not None


@pytest.mark.parametrize(
    ("steps", "values"), [([1, 2, 3], [1, 2, 3]), ([1, 3, 2, 4], [1] * 4), ([1] * 4, [1] * 3)]
)
def test_too_few_points_or_unordered_ones_are_refused(
    steps: list[float], values: list[float]
) -> None:
    with pytest.raises(ProjectionError, match="at least 4 of each"):
        predict(steps, values, at=9)


def test_values_that_are_not_finite_give_no_curve() -> None:
    assert curve([1, 2, 3, 4], [0.1, float("nan"), 0.2, 0.3]) is None


@pytest.mark.parametrize("truth", [(0.9, 1.002, 100.0), (0.9, 1.4, 0.5), (0.6, 8.0, 1.2)])
def test_no_curve_near_by_lies_nearer_to_the_points(truth: tuple[float, float, float]) -> None:
    values = points(*truth, 20, noise=0.01)
    found = curve(range(1, 21), values)
    assert found is not None

    def miss(a: float, b: float, c: float) -> float:
        return sum((level((a, b, c), x) - y) ** 2 for x, y in enumerate(values, 1))

    a, b, c = found
    for factor in (0.99, 1.01):
        near = miss(a * factor, b, c), miss(a, 1 + (b - 1) * factor, c), miss(a, b, c * factor)
        assert miss(a, b, c) <= min(near) + 1e-9


def test_a_curve_that_falls_is_its_mean() -> None:
    found = curve(range(6), [0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    assert found is not None
    assert level(found, 50) == pytest.approx(0.65)
