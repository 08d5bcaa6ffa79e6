"""The port to causal-learn's PC: guarded input in, checked edges out.

What is known to go wrong there is kept out or checked here: it prints and draws progress bars;
names that do not match make it ignore knowledge; a pair forbidden in both directions gets an empty
separating set, which makes false colliders; two variables are separated by what came after both;
its cache takes different data for the same. So output is silenced, names are always given, such
pairs are searched like any other and judged afterwards, what came after both never separates, and
no cache is used.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from aitia.causal.independence import Independence, Matrix
from aitia.causal.knowledge import Knowledge, Rule, find_cycle
from aitia.errors import CausalError, MissingExtraError

METHODS = ("pc",)
"""Searches that are offered."""

DIRECTED, UNDIRECTED, BIDIRECTED = "-->", "---", "<->"

SPARE_ROWS = 8
"""Rows that a test keeps beyond the columns that it conditions on."""


class Edge(NamedTuple):
    """An edge; for ``-->`` the source is the cause, else the ends stand in order of the columns."""

    source: str
    target: str
    marks: str


class Found(NamedTuple):
    """What a search found: edges, and where the data disagree with what was known.

    ``contradicted`` are pairs that were known to be apart and are not independent in the data;
    ``unsupported`` are arrows known to be, of which the data show nothing.
    """

    edges: tuple[Edge, ...]
    contradicted: tuple[Rule, ...] = ()
    unsupported: tuple[Rule, ...] = ()


def search(
    names: Sequence[str],
    blocks: Sequence[Matrix],
    knowledge: Knowledge,
    *,
    alpha: float = 0.05,
    method: str = "pc",
) -> Found:
    """Return the edges that PC finds among named variables.

    Parameters
    ----------
    names:
        The variables.
    blocks:
        Their standardised columns, as ``causal.design`` makes them.
    knowledge:
        What is known beforehand; no edge that is returned breaks it.
    alpha:
        Level of each independence test, between 0 and 1.
    method:
        ``pc``.

    Raises
    ------
    CausalError
        When the method or alpha is not usable, names are not unique, values are not finite, or
        the result would break what is known.
    MissingExtraError
        When causal-learn is not installed.
    """
    _check(names, blocks, alpha, method)
    tester = _tester()
    background = knowledge.background(names)
    pc = _load("causallearn.search.ConstraintBased.PC").pc
    places = np.arange(len(blocks[0]) * len(names), dtype=np.float64)
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        result = pc(
            places.reshape(-1, len(names)),
            alpha,
            tester,
            stable=True,
            background_knowledge=background,
            show_progress=False,
            node_names=list(names),
            max_k=depth(len(blocks[0]), sum(block.shape[1] for block in blocks)),
            blocks=blocks,
            tiers=tuple(knowledge.tiers.get(name, math.inf) for name in names),
        )
    return judged(_edges(result.G.graph, names), knowledge)


def depth(rows: int, width: int) -> int:
    """Return the most variables to condition on with this many rows and columns."""
    return max(1, min(width - 2, rows - SPARE_ROWS - 3))


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


def _acyclic(edges: list[Edge], knowledge: Knowledge) -> list[Edge]:
    """Return the edges with those on a cycle left open: the tests behind it contradict each other.

    Arrows that follow from what is known stay.
    """
    open_ends: set[tuple[str, str]] = set()
    while True:
        arrows = [e[:2] for e in edges if e.marks == DIRECTED and e[:2] not in open_ends]
        cycle = find_cycle(arrows)
        steps = set(pairwise(cycle))
        free = {step for step in steps if knowledge.forbids(step[1], step[0]) is None}
        if not free:
            break
        open_ends |= free
    return [e._replace(marks=UNDIRECTED) if e[:2] in open_ends else e for e in edges]


def _check(names: Sequence[str], blocks: Sequence[Matrix], alpha: float, method: str) -> None:
    if method not in METHODS:
        why = {"fci": "; its FCI draws tails that tiers do not license"}.get(method, "")
        raise CausalError(f"the method {method!r}{why}", expected=f"one of {', '.join(METHODS)}")
    if not 0 < alpha < 1:
        raise CausalError(f"alpha = {alpha}", expected="a level between 0 and 1, such as 0.05")
    if len(names) != len(blocks) or len(set(names)) != len(names):
        raise CausalError(
            f"{len(blocks)} blocks for the names {', '.join(names)}", expected="one name for each"
        )
    for name, block in zip(names, blocks, strict=True):
        if not np.isfinite(block).all():
            raise CausalError(
                f"{name} holds NaN or infinite values", expected="finite ones; guard() sees to it"
            )


def _edges(graph: Any, names: Sequence[str]) -> list[Edge]:
    """Return the edges of causal-learn's matrix: [j, i] = 1 and [i, j] = -1 is an arrow i to j."""
    found = []
    for i in range(len(names)):
        for j in range(i + 1, len(names)):
            here, there = int(graph[i, j]), int(graph[j, i])
            if not here and not there:
                continue
            if here == there:
                marks = UNDIRECTED if here == -1 else BIDIRECTED
                found.append(Edge(names[i], names[j], marks))
            elif there == 1:
                found.append(Edge(names[i], names[j], DIRECTED))
            else:
                found.append(Edge(names[j], names[i], DIRECTED))
    return found


def _load(module: str) -> Any:
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError:
        package = "causal-learn"
        raise MissingExtraError(package, extra="causal", purpose="causal discovery") from None


@cache
def _tester() -> str:
    """Teach causal-learn our test of independence, and return its name there."""
    cit = _load("causallearn.utils.cit")

    class Blocks(cit.CIT_Base):  # type: ignore[name-defined, misc]
        def __init__(self, data: Any, blocks: Sequence[Matrix], tiers: Sequence[float]) -> None:
            self.method = "aitia"
            self.data = data
            self.inner = Independence(blocks)
            self.tiers = tiers

        def __deepcopy__(self, memo: object) -> Blocks:
            return self  # PC copies its whole state three times; the test has nothing to copy

        def __call__(self, x: int, y: int, given: Sequence[int] | None = None) -> float:
            others = tuple(map(int, given or ()))
            # If two variables can be separated, what came before the later one does it (the tiered
            # PC algorithm); an effect of both, almost a copy of one, would separate them falsely.
            latest = max(self.tiers[x], self.tiers[y])
            if any(latest < self.tiers[other] < math.inf for other in others):
                return 0.0
            return math.exp(self.inner.log_p(int(x), int(y), others))

    cit.register_ci_test("aitia", Blocks)
    return "aitia"


def versions() -> dict[str, str]:
    """Return the versions of what an analysis rests on, by package."""
    from importlib.metadata import version

    from aitia import __version__

    found = {"aitia": __version__}
    for package in ("causal-learn", "numpy", "scipy"):
        found[package] = version(package)
    return found


def processors() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1
