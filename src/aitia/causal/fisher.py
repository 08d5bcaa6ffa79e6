"""Fisher's z of partial correlations, for thousands of questions at once, and tails of p-values.

A question is a row: two variables and those that they are conditioned on, all by number.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

RIDGE = 1e-9
"""Added to the diagonal of the correlations, which may be singular in a subsample."""

CHUNK = 4096
"""Questions that are worked on at once, few enough for the cache."""


class Test(Protocol):
    """Judges many questions of the same number of conditions."""

    def log_p(self, x: Places, y: Places, given: Places) -> Matrix:
        """Return log p of each ``x`` independent of its ``y`` given its row of ``given``.

        It is 0 (p = 1) where the sample is too small, or a variable does not vary in it.
        """
        ...


def is_nominal(block: Matrix) -> bool:
    """Return whether a variable's columns stand for levels: each has two values at most.

    A number may have several columns as well, such as for a relation that bends.
    """
    return not ((block != block.min(axis=0)) & (block != block.max(axis=0))).any()


class Fisher:
    """Fisher's z of partial correlations.

    Parameters
    ----------
    columns:
        One column a variable. Where values are NaN, each test takes the rows in which all of its
        own variables have one.
    """

    def __init__(self, columns: Matrix) -> None:
        self._columns = columns
        self._gaps = np.isnan(columns).any(axis=0)
        self._known: dict[tuple[int, ...], tuple[Matrix, int]] = {}

    def log_p(self, x: Places, y: Places, given: Places) -> Matrix:
        """Return log p of each question."""
        if not self._gaps.any():
            return self._judge(x, y, given, *self._moments(()))
        lacking = np.flatnonzero(self._gaps)
        asked = np.column_stack([x, y, given])
        patterns = (asked[:, :, None] == lacking).any(axis=1)
        found = np.zeros(len(x))
        for pattern in np.unique(patterns, axis=0):
            rows = (patterns == pattern).all(axis=1)
            moments = self._moments(tuple(lacking[pattern].tolist()))
            found[rows] = self._judge(x[rows], y[rows], given[rows], *moments)
        return found

    def _moments(self, needed: tuple[int, ...]) -> tuple[Matrix, int]:
        """Return correlations over the rows in which ``needed`` have values, and how many."""
        found = self._known.get(needed)
        if found is None:
            whole = self._columns
            if needed:
                whole = whole[~np.isnan(whole[:, list(needed)]).any(axis=1)]
            found = self._known[needed] = correlations(whole), len(whole)
        return found

    def _judge(self, x: Places, y: Places, given: Places, among: Matrix, rows: int) -> Matrix:
        found = np.zeros(len(x))
        freedom = rows - given.shape[1] - 3
        if freedom < 1:
            return found
        for start in range(0, len(x), CHUNK):
            part = slice(start, start + CHUNK)
            r = partial(among, x[part], y[part], given[part])
            found[part] = log_normal_tails(np.arctanh(r) * np.sqrt(freedom))
        return found


def correlations(columns: Matrix) -> Matrix:
    """Return the correlations of columns; one that does not vary correlates with none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = columns - columns.mean(axis=0)
        spread = np.sqrt((centred**2).mean(axis=0))
        scaled = np.where(spread > 1e-12, centred / spread, 0.0)
    found: Matrix = scaled.T @ scaled / len(columns)
    found[np.diag_indices(len(found))] = 1 + RIDGE
    return found


def partial(among: Matrix, x: Places, y: Places, given: Places) -> Matrix:
    """Return partial correlations, row by row, from the correlations ``among`` all variables.

    The conditions are eliminated from all questions at once, one after another.
    """
    places = np.column_stack([given, x, y]).T
    size = len(places)
    left = among[places[:, None, :], places[None, :, :]]
    for k in range(size - 2):
        pivot = np.maximum(left[k, k], RIDGE)
        for i in range(k + 1, size):
            share = left[k, i] / pivot
            for j in range(i, size):
                left[i, j] -= share * left[k, j]
    spread = np.maximum(left[-2, -2], RIDGE) * np.maximum(left[-1, -1], RIDGE)
    found: Matrix = np.clip(left[-2, -1] / np.sqrt(spread), -1 + 1e-12, 1 - 1e-12)
    return found


def log_normal_tails(z: Matrix) -> Matrix:
    """Return the log of the chance that a standard normal is as far from 0, on either side."""
    from scipy.special import log_ndtr

    found: Matrix = np.minimum(0.0, np.log(2) + log_ndtr(-np.abs(z)))
    return found


def log_chi2_tail(statistic: npt.ArrayLike, freedom: npt.ArrayLike) -> Matrix:
    """Return the log of the chance that a chi-squared exceeds a value, by degrees of freedom."""
    from scipy.special import gammaincc, gammaln

    half, shape = np.broadcast_arrays(
        np.asarray(statistic, dtype=np.float64) / 2, np.asarray(freedom, dtype=np.float64) / 2
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        tail = np.where(shape > 0, gammaincc(np.maximum(shape, 0.5), half), 1.0)
        near = np.log(tail)
        # The leading terms of the expansion for large values (DLMF 8.11.2).
        terms, term = np.ones_like(half), np.ones_like(half)
        for k in range(1, 6):
            term = term * (shape - k) / half
            terms = terms + term
        far = (shape - 1) * np.log(half) - half - gammaln(shape) + np.log(terms)
    found: Matrix = np.where(tail > 1e-290, near, far)
    return found
