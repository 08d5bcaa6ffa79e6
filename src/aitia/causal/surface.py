"""A smooth surface of an outcome over settings, with its uncertainty: splines and their products.

Bayesian ridge regression in closed form. How much products of two settings may matter, and how
smooth all is, is chosen by marginal likelihood. Where runs are lacking the uncertainty is that of
the prior, so that an effect read off there comes with a wide interval instead of a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from aitia.causal.guards import is_text
from aitia.projection.table import Cell, Column

Matrix = npt.NDArray[np.float64]

MOST_TERMS = 450
"""Most spline terms and products of them."""

FEW = 6
"""Up to so many values a setting is compared value by value."""

KNOTS = 3
"""More would follow the data where there are some, and run away where there are few."""


class Axis:
    """One setting: from its values to spline terms."""

    def __init__(self, column: Column, knots: int = KNOTS) -> None:
        self.name = column.name
        self.text = is_text(column)
        self.levels: list[Cell] = sorted(set(column.values), key=lambda v: (str(type(v)), v))
        self.few = self.text or len(self.levels) <= FEW
        if not self.few:
            numbers = np.array(column.values, dtype=np.float64)
            self.logs = bool(numbers.min() > 0 and numbers.max() > 20 * numbers.min())
            scaled = self._scaled(numbers)
            self.low, self.high = float(scaled.min()), float(scaled.max())
            from sklearn.preprocessing import SplineTransformer

            self._spline = SplineTransformer(
                n_knots=knots, degree=2, include_bias=False, knots="quantile"
            )
            self._spline.fit(scaled[:, None])

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


Points = Mapping[str, Sequence[Cell]]


class Surface:
    """A fitted surface.

    Parameters
    ----------
    columns:
        The settings.
    outcome:
        The outcome of each run.
    knots:
        How finely the splines bend.
    """

    def __init__(self, columns: Sequence[Column], outcome: Matrix, knots: int = KNOTS) -> None:
        self.axes = [Axis(column, knots) for column in columns]
        self._centre = float(outcome.mean())
        self._range = float(outcome.min()), float(outcome.max())
        blocks = [axis.terms(c.values) for axis, c in zip(self.axes, columns, strict=True)]
        self._pairs = _affordable(blocks, outcome - self._centre)
        raw = self._joined(blocks)
        self._mean = raw.mean(axis=0)
        self._mains = sum(block.shape[1] for block in blocks)
        # Not divided by their spread: terms that few runs have would count for much elsewhere.
        self._fit(raw - self._mean, outcome - self._centre)

    def _joined(self, blocks: Sequence[Matrix]) -> Matrix:
        products = [
            (blocks[i][:, :, None] * blocks[j][:, None, :]).reshape(len(blocks[i]), -1)
            for i, j in self._pairs
        ]
        return np.hstack([*blocks, *products])

    def _fit(self, terms: Matrix, outcome: Matrix) -> None:
        rows = len(outcome)
        gram, moment = terms.T @ terms, terms.T @ outcome
        total, best = float(outcome @ outcome), -np.inf
        for share in (0.02, 0.1, 0.3, 1.0):
            scale = np.where(np.arange(len(gram)) < self._mains, 1.0, np.sqrt(share))
            values, vectors = np.linalg.eigh(gram * scale[:, None] * scale)
            values = np.maximum(values, 0)
            turned = vectors.T @ (scale * moment)
            for prior in np.logspace(-2, 2, 9):
                rest = total - float((turned**2 / (values + prior)).sum())
                evidence = -float(np.log1p(values / prior).sum()) - rows * np.log(max(rest, 1e-300))
                if evidence > best:
                    best = evidence
                    basis = scale[:, None] * vectors
                    self._weights = basis @ (turned / (values + prior))
                    self.noise = max(rest, 1e-300) / rows
                    self._root = basis * np.sqrt(self.noise / (values + prior))

    def terms(self, points: Points) -> Matrix:
        """Return the terms of points, given as one sequence of values per setting."""
        raw = self._joined([axis.terms(points[axis.name]) for axis in self.axes])
        made: Matrix = raw - self._mean
        return made

    def at(self, points: Points) -> Matrix:
        """Return the expected outcome at points, within the range of outcomes that were seen."""
        found: Matrix = np.clip(self._centre + self.terms(points) @ self._weights, *self._range)
        return found

    def spread(self, terms: Matrix) -> Matrix:
        """Return the standard error of each row of combined terms."""
        found: Matrix = np.sqrt(((terms @ self._root) ** 2).sum(axis=1))
        return found


def _affordable(blocks: Sequence[Matrix], outcome: Matrix) -> list[tuple[int, int]]:
    """Return the pairs of settings whose products are taken: of the strongest settings first."""
    told = [_tells(block, outcome) for block in blocks]
    left = min(MOST_TERMS, len(outcome) // 2) - sum(block.shape[1] for block in blocks)
    pairs = []
    for i, j in sorted(combinations(range(len(blocks)), 2), key=lambda p: -told[p[0]] - told[p[1]]):
        size = blocks[i].shape[1] * blocks[j].shape[1]
        if size <= left:
            pairs.append((i, j))
            left -= size
    return pairs


def _tells(block: Matrix, outcome: Matrix) -> float:
    centred = block - block.mean(axis=0)
    fitted, *_ = np.linalg.lstsq(centred, outcome, rcond=None)
    return float(((centred @ fitted) ** 2).sum() / max(1e-300, float(outcome @ outcome)))
