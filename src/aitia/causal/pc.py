"""The PC algorithm with all questions of a level asked at once, and tiers heeded throughout.

The skeleton is that of the stable PC algorithm: an edge goes when any set of neighbours of either
end separates it. If two variables can be separated, what came before the later one does it, so what
came after both never separates them; an effect of both, almost a copy of one, would do it falsely.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np

from aitia.causal.fisher import Matrix, Places, Test
from aitia.causal.graphs import Graph, completed, unshielded

FIRST = 64
"""Questions about a pair that are asked at first; many pairs are separated by one of them."""

Rule = Literal["union", "majority"]
Pair = tuple[int, int]


class Skeleton(NamedTuple):
    """Which variables are linked.

    Attributes
    ----------
    links:
        The symmetric matrix of links.
    log_p:
        Of each pair, the largest log p over all questions that were asked about it.
    removed:
        The level at which a pair was separated.
    levels:
        The links before each level.
    asked:
        How many questions were asked.
    """

    links: Graph
    log_p: Matrix
    removed: dict[Pair, int]
    levels: tuple[Graph, ...]
    asked: int


class Search:
    """One search by tests.

    Parameters
    ----------
    test:
        Of independence.
    ranks:
        The tier of each variable; NaN where it is not known.
    alpha:
        Level of each test.
    most:
        The most variables to condition on.
    """

    def __init__(self, test: Test, ranks: Sequence[float], alpha: float, most: int) -> None:
        self._test = test
        tiers = np.where(np.isnan(ranks), np.inf, np.array(ranks, dtype=np.float64))
        latest = np.maximum(tiers[:, None], tiers[None, :])
        self._useful = ~((tiers > latest[:, :, None]) & np.isfinite(tiers))
        self._size = len(tiers)
        self._edge = math.log(alpha)
        self._most = most

    def skeleton(self, kept: Graph | None = None) -> Skeleton:
        """Return which variables cannot be separated.

        Parameters
        ----------
        kept:
            Links that are known to be: they stay whatever the tests say.
        """
        links = ~np.eye(self._size, dtype=bool)
        log_p = np.full(links.shape, -np.inf)
        removed: dict[Pair, int] = {}
        before: list[Graph] = []
        asked = 0
        for level in range(self._most + 1):
            if int(links.sum(axis=0).max(initial=0)) - 1 < level:
                break
            before.append(links.copy())
            pairs = [(int(i), int(j)) for i, j in np.argwhere(np.triu(links))]
            sets = [self._sets(links, pair, level) for pair in pairs]
            gone, count = self._level(pairs, sets, log_p)
            asked += count
            for i, j in gone:
                if kept is not None and (kept[i, j] or kept[j, i]):
                    continue
                links[i, j] = links[j, i] = False
                removed[i, j] = level
        return Skeleton(links, log_p, removed, tuple(before), asked)

    def _sets(self, links: Graph, pair: Pair, level: int) -> Places:
        """Return the sets of neighbours of either end that may separate a pair, a row each."""
        i, j = pair
        useful = self._useful[i, j]
        one = np.flatnonzero(links[i] & useful)
        other = np.flatnonzero(links[j] & useful)
        one, other = one[one != j], other[other != i]
        found: Places = one[_choices(len(one), level)]
        if not level:
            return found
        more = other[_choices(len(other), level)]
        return np.vstack([found, more[~links[i][more].all(axis=1)]])

    def _level(
        self, pairs: list[Pair], sets: list[Places], log_p: Matrix
    ) -> tuple[list[Pair], int]:
        """Ask about all pairs, some sets at a time; return those separated, and the count."""
        gone: list[Pair] = []
        alive = [k for k, rows in enumerate(sets) if len(rows)]
        start, step, asked = 0, FIRST, 0
        while alive:
            parts = [sets[k][start : start + step] for k in alive]
            sizes = np.array([len(part) for part in parts])
            ends = np.repeat(np.array([pairs[k] for k in alive]), sizes, axis=0)
            found = self._test.log_p(ends[:, 0], ends[:, 1], np.vstack(parts))
            asked += len(found)
            largest = np.maximum.reduceat(found, np.cumsum(sizes) - sizes)
            start += step
            step *= 4
            left = []
            for k, value in zip(alive, largest.tolist(), strict=True):
                i, j = pairs[k]
                log_p[i, j] = log_p[j, i] = max(log_p[i, j], value)
                if value > self._edge:
                    gone.append(pairs[k])
                elif len(sets[k]) > start:
                    left.append(k)
            alive = left
        return gone, asked

    def graph(self, found: Skeleton, bars: Graph, rule: Rule = "majority") -> Graph:
        """Return the skeleton with the directions that tests and knowledge give.

        Parameters
        ----------
        found:
            The skeleton.
        bars:
            Arrows that cannot be.
        rule:
            When a variable between two that are not linked is an effect of both: if it is in none
            of the sets that separated them (``union``), or in fewer than half of all sets of
            neighbours that do (``majority``).
        """
        triples = unshielded(found.links)
        shares: dict[Pair, dict[int, float]] = {}
        for a, _, c in triples:
            if (a, c) not in shares:
                shares[a, c] = self._shares(found, (a, c), rule)
        ranked = []
        for a, b, c in triples:
            share = shares[a, c].get(b, 0.0)
            if share == 0 if rule == "union" else share < 0.5:
                ranked.append((share, max(found.log_p[a, b], found.log_p[b, c]), (a, b, c)))
        return completed(found.links, bars, [triple for _, _, triple in sorted(ranked)])

    def _shares(self, found: Skeleton, pair: Pair, rule: Rule) -> dict[int, float]:
        """Return in which share of the sets that separate a pair each variable is."""
        level = found.removed.get(pair, 0)
        if rule == "union":
            sets = [self._sets(found.levels[level], pair, level)]
        else:
            sets = [self._sets(found.links, pair, k) for k in range(level + 1)]
        total, counts = 0, np.zeros(self._size)
        for rows in sets:
            if not len(rows):
                continue
            ends = np.tile(pair, (len(rows), 1))
            answers = self._test.log_p(ends[:, 0], ends[:, 1], rows)
            separating = rows[answers > self._edge]
            total += len(separating)
            np.add.at(counts, separating.ravel(), 1)
        if not total:  # no set of today's neighbours separates them: ask those of that time
            return self._shares(found, pair, "union") if rule == "majority" else {}
        return {int(i): float(counts[i] / total) for i in np.flatnonzero(counts)}


@lru_cache(maxsize=256)
def _choices(size: int, taken: int) -> Places:
    rows = list(combinations(range(size), taken))
    return np.array(rows, dtype=np.int64).reshape(len(rows), taken)
