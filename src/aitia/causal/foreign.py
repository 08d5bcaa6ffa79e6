"""causal-learn's searches: guarded input in, edges that keep to what is known out.

What is known to go wrong there is kept out: it prints and draws progress bars; names that do not
match make it ignore knowledge; a pair forbidden in both directions gets an empty separating set,
which makes false colliders; two variables are separated by what came after both; its FCI takes
tiers for a proof that nothing hidden acts on both ends; most of its searches know no tiers at all;
its cache takes different data for the same. So output is silenced, no cache is used, its searches
by tests ask ours, which heed tiers, and what is known is applied here, to what they return.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from aitia.causal.contingency import codes
from aitia.causal.edges import BIDIRECTED, DIRECTED, HALF, OPEN, Edge, edges_of
from aitia.causal.fisher import Matrix
from aitia.causal.graphs import Graph, closed, completed, orient, unshielded
from aitia.causal.independence import Independence, Kind, kind_of
from aitia.errors import CausalError, MissingExtraError

TAIL, ARROW = -1, 1
"""Marks in causal-learn's matrices: ``[i, j]`` is the mark at i of its edge with j."""


class Task(NamedTuple):
    """What a search is given."""

    names: Sequence[str]
    blocks: Sequence[Matrix]
    ranks: Sequence[float]
    bars: Graph
    alpha: float
    depth: int

    @property
    def kind(self) -> Kind:
        """What the table holds."""
        return kind_of(self.blocks)


Answer = tuple[list[Edge], tuple[str, ...]]


def pc(task: Task) -> Answer:
    """causal-learn's PC with our test."""
    places = _places(len(task.blocks[0]), len(task.names))
    search = _load("causallearn.search.ConstraintBased.PC").pc
    with _silent():
        made = search(
            places,
            task.alpha,
            _tester(),
            stable=True,
            show_progress=False,
            node_names=list(task.names),
            max_k=task.depth,
            blocks=task.blocks,
            tiers=_tiers(task.ranks),
        )
    return _classes(made.G.graph, task), ()


def fci(task: Task) -> Answer:
    """causal-learn's FCI with our test: hidden common causes are allowed.

    Tiers add heads of arrows (what came before is no effect of what came after) and never a tail:
    that something came first does not show that it acts.
    """
    search = _load("causallearn.search.ConstraintBased.FCI").fci
    with _silent():
        made, _ = search(
            _places(len(task.blocks[0]), len(task.names)),
            _tester(),
            task.alpha,
            depth=task.depth,
            show_progress=False,
            node_names=list(task.names),
            blocks=task.blocks,
            tiers=_tiers(task.ranks),
        )
    marks = made.graph
    found = []
    for i, j in np.argwhere(np.triu(marks != 0)).tolist():
        here, there = int(marks[i, j]), int(marks[j, i])
        # An arrow from j to i that cannot be has its head at j.
        here = ARROW if task.bars[i, j] else here
        there = ARROW if task.bars[j, i] else there
        found.append(_ancestral(task.names[i], task.names[j], here, there))
    return found, ()


def _ancestral(one: str, other: str, here: int, there: int) -> Edge:
    """Return an edge by the marks at its ends; a tail without a head says too much, and is o."""
    if here == there == ARROW:
        return Edge(one, other, BIDIRECTED)
    if there == ARROW:
        return Edge(one, other, DIRECTED if here == TAIL else HALF)
    if here == ARROW:
        return Edge(other, one, DIRECTED if there == TAIL else HALF)
    return Edge(one, other, OPEN)


def ges(task: Task) -> Answer:
    """causal-learn's greedy equivalence search."""
    search = _load("causallearn.search.ScoreBased.GES").ges
    with _silent():
        data, score = _scored(task)
        made = search(data, score_func=score.replace("_from_cov", ""), node_names=list(task.names))
    return _classes(made["G"].graph, task), ()


def grasp(task: Task) -> Answer:
    """causal-learn's GRaSP."""
    search = _load("causallearn.search.PermutationBased.GRaSP").grasp
    with _silent():
        data, score = _scored(task)
        made = search(data, score_func=score, verbose=False, node_names=list(task.names))
    return _classes(made.graph, task), ()


def boss(task: Task) -> Answer:
    """causal-learn's BOSS."""
    search = _load("causallearn.search.PermutationBased.BOSS").boss
    with _silent():
        data, score = _scored(task)
        made = search(data, score_func=score, verbose=False, node_names=list(task.names))
    return _classes(made.graph, task), ()


