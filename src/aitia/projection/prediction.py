"""Where a learning curve leads before it gets there: fitness prediction as PENGUIN does it.

The curve ``a - b ** (c - x)`` is fitted to the first points; when the last predictions for a later
step agree, training may stop there and the prediction stands for the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from aitia.errors import ProjectionError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]

FEWEST = 4
"""Points before which nothing is predicted: the curve has three parameters."""

SLOWEST, FASTEST = 1e-3, 30.0
"""Least share by which a drop shrinks over all steps, and most rounds of e from one to the next."""

CANDIDATES, ROUNDS = 61, 6
"""Rates that are tried at once, and how often the best one's neighbourhood is tried again."""

LEAST = 1e-100
"""A drop below this counts as this, for its logarithm."""


class Prediction(NamedTuple):
    """What was predicted for ``at``.

    Attributes
    ----------
    value:
        The fitness at that step; None when no curve of this form fits.
    parameters:
        ``a``, ``b``, ``c``.
    converged_at:
        The step from which on the predictions agree; None when they never did.
    saved:
        Share of the steps up to ``at`` that need not be trained.
    """

    at: float
    value: float | None
    parameters: tuple[float, float, float] | None
    converged_at: float | None
    saved: float


def curve(steps: Sequence[float], values: Sequence[float]) -> tuple[float, float, float] | None:
    """Return ``a``, ``b``, ``c`` of the nearest ``a - b ** (c - x)``, or None when none fits.

    For a given ``b`` the curve is ``a`` less a multiple of ``b ** -x``, which is fitted in closed
    form; so ``b`` alone is searched for, over all that tell apart from a line and from a step
    (variable projection, Golub and Pereyra 1973).
    """
    import numpy as np

    x, y = np.asarray(steps, dtype=float), np.asarray(values, dtype=float)
    if len(x) < FEWEST or not np.isfinite(y).all():
        return None
    span, gap = float(np.ptp(x)), float(np.diff(x).min())
    slow, fast = np.log(SLOWEST / span), np.log(FASTEST / gap)
    for _ in range(ROUNDS):
        rates = np.linspace(slow, fast, CANDIDATES)
        tops, drops, misses = _levels(np.exp(rates), x - x[0], y)
        best = int(np.argmin(misses))
        if not np.isfinite(misses[best]):
            return None
        slow, fast = rates[max(0, best - 1)], rates[min(CANDIDATES - 1, best + 1)]
    rate = float(np.exp(rates[best]))
    # The drop at the first step is b ** (c - x[0]).
    c = float(x[0] + np.log(max(float(drops[best]), LEAST)) / rate)
    return float(tops[best]), float(np.exp(rate)), c


def _levels(rates: Numbers, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return, for each rate, the nearest level and drop, and the squared error they leave.

    A curve of this form rises: where the nearest would fall, it is the mean with no drop.
    """
    import numpy as np

    terms = np.exp(-rates[:, None] * x)
    centred = terms - terms.mean(axis=1, keepdims=True)
    spread = (centred**2).sum(axis=1)
    drops = np.maximum(0.0, -(centred @ y) / np.where(spread > 0, spread, np.inf))
    tops = y.mean() + drops * terms.mean(axis=1)
    misses = ((tops[:, None] - drops[:, None] * terms - y) ** 2).sum(axis=1)
    return tops, drops, misses


def predict(
    steps: Sequence[float],
    values: Sequence[float],
    *,
    at: float,
    window: int = 3,
    tolerance: float = 0.005,
    bounds: tuple[float, float] = (0.0, 1.0),
) -> Prediction:
    """Predict the fitness at a later step from a growing part of a curve, until it converges.

    Parameters
    ----------
    steps, values:
        The points, in order; fitness is to be made large, such as an accuracy.
    at:
        The step that is asked about.
    window, tolerance:
        Converged when so many predictions in a row lie within ``tolerance`` of one another.
    bounds:
        What a fitness can be; predictions outside do not count.

    Raises
    ------
    ProjectionError
        When there are too few points, or they are not in order.
    """
    if len(steps) != len(values) or len(steps) < FEWEST or list(steps) != sorted(set(steps)):
        raise ProjectionError(
            f"{len(steps)} steps and {len(values)} values",
            expected=f"at least {FEWEST} of each, steps rising",
        )
    recent: list[float] = []
    parameters = None
    for count in range(FEWEST, len(steps) + 1):
        parameters = curve(steps[:count], values[:count])
        if parameters is None:
            recent.clear()
            continue
        value = level(parameters, at)
        recent = [*recent, value][-window:] if bounds[0] <= value <= bounds[1] else []
        if len(recent) == window and max(recent) - min(recent) <= tolerance:
            step = float(steps[count - 1])
            saved = max(0.0, 1 - step / at) if at > 0 else 0.0
            return Prediction(at, value, parameters, step, saved)
    last = None if parameters is None else level(parameters, at)
    return Prediction(at, last, parameters, None, 0.0)


def level(parameters: tuple[float, float, float], step: float) -> float:
    """Return the fitness of a curve at a step."""
    from math import exp, log

    a, b, c = parameters
    return a - exp(max(-700.0, min(700.0, (c - step) * log(b))))
