"""The port to searches: our own and causal-learn's, all behind the same checks.

The rule by which ``auto`` chooses was fixed before its results were measured on networks that had
no part in it (``docs/reference/benchmarks.md``): a search over orders for numbers alone and for
levels alone; tests where numbers and levels are together, or a number has several columns as its
relations bend, as there is no score that is right for both; FCI wherever hidden common causes are
allowed.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from aitia.causal import foreign
from aitia.causal.contingency import codes
from aitia.causal.edges import (
    BIDIRECTED,
    DIRECTED,
    HALF,
    OPEN,
    UNDIRECTED,
    Edge,
    Found,
    drawn,
    edges_of,
    judged,
)
from aitia.causal.fisher import Matrix
from aitia.causal.foreign import Answer, Task
from aitia.causal.graphs import Graph, barred, equivalent
from aitia.causal.independence import Independence, kind_of, tester
from aitia.causal.knowledge import Knowledge
from aitia.causal.order import search_orders
from aitia.causal.pc import Search
from aitia.causal.scores import Discrete, Gaussian, Score
from aitia.errors import CausalError

__all__ = [
    "BIDIRECTED", "DIRECTED", "HALF", "METHODS", "OPEN", "UNDIRECTED", "Edge", "Found", "choose",
    "depth", "judged", "processors", "search", "second", "versions",
]  # fmt: skip

SPARE_ROWS = 8
"""Rows that a test keeps beyond the columns that it conditions on."""

PRICE, PRIOR = 2.0, 0.1
"""Of a parameter in a score of numbers, and rows that the prior of levels is worth."""

STARTS = {"continuous": 1, "discrete": 4, "mixed": 1}
"""Orders that a search starts from: levels have more places where no single move helps."""


class Method(NamedTuple):
    """A search that is offered: its name in words, and what it can do."""

    words: str
    run: Callable[[Task], Answer] | None
    hidden: bool = False
    raw: bool = False


METHODS: Mapping[str, Method] = {
    "pc": Method("PC", None),
    "order": Method("order search", None),
    "causal-learn-pc": Method("causal-learn's PC", foreign.pc),
    "fci": Method("FCI", foreign.fci, hidden=True),
    "ges": Method("GES", foreign.ges),
    "grasp": Method("GRaSP", foreign.grasp),
    "boss": Method("BOSS", foreign.boss),
    "direct-lingam": Method("DirectLiNGAM", foreign.direct_lingam, raw=True),
    "cd-nod": Method("CD-NOD", foreign.cd_nod),
}
"""Searches that are offered. ``hidden``: allows unrecorded common causes; ``raw``: on values as
they are, not on their ranks."""


def choose(blocks: Sequence[Matrix], *, latent: bool = False) -> str:
    """Return the method for a table, by a rule that does not look at results.

    Parameters
    ----------
    blocks:
        What a search would see.
    latent:
        Whether something unrecorded may act on two of the variables.
    """
    if latent:
        return "fci"
    return "pc" if kind_of(blocks) == "mixed" else "order"


def second(method: str) -> str:
    """Return the method whose answer is set beside that of ``method``: one of another kind."""
    return "order" if method in ("pc", "causal-learn-pc", "cd-nod") else "pc"


def search(
    names: Sequence[str],
    blocks: Sequence[Matrix],
    knowledge: Knowledge,
    *,
    alpha: float = 0.05,
    method: str = "pc",
    strict: float = 1.0,
) -> Found:
    """Return the edges that a search finds among named variables.

    The order of the variables makes no difference.

    Parameters
    ----------
    names:
        The variables.
    blocks:
        Their standardised columns, as ``causal.design`` makes them.
    knowledge:
        What is known beforehand; no edge that is returned breaks it.
    alpha:
        Level of each independence test, between 0 and 1. Scores have none.
    method:
        One of ``METHODS``, or ``auto``.
    strict:
        How many times as strict the search is than it would be: divides alpha and the prior,
        multiplies the price of a parameter.

    Raises
    ------
    CausalError
        When the method or alpha is not usable, names are not unique, values are not finite, or
        the result would break what is known.
    MissingExtraError
        When causal-learn is needed and not installed.
    """
    method = choose(blocks) if method == "auto" and blocks else method
    _check(names, blocks, alpha, method)
    sequence = sorted(range(len(names)), key=lambda i: names[i])
    ordered = [names[i] for i in sequence]
    knowledge.check_names(names)
    task = Task(
        ordered,
        [blocks[i] for i in sequence],
        [float(knowledge.tiers.get(name, math.nan)) for name in ordered],
        barred(ordered, knowledge),
        alpha / strict,
        depth(len(blocks[0]), sum(block.shape[1] for block in blocks)),
    )
    chosen = METHODS[method]
    if chosen.run is not None:
        edges, remarks = chosen.run(task)
        return _told(edges, remarks, knowledge, task)
    if method == "order":
        return _told(_order(task, knowledge, strict), (), knowledge, task)
    return _pc(task, knowledge)


def _pc(task: Task, knowledge: Knowledge) -> Found:
    machine = Search(tester(task.blocks, task.kind), task.ranks, task.alpha, task.depth)
    skeleton = machine.skeleton(_required(task, knowledge))
    edges = edges_of(machine.graph(skeleton, task.bars), task.names)
    found = judged(edges, knowledge)
    place = {name: i for i, name in enumerate(task.names)}
    log_p = [float(skeleton.log_p[place[e.source], place[e.target]]) for e in found.edges]
    return _weighed(found, log_p, knowledge, task)


def _required(task: Task, knowledge: Knowledge) -> Graph:
    """Return which arrows are known to be."""
    place = {name: i for i, name in enumerate(task.names)}
    required: Graph = np.zeros_like(task.bars)
    for rule in knowledge.required:
        required[place[rule.cause], place[rule.effect]] = True
    return required


def _weighed(found: Found, log_p: list[float], knowledge: Knowledge, task: Task) -> Found:
    """Return what was found with p of each edge; say which known arrows the data show none of."""
    edge = math.log(task.alpha)
    unseen = {e[:2] for e, p in zip(found.edges, log_p, strict=True) if p > edge}
    unseen |= {rule[:2] for rule in found.unsupported}
    lacking = tuple(rule for rule in knowledge.required if rule[:2] in unseen)
    return found._replace(log_p=tuple(log_p), unsupported=lacking)


def _order(task: Task, knowledge: Knowledge, strict: float) -> list[Edge]:
    required = _required(task, knowledge)
    score: Score
    if task.kind == "discrete":
        score = Discrete(codes(task.blocks), prior=PRIOR / strict)
    else:
        score = Gaussian(task.blocks, price=PRICE * strict)
    starts = STARTS[task.kind]
    dag = search_orders(score, task.bars, required, task.ranks, starts=starts)
    return edges_of(equivalent(dag, task.bars), task.names)


def _told(edges: list[Edge], remarks: tuple[str, ...], knowledge: Knowledge, task: Task) -> Found:
    """Return the edges with p of each: of its ends given what else acts on the later one."""
    lacking = judged(edges, knowledge).unsupported
    found = judged(drawn(edges, knowledge), knowledge)._replace(unsupported=lacking)
    place = {name: i for i, name in enumerate(task.names)}
    test = Independence(task.blocks, task.kind)
    log_p = []
    for source, target, _ in found.edges:
        others = [e.source for e in found.edges if e.target == target and e.marks == DIRECTED]
        given = [place[other] for other in others if other != source]
        log_p.append(test.log_p(place[source], place[target], given[: task.depth]))
    return _weighed(found, log_p, knowledge, task)._replace(remarks=remarks)


def depth(rows: int, width: int) -> int:
    """Return the most variables to condition on with this many rows and columns."""
    return max(1, min(width - 2, rows - SPARE_ROWS - 3))


def _check(names: Sequence[str], blocks: Sequence[Matrix], alpha: float, method: str) -> None:
    if method not in METHODS:
        raise CausalError(f"the method {method!r}", expected=f"one of auto, {', '.join(METHODS)}")
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
