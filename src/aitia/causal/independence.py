"""Whether two variables are independent given others: one test for numbers and levels alike.

Each variable is a block of standardised columns (``causal.design``). Two single columns are judged
by Fisher's z of their partial correlation; wider blocks by Wilks' lambda with Bartlett's
correction, which is the same likelihood ratio. Answers are logarithms of p-values, so that strong
relations can still be told apart where p itself is zero to machine precision.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

RIDGE = 1e-9
"""Added to the diagonal of the correlations, which may be singular in a subsample."""


class Independence:
    """Tests on one sample.

    Parameters
    ----------
    blocks:
        One n-by-k block per variable, k >= 1. Columns that do not vary are ignored.
    """

    def __init__(self, blocks: Sequence[Matrix]) -> None:
        self.size = int(blocks[0].shape[0])
        varying = [_varying(block) for block in blocks]
        ends = np.cumsum([block.shape[1] for block in varying])
        self._places = [
            tuple(range(int(end) - block.shape[1], int(end)))
            for block, end in zip(varying, ends, strict=True)
        ]
        whole = np.hstack(varying)
        self._correlations = whole.T @ whole / self.size
        self._correlations[np.diag_indices(whole.shape[1])] += RIDGE
        self._known: dict[tuple[int, int, tuple[int, ...]], float] = {}
        self._logdets: dict[tuple[int, ...], float] = {(): 0.0}

    def log_p(self, x: int, y: int, given: Sequence[int] = ()) -> float:
        """Return log p of ``x`` independent of ``y`` given ``given``, all numbers of variables.

        It is 0 (p = 1) where the sample is too small, or a variable does not vary in it.
        """
        first, second = (x, y) if x < y else (y, x)
        key = (first, second, tuple(sorted(given)))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._test(first, second, key[2])
        return found

    def _test(self, x: int, y: int, given: tuple[int, ...]) -> float:
        one, other = self._places[x], self._places[y]
        rest = tuple(place for variable in given for place in self._places[variable])
        if not one or not other:
            return 0.0
        if len(one) == len(other) == 1:
            return self._fisher(one[0], other[0], rest)
        return self._wilks(one, other, rest)

    def _fisher(self, x: int, y: int, rest: tuple[int, ...]) -> float:
        from scipy.special import log_ndtr

        freedom = self.size - len(rest) - 3
        if freedom < 1:
            return 0.0
        r = self._partial((x, y, *rest)) if rest else float(self._correlations[x, y])
        r = max(-1 + 1e-12, min(1 - 1e-12, r))
        z = math.atanh(r) * math.sqrt(freedom)
        return min(0.0, math.log(2) + float(log_ndtr(-abs(z))))

    def _partial(self, places: tuple[int, ...]) -> float:
        inverse = np.linalg.inv(self._correlations[np.ix_(places, places)])
        return float(-inverse[0, 1] / math.sqrt(abs(inverse[0, 0] * inverse[1, 1])))

    def _wilks(self, one: tuple[int, ...], other: tuple[int, ...], rest: tuple[int, ...]) -> float:
        p, q = len(one), len(other)
        scale = self.size - len(rest) - 1 - (p + q + 1) / 2
        if scale < 1:
            return 0.0
        lambda_ = (
            self._logdet(one + other + rest)
            + self._logdet(rest)
            - self._logdet(one + rest)
            - self._logdet(other + rest)
        )
        return log_chi2_tail(max(0.0, -scale * lambda_), p * q)

    def _logdet(self, places: tuple[int, ...]) -> float:
        key = tuple(sorted(places))
        found = self._logdets.get(key)
        if found is None:
            found = float(np.linalg.slogdet(self._correlations[np.ix_(key, key)])[1])
            self._logdets[key] = found
        return found


def log_chi2_tail(statistic: float, freedom: int) -> float:
    """Return the log of the chance that a chi-squared of ``freedom`` degrees exceeds a value."""
    from scipy.special import gammaincc, gammaln

    shape, half = freedom / 2, statistic / 2
    tail = float(gammaincc(shape, half))
    if tail > 1e-290:
        return math.log(tail)
    # The leading terms of the expansion for large values (DLMF 8.11.2).
    terms, term = 1.0, 1.0
    for k in range(1, 6):
        term *= (shape - k) / half
        terms += term
    return float((shape - 1) * math.log(half) - half - gammaln(shape) + math.log(terms))


def _varying(block: Matrix) -> Matrix:
    spread = block.std(axis=0)
    kept = block[:, spread > 1e-12]
    centred: Matrix = (kept - kept.mean(axis=0)) / kept.std(axis=0) if kept.shape[1] else kept
    return centred
