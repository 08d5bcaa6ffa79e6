"""G² tests of levels, many at once: likelihood ratios of tables of counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aitia.causal.fisher import Matrix, Places, log_chi2_tail


def codes(blocks: Sequence[Matrix]) -> Places:
    """Return the number of each row's level, a column a variable, from indicator columns."""
    found = np.zeros((len(blocks[0]), len(blocks)), dtype=np.int64)
    for place, block in enumerate(blocks):
        # Levels differ in one indicator: sums with unlike weights keep them apart.
        key = block @ np.sqrt(np.arange(2, block.shape[1] + 2)) if block.shape[1] > 1 else block
        found[:, place] = np.unique(np.round(key, 9), return_inverse=True)[1].reshape(-1)
    return found


class GSquared:
    """G² tests.

    Parameters
    ----------
    levels:
        One column of whole numbers from 0 a variable.
    """

    def __init__(self, levels: Places) -> None:
        kept, counts = np.unique(levels, axis=0, return_counts=True)
        self._columns = np.ascontiguousarray(kept.T)
        self._weights = counts.astype(np.float64)
        self._levels = levels.max(axis=0) + 1
        self._strata: dict[tuple[int, ...], tuple[Places, int]] = {}

    def log_p(self, x: Places, y: Places, given: Places) -> Matrix:
        """Return log p of each question."""
        found = np.zeros((len(x), 2))
        for row, (one, other, rest) in enumerate(
            zip(x.tolist(), y.tolist(), given.tolist(), strict=True)
        ):
            found[row] = self._judge(one, other, tuple(sorted(rest)))
        answers = np.zeros(len(x))
        free = found[:, 1] > 0
        answers[free] = log_chi2_tail(np.maximum(0.0, found[free, 0]), found[free, 1])
        return answers

    def _judge(self, x: int, y: int, given: tuple[int, ...]) -> tuple[float, int]:
        """Return the statistic and its degrees of freedom."""
        stratum, strata = self._stratum(given)
        r, c = int(self._levels[x]), int(self._levels[y])
        place = (stratum * r + self._columns[x]) * c + self._columns[y]
        counts = np.bincount(place, self._weights, strata * r * c)
        cells = counts.astype(np.float64).reshape(strata, r, c)
        rows, columns = cells.sum(axis=2), cells.sum(axis=1)
        totals = rows.sum(axis=1)
        g = 2 * (_entropy(cells) + _entropy(totals) - _entropy(rows) - _entropy(columns))
        # Levels that a stratum lacks leave nothing free in it.
        free = ((rows > 0).sum(axis=1) - 1) * ((columns > 0).sum(axis=1) - 1)
        return g, int(free[totals > 0].sum())

    def _stratum(self, given: tuple[int, ...]) -> tuple[Places, int]:
        found = self._strata.get(given)
        if found is not None:
            return found
        code: Places = np.zeros(len(self._weights), dtype=np.int64)
        size = 1
        if given:
            before, strata = self._stratum(given[:-1])
            size = strata * int(self._levels[given[-1]])
            code = before * self._levels[given[-1]] + self._columns[given[-1]]
            if size > len(code):
                code = np.unique(code, return_inverse=True)[1].reshape(-1)
                size = int(code.max()) + 1
        if len(self._strata) > 4000:
            self._strata.clear()
        self._strata[given] = code, size
        return code, size


def _entropy(counts: Matrix) -> float:
    present = counts[counts > 0]
    return float(present @ np.log(present))