def direct_lingam(task: Task) -> Answer:
    """causal-learn's DirectLiNGAM, on values as they are: ranks would hide what it looks for."""
    if task.kind != "continuous":
        raise CausalError(
            "direct-lingam on columns with levels",
            expected="numbers only",
            next_step="choose another engine, such as pc, or leave the levels out",
        )
    module = _load("causallearn.search.FCMBased.lingam")
    # Prior knowledge there is of paths: 0 at [i, j] says that j does not act on i in any way.
    ranks = np.array(task.ranks, dtype=np.float64)
    known = np.where(ranks[:, None] < ranks[None, :], 0, -1)
    np.fill_diagonal(known, -1)
    with _silent():
        model = module.DirectLiNGAM(prior_knowledge=known, random_state=0)
        model.fit(np.hstack(list(task.blocks)))
    arrows = (np.abs(model.adjacency_matrix_.T) > 0) & ~np.eye(len(ranks), dtype=bool)
    return edges_of(_known(arrows, task.bars), task.names), ()


def cd_nod(task: Task) -> Answer:
    """causal-learn's CD-NOD: the order of the runs stands for what changed over time."""
    rows = len(task.blocks[0])
    time = np.linspace(-1, 1, rows)[:, None]
    time = (time - time.mean()) / time.std()
    search = _load("causallearn.search.ConstraintBased.CDNOD").cdnod
    with _silent():
        made = search(
            _places(rows, len(task.names)),
            time,
            alpha=task.alpha,
            indep_test=_tester(),
            show_progress=False,
            blocks=(*task.blocks, time),
            tiers=(*_tiers(task.ranks), -math.inf),
        )
    marks = made.G.graph
    drifting = [task.names[i] for i in np.flatnonzero(marks[-1, :-1]).tolist()]
    remarks = tuple(f"{name} changes with the order of the runs" for name in sorted(drifting))
    return edges_of(_known(_matrix(marks[:-1, :-1]), task.bars), task.names), remarks


def _classes(marks: Any, task: Task) -> list[Edge]:
    """Return the edges of a class of equivalent graphs, with directions by colliders and tiers."""
    graph = _matrix(marks)
    links = graph | graph.T
    heads = (np.asarray(marks) == ARROW).T
    colliders = [(a, b, c) for a, b, c in unshielded(links) if heads[a, b] and heads[c, b]]
    return edges_of(completed(links, task.bars, colliders), task.names)


def _matrix(marks: Any) -> Graph:
    """Return causal-learn's matrix as one of booleans; two heads leave an edge open."""
    marks = np.asarray(marks)
    one_way = (marks == TAIL) & (marks.T == ARROW)
    both = (marks != 0) & (marks == marks.T)
    found: Graph = one_way | both
    return found


def _known(graph: Graph, bars: Graph) -> Graph:
    """Return a graph with arrows that cannot be turned round, and none that close a circle."""
    links = graph | graph.T
    made = links.copy()
    for i, j in np.argwhere(links & bars.T & ~bars).tolist():
        orient(made, i, j)
    for i, j in np.argwhere(graph & ~graph.T & ~bars).tolist():
        orient(made, i, j)
    return closed(made)


def _scored(task: Task) -> tuple[Matrix, str]:
    """Return data and the name of the score for it."""
    if task.kind == "mixed":
        raise CausalError(
            "numbers and levels together, for which this search has no score",
            expected="a table of one kind",
            next_step="choose the engine pc or order, or leave some columns out",
        )
    if task.kind == "discrete":
        return codes(task.blocks).astype(np.float64), "local_score_BDeu"
    return np.hstack(list(task.blocks)), "local_score_BIC_from_cov"


def _places(rows: int, columns: int) -> Matrix:
    """Return an array of the right shape: our test has the data, causal-learn only counts."""
    return np.arange(rows * columns, dtype=np.float64).reshape(rows, columns)


def _tiers(ranks: Sequence[float]) -> tuple[float, ...]:
    return tuple(math.inf if math.isnan(rank) else float(rank) for rank in ranks)


@contextmanager
def _silent() -> Iterator[None]:
    """Keep output from the terminal, and random numbers from depending on what went before."""
    state = random.getstate()
    random.seed(0)
    try:
        with (
            redirect_stdout(io.StringIO()),
            redirect_stderr(io.StringIO()),
            np.errstate(all="ignore"),
        ):
            yield
    finally:
        random.setstate(state)


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
            others = tuple(map(int, () if given is None else given))
            latest = max(self.tiers[x], self.tiers[y])
            if any(latest < self.tiers[other] < math.inf for other in others):
                return 0.0
            return math.exp(self.inner.log_p(int(x), int(y), others))

    cit.register_ci_test("aitia", Blocks)
    return "aitia"
