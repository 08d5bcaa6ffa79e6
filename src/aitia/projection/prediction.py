"""Where a learning curve leads before it gets there: fitness prediction as PENGUIN does it.

The curve ``a - b ** (c - x)`` is fitted to the first points; when the last predictions for a later
step agree, training may stop there and the prediction stands for the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from aitia.errors import ProjectionError

FEWEST = 4
"""Points before which nothing is predicted: the curve has three parameters."""


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
    """Return ``a``, ``b``, ``c`` of the nearest ``a - b ** (c - x)``, or None when none fits."""
    import numpy as np
    from scipy.optimize import OptimizeWarning, curve_fit

    x, y = np.asarray(steps, dtype=float), np.asarray(values, dtype=float)
    if len(x) < FEWEST or not np.isfinite(y).all():
        return None
    reach = max(float(np.ptp(y)), 1e-9)
    begin = (float(y.max()) + 0.1 * reach, 1.5, float(np.log(reach) / np.log(1.5) + x[0]))
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", (OptimizeWarning, RuntimeWarning))
        try:
            found, _ = curve_fit(
                lambda t, a, b, c: a - np.power(b, np.clip(c - t, -300, 300)),
                x, y, p0=begin, bounds=([-np.inf, 1 + 1e-9, -np.inf], np.inf), maxfev=2000,
            )  # fmt: skip
        except (RuntimeError, ValueError):
            return None
    return float(found[0]), float(found[1]), float(found[2])


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
    a, b, c = parameters
    return float(a - b ** max(-300.0, min(300.0, c - step)))
