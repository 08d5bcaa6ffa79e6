"""What would change the answer: stricter and more lenient searches, and a variable left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aitia.causal.discover import search
from aitia.causal.edges import Edge
from aitia.causal.fisher import Matrix
from aitia.causal.guards import listed
from aitia.causal.knowledge import Knowledge

STEPS = (0.25, 4.0)
"""How many times as strict a search is made."""

MOST = 24
"""The most variables that are left out in turn: those with most edges."""

Pair = frozenset[str]


@dataclass(frozen=True)
class Sensitivity:
    """What other searches say of the edges.

    Attributes
    ----------
    lost:
        Edges that a search four times as strict does not find.
    gained:
        Edges that only a search four times as lenient finds.
    hanging:
        By edge, the variables without which it is not found, or points the other way.
    arising:
        By variable, the edges that are found only without it.
    """

    lost: tuple[Edge, ...] = ()
    gained: tuple[Edge, ...] = ()
    hanging: tuple[tuple[Edge, tuple[str, ...]], ...] = ()
    arising: tuple[tuple[str, tuple[Edge, ...]], ...] = ()

    def sentences(self) -> list[str]:
        """Return all that would change the answer, in words."""
        found = []
        if self.lost:
            found.append(f"not found when the search is four times as strict: {_told(self.lost)}")
        if self.gained:
            found.append(f"found only when it is four times as lenient: {_told(self.gained)}")
        for edge, names in self.hanging:
            found.append(f"{' '.join((edge[0], edge[2], edge[1]))} hangs on {listed(names)}")
        for name, edges in self.arising:
            found.append(f"without {name} there would be {_told(edges)}")
        return found


def sensitivity(
    names: Sequence[str],
    blocks: Sequence[Matrix],
    knowledge: Knowledge,
    edges: Sequence[Edge],
    **options: Any,
) -> Sensitivity:
    """Search again, otherwise, and compare.

    Parameters
    ----------
    names, blocks, knowledge:
        As for ``discover.search``.
    edges:
        What the search found.
    options:
        ``alpha`` and ``method`` as for ``discover.search``.
    """
    lenient, strict = (
        search(names, blocks, knowledge, **options, strict=step).edges for step in STEPS
    )
    pairs = _pairs(edges)
    lost = tuple(e for e in edges if frozenset(e[:2]) not in _pairs(strict))
    gained = tuple(e for e in lenient if frozenset(e[:2]) not in pairs)
    hanging: dict[Edge, list[str]] = {}
    arising: list[tuple[str, tuple[Edge, ...]]] = []
    for name in _busiest(names, edges):
        kept = [i for i, other in enumerate(names) if other != name]
        if len(kept) < 2:
            break
        fewer = [names[i] for i in kept], [blocks[i] for i in kept], _without(knowledge, name)
        again = search(*fewer, **options).edges
        for edge in edges:
            if name not in edge[:2] and not _agrees(edge, again):
                hanging.setdefault(edge, []).append(name)
        new = tuple(e for e in again if frozenset(e[:2]) not in pairs)
        if new:
            arising.append((name, new))
    ordered = tuple((edge, tuple(hanging[edge])) for edge in edges if edge in hanging)
    return Sensitivity(lost, gained, ordered, tuple(arising))


def _busiest(names: Sequence[str], edges: Sequence[Edge]) -> list[str]:
    counts = {name: sum(name in edge[:2] for edge in edges) for name in names}
    linked = [name for name in names if counts[name]]
    chosen = sorted(linked, key=lambda name: -counts[name])[:MOST]
    return [name for name in names if name in chosen]


def _without(knowledge: Knowledge, name: str) -> Knowledge:
    def kept(rules: Any) -> Any:
        return tuple(rule for rule in rules if name not in (rule.cause, rule.effect))

    tiers = {other: tier for other, tier in knowledge.tiers.items() if other != name}
    return Knowledge(tiers, knowledge.words, kept(knowledge.forbidden), kept(knowledge.required))


def _agrees(edge: Edge, others: Sequence[Edge]) -> bool:
    """Return whether an edge is among others and none of them points the other way."""
    return any(
        {edge.source, edge.target} == {o.source, o.target}
        and not (o.marks == edge.marks == "-->" and o.source != edge.source)
        for o in others
    )


def _pairs(edges: Sequence[Edge]) -> set[Pair]:
    return {frozenset(edge[:2]) for edge in edges}


def _told(edges: Sequence[Edge]) -> str:
    return listed([f"{source} {marks} {target}" for source, target, marks in edges], most=6)
