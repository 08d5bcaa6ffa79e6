"""Partly directed graphs over numbered variables, and what may be said of their arrows.

A graph is a square matrix of booleans: ``[i, j]`` alone is an arrow from i to j, ``[i, j]`` and
``[j, i]`` together an edge without a direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from aitia.causal.knowledge import Knowledge

Graph = npt.NDArray[np.bool_]


def barred(names: Sequence[str], knowledge: Knowledge) -> Graph:
    """Return which arrows there cannot be: ``[i, j]`` from i to j."""
    size = len(names)
    found = np.zeros((size, size), dtype=bool)
    for i in range(size):
        for j in range(size):
            found[i, j] = i != j and knowledge.forbids(names[i], names[j]) is not None
    place = {name: i for i, name in enumerate(names)}
    for rule in knowledge.required:
        if rule.cause in place and rule.effect in place:
            found[place[rule.effect], place[rule.cause]] = True
    return found


def linked(graph: Graph) -> Graph:
    """Return which variables have an edge between them."""
    joined: Graph = graph | graph.T
    return joined


def arrows(graph: Graph) -> Graph:
    """Return the edges that have a direction."""
    found: Graph = graph & ~graph.T
    return found


def reaches(graph: Graph, start: int, end: int) -> bool:
    """Return whether arrows lead from ``start`` to ``end``."""
    directed = arrows(graph)
    seen = np.zeros(len(graph), dtype=bool)
    front = [start]
    while front:
        fresh = directed[front].any(axis=0) & ~seen
        if fresh[end]:
            return True
        seen |= fresh
        front = list(np.flatnonzero(fresh))
    return False


def orient(graph: Graph, cause: int, effect: int) -> bool:
    """Give an edge a direction unless that would close a circle; return whether it changed."""
    if not graph[cause, effect] or not graph[effect, cause] or reaches(graph, effect, cause):
        return False
    graph[effect, cause] = False
    return True


def unshielded(skeleton: Graph) -> list[tuple[int, int, int]]:
    """Return triples (a, b, c), a < c, in which both are linked with b and not with each other."""
    found = []
    for b in range(len(skeleton)):
        around = [int(i) for i in np.flatnonzero(skeleton[b])]
        found += [(a, b, c) for a, c in combinations(around, 2) if not skeleton[a, c]]
    return found


def completed(skeleton: Graph, bars: Graph, colliders: Iterable[tuple[int, int, int]]) -> Graph:
    """Return a skeleton with every direction that follows from what is known and from colliders.

    What is known comes first; then colliders in the order given, each only if it contradicts
    nothing before it; then Meek's rules.
    """
    graph = skeleton.copy()
    for i, j in zip(*np.nonzero(skeleton), strict=True):
        if bars[j, i]:
            orient(graph, int(i), int(j))
    for a, b, c in colliders:
        if bars[a, b] or bars[c, b] or not graph[a, b] or not graph[c, b]:
            continue
        if reaches(graph, b, a) or reaches(graph, b, c):
            continue
        graph[b, a] = graph[b, c] = False
    return closed(graph)


def closed(graph: Graph) -> Graph:
    """Return the graph with all directions that follow from those it has (Meek's four rules)."""
    graph = graph.copy()
    changed = True
    while changed:
        changed = False
        for i, j in zip(*np.nonzero(graph & graph.T), strict=True):
            a, b = int(i), int(j)
            if graph[a, b] and graph[b, a] and _follows(graph, a, b):
                changed |= orient(graph, a, b)
    return graph


def _follows(graph: Graph, a: int, b: int) -> bool:
    """Return whether the open edge a - b must be an arrow from a to b."""
    directed, joined = arrows(graph), linked(graph)
    open_ends = graph & graph.T
    into_a = directed[:, a] & ~joined[:, b]
    into_a[b] = False
    if into_a.any():  # another would be a new collider
        return True
    if (directed[a] & directed[:, b]).any():  # else a circle
        return True
    between = np.flatnonzero(open_ends[a] & directed[:, b])
    if any(not joined[c, d] for c, d in combinations(between, 2)):
        return True
    for c in np.flatnonzero(joined[a] & directed[:, b]):
        if (open_ends[a] & directed[:, c] & ~joined[:, b]).any():
            return True
    return False


def equivalent(dag: Graph, bars: Graph) -> Graph:
    """Return what a directed acyclic graph and all that fit the same data and knowledge share."""
    skeleton = linked(dag)
    colliders = [(a, b, c) for a, b, c in unshielded(skeleton) if dag[a, b] and dag[c, b]]
    return completed(skeleton, bars, colliders)
