"""A search over orders of the variables that keeps to their tiers (after BOSS).

An order says who may be a parent of whom; the parents of each variable are grown and shrunk by a
score. Variables are moved, one at a time, to the place in their tier where the whole scores best,
until no move helps. What was grown is kept in trees, so that an order costs look-ups mostly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aitia.causal.graphs import Graph
from aitia.causal.scores import Score

STARTS = 4
"""Orders that a search starts from: from one alone it may end where no single move helps."""

LEAST = 1e-7
"""A gain smaller than this is none."""


class Trees:
    """Parents of each variable by the variables before it, grown and shrunk greedily."""

    def __init__(self, score: Score, bars: Graph, required: Graph) -> None:
        self._score = score
        size = len(bars)
        self._allowed = [[j for j in range(size) if j != i and not bars[j, i]] for i in range(size)]
        self._forced = [frozenset(np.flatnonzero(required[:, i]).tolist()) for i in range(size)]
        self._grown: list[dict[frozenset[int], list[int]]] = [{} for _ in range(size)]
        self._shrunk: list[dict[frozenset[int], tuple[float, frozenset[int]]]] = [
            {} for _ in range(size)
        ]
        self._known: list[dict[int, tuple[float, frozenset[int]]]] = [{} for _ in range(size)]

    def best(self, effect: int, before: int) -> tuple[float, frozenset[int]]:
        """Return the score and the parents, among the variables whose bits ``before`` has."""
        known = self._known[effect]
        found = known.get(before)
        if found is not None:
            return found
        parents = self._forced[effect]
        grown = self._grown[effect]
        while True:
            following = grown.get(parents)
            if following is None:
                following = grown[parents] = self._expand(effect, parents)
            chosen = next((other for other in following if before >> other & 1), None)
            if chosen is None:
                break
            parents = parents | {chosen}
        found = known[before] = self._shrink(effect, parents)
        return found

    def _expand(self, effect: int, parents: frozenset[int]) -> list[int]:
        more = [other for other in self._allowed[effect] if other not in parents]
        if not more:
            return []
        above = sorted(parents)
        gains = self._score.added(effect, above, more) - self._score.local(effect, above)
        ranked = np.argsort(-gains, kind="stable")
        return [more[i] for i in ranked.tolist() if gains[i] > LEAST]

    def _shrink(self, effect: int, parents: frozenset[int]) -> tuple[float, frozenset[int]]:
        found = self._shrunk[effect].get(parents)
        if found is not None:
            return found
        best, kept = self._score.local(effect, sorted(parents)), parents
        while True:
            tried = [
                (self._score.local(effect, sorted(kept - {other})), -other)
                for other in sorted(kept - self._forced[effect])
            ]
            top = max(tried, default=None)
            if top is None or top[0] < best - LEAST:
                break
            best, kept = top[0], kept - {-top[1]}
        found = self._shrunk[effect][parents] = best, kept
        return found


def search_orders(
    score: Score, bars: Graph, required: Graph, ranks: Sequence[float], *, starts: int = STARTS
) -> Graph:
    """Return the directed acyclic graph that scores best among those that were tried.

    Parameters
    ----------
    score:
        Of a variable given its parents.
    bars:
        Arrows that cannot be.
    required:
        Arrows that must be.
    ranks:
        The tier of each variable; NaN where it is not known.
    starts:
        How many orders to start from; their seeds are fixed.
    """
    trees = Trees(score, bars, required)
    before = _before(ranks, required)
    size = len(bars)
    found = []
    for seed in range(starts):
        wish = np.random.default_rng(seed).permutation(size) if seed else np.arange(size)
        order = _start(before, wish.tolist())
        while sum(_move(order, variable, trees, before) for variable in list(order)):
            pass
        found.append(_total(order, trees))
    return _graph(max(found, key=lambda one: one[0])[1], trees)


def _total(order: list[int], trees: Trees) -> tuple[float, list[int]]:
    total, mask = 0.0, 0
    for variable in order:
        total += trees.best(variable, mask)[0]
        mask |= 1 << variable
    return total, order


def _graph(order: list[int], trees: Trees) -> Graph:
    graph = np.zeros((len(order), len(order)), dtype=bool)
    mask = 0
    for variable in order:
        graph[list(trees.best(variable, mask)[1]), variable] = True
        mask |= 1 << variable
    return graph


def _before(ranks: Sequence[float], required: Graph) -> Graph:
    """Return who must stand before whom in every order."""
    tiers = np.array(ranks, dtype=np.float64)
    found: Graph = (tiers[:, None] < tiers[None, :]) | required
    for k in range(len(found)):
        found |= found[:, k : k + 1] & found[k : k + 1, :]
    return found


def _start(before: Graph, wish: list[int]) -> list[int]:
    """Return the order nearest to a wished one among those that are possible."""
    order: list[int] = []
    left = list(wish)
    while left:
        chosen = next(i for i in left if not before[left, i].any())
        left.remove(chosen)
        order.append(chosen)
    return order


def _move(order: list[int], variable: int, trees: Trees, before: Graph) -> bool:
    """Move a variable to its best place; return whether the whole scores better by it."""
    rest = [other for other in order if other != variable]
    here = order.index(variable)
    low = max((k + 1 for k, other in enumerate(rest) if before[other, variable]), default=0)
    high = min((k for k, other in enumerate(rest) if before[variable, other]), default=len(rest))
    if low >= high:
        return False
    mask = sum(1 << other for other in rest[:low])
    own, without, beside = [], [], []
    for k in range(low, high):
        own.append(trees.best(variable, mask)[0])
        without.append(trees.best(rest[k], mask)[0])
        beside.append(trees.best(rest[k], mask | 1 << variable)[0])
        mask |= 1 << rest[k]
    own.append(trees.best(variable, mask)[0])
    first = np.concatenate([[0.0], np.cumsum(without)])
    last = np.concatenate([np.cumsum(beside[::-1])[::-1], [0.0]])
    totals = np.array(own) + first + last
    best = int(np.argmax(totals))
    if totals[best] <= totals[here - low] + LEAST:
        return False
    rest.insert(low + best, variable)
    order[:] = rest
    return True
