"""Whether runs like the others could have had another value of a setting: overlap, and its weights.

How likely each value was, given everything else that the run was given, is modelled: by logistic
regression for values that are compared one by one, by a normal distribution of scores for numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aitia.causal.process import Matrix
from aitia.causal.surface import Axis
from aitia.projection.table import Cell, Column

ENOUGH = 0.1
"""A run could have had a value if that was at least this share as likely as among all runs."""


class Bins:
    """The doses of one setting: its values, or bins of equal count, and where each run lies.

    Parameters
    ----------
    column:
        The setting.
    most:
        How many bins its numbers are put into.
    """

    def __init__(self, column: Column, most: int = 10) -> None:
        axis = Axis(column)
        if axis.few:
            self.doses: list[Cell] = list(axis.levels)
            place = {level: i for i, level in enumerate(self.doses)}
            self.edges: Matrix | None = None
            self.place = np.array([place[value] for value in column.values])
            return
        numbers = np.array(column.values, dtype=np.float64)
        self.edges = np.unique(np.quantile(numbers, np.linspace(0, 1, most + 1)))[1:-1]
        self.place = np.searchsorted(self.edges, numbers, side="right")
        kept = np.unique(self.place)
        self.doses = [float(np.median(numbers[self.place == k])) for k in kept]
        self.place = np.searchsorted(kept, self.place)

    @property
    def count(self) -> int:
        """How many doses there are."""
        return len(self.doses)


def chances(column: Column, bins: Bins, others: Sequence[Column]) -> Matrix:
    """Return the chance of each dose for each run, given the other settings."""
    rows = len(column.values)
    blocks = [Axis(other).terms(other.values) for other in others]
    terms = np.hstack([np.ones((rows, 1)), *blocks])
    if bins.edges is None:
        return _levels(terms, bins)
    return _numbers(column, terms, bins)


def _levels(terms: Matrix, bins: Bins) -> Matrix:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=500).fit(terms[:, 1:] if terms.shape[1] > 1 else terms,
                                                 bins.place)  # fmt: skip
    found: Matrix = model.predict_proba(terms[:, 1:] if terms.shape[1] > 1 else terms)
    return found


def _numbers(column: Column, terms: Matrix, bins: Bins) -> Matrix:
    from scipy.special import ndtr, ndtri
    from scipy.stats import rankdata

    rows = len(column.values)
    score = ndtri(rankdata(np.array(column.values, dtype=np.float64)) / (rows + 1))
    penalty = np.eye(terms.shape[1])
    weights = np.linalg.solve(terms.T @ terms + penalty, terms.T @ score)
    mean = terms @ weights
    spread = max(0.02, float((score - mean).std()))
    tops = np.array([score[bins.place == k].max() for k in range(bins.count - 1)])
    below = ndtr((tops[None, :] - mean[:, None]) / spread)
    full = np.column_stack([np.zeros(rows), below, np.ones(rows)])
    found: Matrix = np.diff(full, axis=1)
    return found


def shares(likely: Matrix, place: npt.NDArray[np.int64]) -> Matrix:
    """Return, for each dose, the share of runs that could well have had it."""
    overall = np.bincount(place, minlength=likely.shape[1]) / len(place)
    found: Matrix = (likely > ENOUGH * overall).mean(axis=0)
    return found
