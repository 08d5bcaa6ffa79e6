"""A smooth surface of an outcome over settings, with its uncertainty: Gaussian processes.

Three processes, whose kernels were learnt from different runs, are averaged; where they disagree is
doubt too. How far a process can be trusted beyond what it has seen is measured: it must tell the
mean outcome of regions of the configurations without their runs. Where it misses them by more than
it expects, all its errors are widened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from aitia.causal.guards import is_text
from aitia.causal.process import Matrix, Process
from aitia.projection.table import Cell, Column

FEW = 6
"""Up to so many values a setting is compared value by value."""

KNOTS = 3
"""More would follow the data where there are some, and run away where there are few."""

WIDE = 8
"""A positive setting whose greatest value is so many times its least counts by its logarithm."""

MEMBERS = 3
"""Processes that are averaged."""

MOST_ROWS = 10_000
"""Runs, drawn at random, that a surface is fitted to: beyond, more tell nothing more of it."""

REGIONS, DIVISIONS = 10, 3
"""Regions of the configurations that must be told without their runs; ways to divide them."""

CHUNK = 2000


class Axis:
    """One setting: from its values to spline terms."""

    def __init__(self, column: Column, knots: int = KNOTS) -> None:
        self.name = column.name
        self.text = is_text(column)
        self.levels: list[Cell] = sorted(set(column.values), key=lambda v: (str(type(v)), v))
        self.few = self.text or len(self.levels) <= FEW
        if not self.text:
            numbers = np.array(column.values, dtype=np.float64)
            self.logs = bool(numbers.min() > 0 and numbers.max() >= WIDE * numbers.min())
            placed = self._scaled(numbers)
            self._centre, self._spread = float(placed.mean()), float(placed.std()) or 1.0
        if not self.few:
            self.low, self.high = float(placed.min()), float(placed.max())
            from sklearn.preprocessing import SplineTransformer

            self._spline = SplineTransformer(
                n_knots=knots, degree=2, include_bias=False, knots="quantile"
            )
            self._spline.fit(placed[:, None])

    def _scaled(self, numbers: Matrix) -> Matrix:
        scaled: Matrix = np.log(np.maximum(numbers, 1e-300)) if self.logs else numbers
        return scaled

    def terms(self, values: Sequence[Cell]) -> Matrix:
        """Return the terms of values; numbers beyond what was seen count as the nearest seen."""
        if self.few:
            place = {level: i for i, level in enumerate(self.levels)}
            found = np.array([place.get(value, 0) for value in values])
            block: Matrix = (found[:, None] == np.arange(1, len(self.levels))).astype(np.float64)
            return block
        numbers = self._scaled(np.array(values, dtype=np.float64))
        made: Matrix = self._spline.transform(np.clip(numbers, self.low, self.high)[:, None])
        return made

    def place(self, values: Sequence[Cell]) -> Matrix:
        """Return the coordinates of values: a standardised number, or an indicator a level."""
        if self.text:
            place = {level: i for i, level in enumerate(self.levels)}
            found = np.array([place.get(value, 0) for value in values])
            block: Matrix = (found[:, None] == np.arange(len(self.levels))).astype(np.float64)
            return block
        numbers = self._scaled(np.array(values, dtype=np.float64))
        made: Matrix = (numbers - self._centre) / self._spread
        return made[:, None]


Points = Mapping[str, Sequence[Cell]]


class Surface:
    """A fitted surface.

    Parameters
    ----------
    columns:
        The settings.
    outcome:
        The outcome of each run.

    Attributes
    ----------
    width:
        Standard errors in the half-width of a 95 % interval: Student's t for errors that were
        judged by so many regions.
    """

    def __init__(self, columns: Sequence[Column], outcome: Matrix) -> None:
        from scipy.stats import t

        self.axes = [Axis(column) for column in columns]
        self._centre, self._spread = float(outcome.mean()), float(outcome.std()) or 1.0
        self._range = float(outcome.min()), float(outcome.max())
        rng = np.random.default_rng(0)
        self.rows = np.sort(rng.permutation(len(outcome))[:MOST_ROWS])
        places = [
            axis.place([column.values[i] for i in self.rows.tolist()])
            for axis, column in zip(self.axes, columns, strict=True)
        ]
        scaled = (outcome[self.rows] - self._centre) / self._spread
        self._members = [Process(places, scaled, rng) for _ in range(MEMBERS)]
        count = max(3, min(REGIONS, len(scaled) // 10))
        parts = [_regions(np.hstack(places), count, rng) for _ in range(DIVISIONS)]
        missed = [s for m in self._members for part in parts for s in m.surprise(part, places)]
        self._widened = max(1.0, float(np.mean(missed)))
        self.width = float(t.ppf(0.975, count - 1))

    def _places(self, points: Points) -> list[Matrix]:
        return [axis.place(points[axis.name]) for axis in self.axes]

    def _outcome(self, scaled: Matrix) -> Matrix:
        """Return outcomes, within the range of those that were seen."""
        found: Matrix = np.clip(self._centre + self._spread * scaled, *self._range)
        return found

    def at(self, points: Points) -> Matrix:
        """Return the expected outcome at points, within the range of outcomes that were seen."""
        places = self._places(points)
        found = [
            np.mean([self._outcome(m.at([b[i : i + CHUNK] for b in places]))
                     for m in self._members], axis=0)
            for i in range(0, len(places[0]), CHUNK)
        ]  # fmt: skip
        return np.concatenate(found)

    def error(self, points: Points, weights: Matrix) -> Matrix:
        """Return the standard error of each weighted sum of the outcomes expected at points."""
        places = self._places(points)
        own = np.mean([m.error(places, weights) for m in self._members], axis=0)
        told = [weights @ self._outcome(m.at(places)) for m in self._members]
        found: Matrix = np.sqrt(
            self._widened * self._spread**2 * own + np.var(told, axis=0, ddof=1)
        )
        return found

    def curve(self, people: Points, name: str, doses: Sequence[Cell]) -> tuple[Matrix, Matrix]:
        """Return the mean outcome expected of people at each dose of a setting, and the error.

        The error is the standard error of the contrast with the mean over all doses; that people
        are a sample is part of it.
        """
        setting = next(i for i, axis in enumerate(self.axes) if axis.name == name)
        placed = self.axes[setting].place(doses)
        told, own = [], []
        for member in self._members:
            expected, variance = member.curve(self._places(people), setting, placed)
            told.append(self._outcome(expected))
            own.append(variance)
        mean = np.mean(told, axis=0)
        each = np.array([one.mean(axis=1) - one.mean() for one in told])
        drawn = (mean - mean.mean(axis=0)).var(axis=1) / mean.shape[1]
        variance = self._widened * self._spread**2 * np.mean(own, axis=0) + drawn
        return mean.mean(axis=1), np.sqrt(variance + each.var(axis=0, ddof=1))

    def left_out(self, part: npt.NDArray[np.int64]) -> Matrix:
        """Return the outcome expected of each fitted run (``rows``) by the other parts' runs."""
        found: Matrix = np.mean([self._outcome(m.left_out(part)) for m in self._members], axis=0)
        return found


def _regions(places: Matrix, count: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return the region of each run: the nearest of a few runs drawn at random."""
    centres = places[rng.permutation(len(places))[:count]]
    found: npt.NDArray[np.int64] = np.argmin(
        ((places[:, None, :] - centres[None, :, :]) ** 2).sum(axis=-1), axis=1
    )
    return found
