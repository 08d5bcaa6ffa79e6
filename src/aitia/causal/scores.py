"""How well parents explain a variable: BIC of numbers, BDeu or BIC of levels.

Scores are to be made large. Each is the logarithm of a likelihood less a price for parameters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

RIDGE = 1e-9
"""Added to the diagonal of the correlations, which may be singular in a subsample."""


class Score(Protocol):
    """Scores of one variable given others."""

    def local(self, effect: int, parents: Sequence[int]) -> float:
        """Return the score of ``effect`` given ``parents``."""
        ...

    def added(self, effect: int, parents: Sequence[int], more: Sequence[int]) -> Matrix:
        """Return the scores with each of ``more`` added to the parents."""
        ...


class Gaussian:
    """BIC of linear Gaussian relations, from the correlations alone.

    A block of several columns (the levels of a nominal variable) is one variable.

    Parameters
    ----------
    blocks:
        Standardised columns, one block a variable.
    price:
        Of one parameter, in units of log(n)/2.
    """

    def __init__(self, blocks: Sequence[Matrix], *, price: float = 2.0) -> None:
        self.rows = int(blocks[0].shape[0])
        whole = np.hstack(blocks)
        self._moments = whole.T @ whole / self.rows
        self._moments[np.diag_indices(whole.shape[1])] += RIDGE
        ends = np.cumsum([block.shape[1] for block in blocks]).tolist()
        self._places = [
            list(range(end - block.shape[1], end)) for block, end in zip(blocks, ends, strict=True)
        ]
        self._narrow = whole.shape[1] == len(blocks)
        self._price = price * np.log(self.rows) / 2
        self._known: dict[frozenset[int], float] = {frozenset(): 0.0}

    def local(self, effect: int, parents: Sequence[int]) -> float:
        """Return the score of ``effect`` given ``parents``."""
        above = frozenset(parents)
        spread = self._logdet(above | {effect}) - self._logdet(above)
        width = sum(len(self._places[i]) for i in above)
        return float(-self.rows / 2 * spread - self._price * width * len(self._places[effect]))

    def added(self, effect: int, parents: Sequence[int], more: Sequence[int]) -> Matrix:
        """Return the scores with each of ``more`` added to the parents."""
        if not self._narrow:
            return np.array([self.local(effect, (*parents, other)) for other in more])
        rest = [effect, *more]
        left = self._moments[np.ix_(rest, rest[:1])][:, 0]
        spread = self._moments[rest, rest]
        if parents:
            above = list(parents)
            across = self._moments[np.ix_(above, rest)]
            solved = np.linalg.solve(self._moments[np.ix_(above, above)], across)
            left = left - solved.T @ across[:, 0]
            spread = spread - (solved * across).sum(axis=0)
        spread = np.maximum(spread, RIDGE)
        remains = np.maximum(spread[0] - left[1:] ** 2 / spread[1:], RIDGE)
        scores: Matrix = -self.rows / 2 * np.log(remains) - self._price * (len(parents) + 1)
        return scores

    def _logdet(self, variables: frozenset[int]) -> float:
        found = self._known.get(variables)
        if found is None:
            places = [place for i in sorted(variables) for place in self._places[i]]
            found = float(np.linalg.slogdet(self._moments[np.ix_(places, places)])[1])
            self._known[variables] = found
        return found


class _Stratum(NamedTuple):
    """Combinations of the parents' levels: of each row, how many occur, how many could, what they
    take from the score of an effect."""

    code: Codes
    size: int
    possible: float
    own: float


class Discrete:
    """Scores of tables of counts: BDeu, or BIC.

    BIC pays for every cell that a table could have, seen or not, and leaves out true parents of
    many levels; BDeu with a weak prior pays for what is seen.

    Parameters
    ----------
    codes:
        One column of whole numbers from 0 a variable.
    prior:
        Rows that BDeu's prior is worth; None for BIC.
    """

    def __init__(self, codes: Codes, *, prior: float | None = 0.1) -> None:
        self.rows = int(codes.shape[0])
        kept, counts = np.unique(codes, axis=0, return_counts=True)
        self._columns = np.ascontiguousarray(kept.T)
        self._weights = counts.astype(np.float64)
        self._levels = [int(column.max()) + 1 for column in self._columns]
        self._prior = prior
        self._known: dict[tuple[int, frozenset[int]], float] = {}
        self._strata: dict[frozenset[int], _Stratum] = {}

    def local(self, effect: int, parents: Sequence[int]) -> float:
        """Return the score of ``effect`` given ``parents``."""
        key = (effect, frozenset(parents))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._count(effect, parents)
        return found

    def added(self, effect: int, parents: Sequence[int], more: Sequence[int]) -> Matrix:
        """Return the scores with each of ``more`` added to the parents."""
        return np.array([self.local(effect, (*parents, other)) for other in more])

    def _count(self, effect: int, parents: Sequence[int]) -> float:
        stratum = self._stratum(parents)
        levels = self._levels[effect]
        cells = np.bincount(
            stratum.code * levels + self._columns[effect], self._weights, stratum.size * levels
        ).astype(np.float64, copy=False)
        if self._prior is None:
            price = np.log(self.rows) / 2 * (levels - 1) * stratum.possible
            return float(_entropy(cells) - stratum.own - price)
        return _gains(cells, self._prior / stratum.possible / levels) - stratum.own

    def _stratum(self, parents: Sequence[int]) -> _Stratum:
        key = frozenset(parents)
        found = self._strata.get(key)
        if found is not None:
            return found
        # Most are one parent more than another that is known.
        known = self._strata.get(frozenset(parents[:-1]))
        code, size, possible = (
            known[:3] if known else (np.zeros(len(self._weights), dtype=np.int64), 1, 1.0)
        )
        for i in parents[-1:] if known else parents:
            code = code * self._levels[i] + self._columns[i]
            size *= self._levels[i]
            possible *= self._levels[i]
            if size > 4096:
                _, code = np.unique(code, return_inverse=True)
                size = int(code.max()) + 1
        totals = np.bincount(code, self._weights, size).astype(np.float64, copy=False)
        own = _entropy(totals) if self._prior is None else _gains(totals, self._prior / possible)
        if len(self._strata) > 2000:
            self._strata.clear()
        found = self._strata[key] = _Stratum(code, size, possible, own)
        return found


def _entropy(counts: Matrix) -> float:
    present = counts[counts > 0]
    return float((present * np.log(present)).sum())


def _gains(counts: Matrix, prior: float) -> float:
    from scipy.special import gammaln

    present = counts[counts > 0]
    return float(gammaln(prior + present).sum()) - len(present) * math.lgamma(prior)
