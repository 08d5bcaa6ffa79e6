"""One test for numbers and levels together, many questions at once.

Between a number and anything else it is Wilks' lambda with Bartlett's correction over indicator
columns (the degenerate-Gaussian likelihood ratio), which with a number on one side is the test of
its linear regression. Levels among levels are judged by G². Two nominal variables given numbers are
judged by a logistic regression of one of them: indicators are no Gaussian effects of numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aitia.causal.contingency import GSquared, codes
from aitia.causal.fisher import (
    RIDGE,
    Matrix,
    Places,
    is_nominal,
    log_chi2_tail,
    log_normal_tails,
)

STEPS = 25
"""Most steps of Newton's method in a logistic regression."""

SHRINK = 1e-4
"""Ridge of a logistic regression, so that separated levels do not run away."""


class Mixed:
    """Tests of a table of numbers and levels.

    Parameters
    ----------
    blocks:
        One n-by-k block of standardised columns a variable. Columns that do not vary are ignored.
    """

    def __init__(self, blocks: Sequence[Matrix]) -> None:
        self._rows = int(blocks[0].shape[0])
        self._blocks = [_varying(block) for block in blocks]
        self._nominal = np.array([is_nominal(block) for block in blocks])
        self._codes = codes(blocks)
        self._counts = GSquared(np.where(self._nominal, self._codes, 0))
        whole = np.hstack(self._blocks)
        self._moments = whole.T @ whole / self._rows
        self._moments[np.diag_indices(whole.shape[1])] += RIDGE
        self._widths = np.array([block.shape[1] for block in self._blocks])
        self._starts = np.cumsum(self._widths) - self._widths

    def log_p(self, x: Places, y: Places, given: Places) -> Matrix:
        """Return log p of each question."""
        found = np.zeros(len(x))
        levels = self._nominal[x] & self._nominal[y]
        counted = levels & self._nominal[given].all(axis=1)
        found[counted] = self._counts.log_p(x[counted], y[counted], given[counted])
        for row in np.flatnonzero(levels & ~counted).tolist():
            found[row] = self._logistic(int(x[row]), int(y[row]), given[row].tolist())
        rest = np.flatnonzero(~levels)
        shapes = np.column_stack([self._widths[x], self._widths[y], self._widths[given]])[rest]
        for shape in np.unique(shapes, axis=0):
            rows = rest[(shapes == shape).all(axis=1)]
            found[rows] = self._wilks(x[rows], y[rows], given[rows])
        return found

    def _wilks(self, x: Places, y: Places, given: Places) -> Matrix:
        """Return log p of questions whose blocks have the same widths."""
        one, other = self._columns(x[:, None]), self._columns(y[:, None])
        rest = self._columns(given)
        p, q = one.shape[1], other.shape[1]
        scale = self._rows - rest.shape[1] - 1 - (p + q + 1) / 2
        if not p or not q or scale < 1:
            return np.zeros(len(x))
        log_lambda = (
            self._logdet(np.hstack([one, other, rest]))
            + self._logdet(rest)
            - self._logdet(np.hstack([one, rest]))
            - self._logdet(np.hstack([other, rest]))
        )
        if p == q == 1:
            r2 = np.clip(1 - np.exp(log_lambda), 0.0, 1 - 1e-12)
            freedom = self._rows - rest.shape[1] - 3
            return log_normal_tails(np.arctanh(np.sqrt(r2)) * np.sqrt(max(freedom, 1)))
        return log_chi2_tail(np.maximum(0.0, -scale * log_lambda), p * q)

    def _columns(self, variables: Places) -> Places:
        """Return the columns of a row's variables; all rows have variables of the same widths."""
        parts = [
            self._starts[variables[:, k], None] + np.arange(self._widths[variables[0, k]])
            for k in range(variables.shape[1])
        ]
        empty = np.zeros((len(variables), 0), dtype=np.int64)
        return np.hstack([empty, *parts])

    def _logdet(self, places: Places) -> Matrix:
        if not places.shape[1]:
            return np.zeros(len(places))
        stacked = self._moments[places[:, :, None], places[:, None, :]]
        found: Matrix = np.linalg.slogdet(stacked)[1]
        return found

    def _logistic(self, x: int, y: int, given: Sequence[int]) -> float:
        """Judge two nominal variables given numbers, by a regression of the one of fewer levels."""
        child, other = (x, y) if self._widths[x] <= self._widths[y] else (y, x)
        freedom = int(self._widths[child] * self._widths[other])
        rest = np.hstack([np.ones((self._rows, 1)), *(self._blocks[i] for i in given)])
        full = np.hstack([rest, self._blocks[other]])
        if not freedom or self._rows <= full.shape[1] * int(self._widths[child]) + 1:
            return 0.0
        levels = np.unique(self._codes[:, child], return_inverse=True)[1].reshape(-1)
        gain = 2 * (likelihood(full, levels) - likelihood(rest, levels))
        return float(log_chi2_tail(max(0.0, gain), freedom))


def likelihood(inputs: Matrix, levels: Places) -> float:
    """Return the greatest log-likelihood of levels by a logistic regression (Newton's method)."""
    rows, width = inputs.shape
    classes = int(levels.max())
    seen = (levels[:, None] == np.arange(1, classes + 1)).astype(np.float64)
    weights = np.zeros((width, classes))
    best = -np.inf
    for _ in range(STEPS):
        powers = np.hstack([np.zeros((rows, 1)), inputs @ weights])
        powers -= powers.max(axis=1, keepdims=True)
        chances = np.exp(powers)
        chances /= chances.sum(axis=1, keepdims=True)
        now = float(np.log(np.maximum(chances[np.arange(rows), levels], 1e-300)).sum())
        if now - best < 1e-6:
            return max(now, best)
        best = now
        told = chances[:, 1:]
        slope = (inputs.T @ (seen - told) - SHRINK * weights).T.ravel()
        bend = np.empty((classes * width, classes * width))
        for a in range(classes):
            for b in range(classes):
                share = told[:, a] * ((a == b) - told[:, b])
                place = slice(a * width, (a + 1) * width), slice(b * width, (b + 1) * width)
                bend[place] = (inputs * share[:, None]).T @ inputs
        bend[np.diag_indices(len(bend))] += SHRINK
        weights = weights + np.linalg.solve(bend, slope).reshape(classes, width).T
    return best


def _varying(block: Matrix) -> Matrix:
    spread = block.std(axis=0)
    kept = block[:, spread > 1e-12]
    centred: Matrix = (kept - kept.mean(axis=0)) / kept.std(axis=0) if kept.shape[1] else kept
    return centred
