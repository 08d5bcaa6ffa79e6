"""What a search for structure recovers of the habit, which no run recorded as such."""

from __future__ import annotations

from typing import NamedTuple

from examples.study.judging import MAIN, OUTCOMES, rows
from examples.study.policies import ARROWS, NAMES

from aitia.causal import analyse
from aitia.causal.edges import DIRECTED
from aitia.projection.table import FeatureTable

ENGINES = ("auto", "order", "pc")
"""What the rule chooses for such a table, and the two searches that it chooses among."""


class Recovered(NamedTuple):
    """What one engine found in one sample.

    Attributes
    ----------
    engine:
        The search that was asked for and, of ``auto``, the one that it chose.
    pairs, right:
        Pairs of settings that it links, and those of them that the habit links.
    directed, true:
        Arrows between settings, and those of them that are the habit's.
    acting:
        Settings from which a way of arrows leads to an outcome, with that outcome.
    """

    engine: str
    pairs: int
    right: int
    directed: int
    true: int
    acting: set[tuple[str, str]]


def search(table: FeatureTable, draw: int, engine: str) -> Recovered:
    """Search one sample of the habit, by tiers alone: what is not a setting came later."""
    seen = rows(table, policy="habit", draw=draw).select([*NAMES, *OUTCOMES])
    told = analyse(seen, target=MAIN, engine=engine, subsamples=0, compare=False)
    edges = [claim.edge for claim in told.claims]
    between = [e for e in edges if {e.source, e.target} <= set(NAMES)]
    habit = {frozenset(arrow) for arrow in ARROWS}
    arrows = [(e.source, e.target) for e in between if e.marks == DIRECTED]
    forward: dict[str, set[str]] = {}
    for edge in edges:
        if edge.marks == DIRECTED:
            forward.setdefault(edge.source, set()).add(edge.target)
    return Recovered(
        f"auto ({told.result.settings['method']})" if engine == "auto" else engine,
        len(between),
        sum(frozenset((e.source, e.target)) in habit for e in between),
        len(arrows),
        sum(arrow in ARROWS for arrow in arrows),
        {(n, o) for n in NAMES for o in _reached(n, forward) if o in OUTCOMES},
    )


def _reached(name: str, forward: dict[str, set[str]]) -> set[str]:
    """Return what a way of arrows leads to from a variable."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for after in forward.get(waiting.pop(), ()):
            if after not in found:
                found.add(after)
                waiting.append(after)
    return found
