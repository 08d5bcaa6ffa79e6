"""Edges that a search found, set against what is known."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from aitia.causal.graphs import Graph
from aitia.causal.knowledge import Knowledge, Rule, find_cycle
from aitia.errors import CausalError

DIRECTED, UNDIRECTED, BIDIRECTED = "-->", "---", "<->"
HALF, OPEN = "o->", "o-o"
"""Where a hidden common cause is allowed: an end that is not known is o."""


class Edge(NamedTuple):
    """An edge; ``-->`` and ``o->`` point at the target, else the ends stand in order of columns."""

    source: str
    target: str
    marks: str


class Found(NamedTuple):
    """What a search found: edges, and where the data disagree with what was known.

    ``contradicted`` are pairs that were known to be apart, or arrows known not to be, that the data
    show; ``unsupported`` are arrows known to be, and drawn, of which the data show nothing.
    ``log_p`` is the logarithm of p of each edge, in the order of the edges; ``remarks`` are the
    search's own.
    """

    edges: tuple[Edge, ...]
    contradicted: tuple[Rule, ...] = ()
    unsupported: tuple[Rule, ...] = ()
    log_p: tuple[float, ...] = ()
    remarks: tuple[str, ...] = ()


def edges_of(graph: Graph, names: Sequence[str]) -> list[Edge]:
    """Return the edges of a partly directed graph."""
    found = []
    for i, j in np.argwhere(np.triu(graph | graph.T)).tolist():
        if graph[i, j] and graph[j, i]:
            found.append(Edge(names[i], names[j], UNDIRECTED))
        else:
            ends = (i, j) if graph[i, j] else (j, i)
            found.append(Edge(names[ends[0]], names[ends[1]], DIRECTED))
    return found


def judged(edges: Sequence[Edge], knowledge: Knowledge) -> Found:
    """Return the edges, set against what is known.

    Raises
    ------
    CausalError
        When an arrow leads from the later to the earlier, or is forbidden.
    """
    kept, contradicted = [], []
    for edge in edges:
        reason = knowledge.apart(edge.source, edge.target)
        if reason is not None:
            contradicted.append(Rule(edge.source, edge.target, reason))
            continue
        kept.append(edge)
        broken = knowledge.forbids(edge.source, edge.target) if edge.marks == DIRECTED else None
        if edge.marks == UNDIRECTED:
            broken = knowledge.forbids(edge.source, edge.target) or knowledge.forbids(
                edge.target, edge.source
            )
        if broken:
            raise CausalError(
                f"the search returned {edge.source} {edge.marks} {edge.target}, though {broken}"
            )
    kept = _acyclic(kept, knowledge)
    linked = {frozenset(edge[:2]) for edge in kept}
    lacking = [r for r in knowledge.required if frozenset((r.cause, r.effect)) not in linked]
    return Found(tuple(kept), tuple(contradicted), tuple(lacking))


def drawn(edges: Sequence[Edge], knowledge: Knowledge) -> list[Edge]:
    """Return the edges with all arrows that are known to be."""
    known = {frozenset(r[:2]): Edge(r.cause, r.effect, DIRECTED) for r in knowledge.required}
    found = [known.pop(frozenset(edge[:2]), edge) for edge in edges]
    return [*found, *known.values()]


def _acyclic(edges: list[Edge], knowledge: Knowledge) -> list[Edge]:
    """Return the edges with those on a cycle left open: the tests behind it contradict each other.

    Arrows that follow from what is known stay.
    """
    required = {rule[:2] for rule in knowledge.required}
    open_ends: set[tuple[str, str]] = set()
    while True:
        arrows = [e[:2] for e in edges if e.marks == DIRECTED and e[:2] not in open_ends]
        cycle = find_cycle(arrows)
        steps = set(pairwise(cycle))
        free = {step for step in steps - required if knowledge.forbids(*step[::-1]) is None}
        if not free:
            break
        open_ends |= free
    return [e._replace(marks=UNDIRECTED) if e[:2] in open_ends else e for e in edges]
