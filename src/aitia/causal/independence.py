"""Whether two variables are independent given others: the test for a table, by what it holds.

Answers are logarithms of p-values, so that strong relations can still be told apart where p itself
is zero to machine precision. Numbers are judged by Fisher's z (``causal.fisher``), levels by G²
(``causal.contingency``), both together by ``causal.mixture``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from aitia.causal.contingency import GSquared, codes
from aitia.causal.fisher import Fisher, Matrix, Test, is_nominal
from aitia.causal.mixture import Mixed

Kind = Literal["continuous", "discrete", "mixed"]


def kind_of(blocks: Sequence[Matrix]) -> Kind:
    """Return what a table holds: ``continuous``, ``discrete`` (levels only) or ``mixed``."""
    if all(is_nominal(block) for block in blocks):
        return "discrete"
    return "continuous" if all(block.shape[1] == 1 for block in blocks) else "mixed"


def tester(blocks: Sequence[Matrix], kind: Kind | None) -> Test:
    """Return the test for a table: Fisher's z, G², or the one for both.

    Parameters
    ----------
    blocks:
        One n-by-k block of standardised columns a variable, as ``causal.design`` makes them.
    kind:
        What the table holds; None to look.
    """
    kind = kind or kind_of(blocks)
    if kind == "continuous":
        return Fisher(np.hstack(list(blocks)))
    return GSquared(codes(blocks)) if kind == "discrete" else Mixed(blocks)


class Independence:
    """The test for a table, one question at a time, each worked out once.

    Parameters
    ----------
    blocks:
        One n-by-k block per variable, k >= 1. Columns that do not vary are ignored.
    """

    def __init__(self, blocks: Sequence[Matrix], kind: Kind | None = None) -> None:
        self._test = tester(blocks, kind)
        self._known: dict[tuple[int, int, tuple[int, ...]], float] = {}

    def log_p(self, x: int, y: int, given: Sequence[int] = ()) -> float:
        """Return log p of ``x`` independent of ``y`` given ``given``, all numbers of variables."""
        first, second = (x, y) if x < y else (y, x)
        key = (first, second, tuple(sorted(given)))
        found = self._known.get(key)
        if found is None:
            rest = np.array([key[2]], dtype=np.int64).reshape(1, len(key[2]))
            answer = self._test.log_p(np.array([first]), np.array([second]), rest)
            found = self._known[key] = float(answer[0])
        return found
