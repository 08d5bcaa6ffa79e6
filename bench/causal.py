"""Discovery: speed beside causal-learn, and errors on networks whose arrows are known.

The method is the one that ``auto`` chooses; nothing here was tuned on the held-out networks. An
error (SHD) is a pair of variables whose edge differs from the true graph, an edge without a
direction where there is an arrow included. The floor is what is left of it when everything about
the network but the directions that no data tell is known.
"""

from __future__ import annotations

import os
import statistics
import time
import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from bench import networks
from bench.table import Figure, show

from aitia.causal.discover import DIRECTED, search
from aitia.causal.fisher import Fisher
from aitia.causal.graphs import equivalent
from aitia.causal.knowledge import Knowledge
from aitia.causal.pc import Search
from aitia.causal.stability import subsample

ROWS, SAMPLES, ALPHA, TIERS, GRAPHS = 6000, 3, 0.01, 3, 20
GOALS = {"asia": 3.0, "sachs": 3.0, "child": 2.7, "insurance": 20.0, "alarm": 7.0}
HALVES, FEW_ROWS = 40, 1000
LEVELS = (0.0, 0.2, 0.5, 0.8, 0.9, 1.0)
LEVELS_TABLE = "{:11} {:7} " + " {:>9}" * len(LEVELS)
HELD_OUT = ("hailfinder", "hepar2", "win95pts", "water", "mildew")
TABLE = "{:11} {:>4} {:>5} {:>6} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}"

HEADS = (
    *("network", "size", "edges", "goal", "auto", "10% off", "20% off"),
    *("no tiers", "pc", "floor", "CPU s"),
)


class Case(NamedTuple):
    """A network with what is known of it."""

    arrows: Any
    tiers: list[int]
    blocks: list[Any]


def timed(work: Callable[[], Any], repeats: int = 1) -> tuple[float, Any]:
    """Return the least CPU time, and the result."""
    best, result = np.inf, None
    for _ in range(repeats):
        began = time.process_time()
        result = work()
        best = min(best, time.process_time() - began)
    return best, result


def block(column: Any) -> Any:
    """Return standardised indicators of all levels that occur but one."""
    made = (column[:, None] == np.unique(column)[None, 1:]).astype(np.float64)
    return (made - made.mean(axis=0)) / made.std(axis=0)


def standard(data: Any) -> list[Any]:
    scaled = (data - data.mean(axis=0)) / data.std(axis=0)
    return [scaled[:, [i]] for i in range(data.shape[1])]


def misplaced(tiers: list[int], share: float, seed: int) -> list[int]:
    """Return tiers with a share of the variables, one at least, in another tier."""
    rng = np.random.default_rng(seed)
    found = list(tiers)
    for place in rng.choice(len(tiers), size=max(1, round(share * len(tiers))), replace=False):
        others = [t for t in sorted(set(tiers)) if t != tiers[place]]
        found[place] = int(rng.choice(others))
    return found


def errors(case: Case, tiers: list[int] | None, method: str) -> int:
    """Search, and count the pairs whose edge is not that of the truth."""
    size = len(case.arrows)
    names = [f"v{i:03}" for i in range(size)]
    known = Knowledge(dict(zip(names, tiers, strict=True)) if tiers else {})
    made = np.zeros_like(case.arrows)
    found = search(names, case.blocks, known, alpha=ALPHA, method=method)
    for source, target, marks in found.edges:
        i, j = int(source[1:]), int(target[1:])
        made[i, j] = True
        made[j, i] = marks != DIRECTED
    return differing(made, case.arrows)


def differing(one: Any, other: Any) -> int:
    """Return the number of pairs whose edges differ."""
    unlike = one != other
    return int(np.triu(unlike | unlike.T).sum())


def floor(case: Case, tiers: list[int]) -> int:
    ranks = np.array(tiers)
    return differing(equivalent(case.arrows, ranks[:, None] > ranks[None, :]), case.arrows)


def speed() -> None:
    """Time PC beside causal-learn's on the same data, and compare the skeletons."""
    from causallearn.search.ConstraintBased.PC import pc

    figures = []
    for size, goal in ((10, None), (20, None), (40, 0.15), (80, 0.8)):
        _, data = networks.gaussian(size, 4, ROWS, 0)
        knows_nothing = [np.nan] * size

        def mine(data: Any = data, size: int = size, ranks: list[float] = knows_nothing) -> Any:
            machine = Search(Fisher(data), ranks, ALPHA, size - 2)
            skeleton = machine.skeleton()
            machine.graph(skeleton, np.zeros((size, size), dtype=bool))
            return skeleton.links

        own, links = timed(mine, 3)
        theirs, peer = timed(lambda data=data: pc(data, ALPHA, "fisherz", show_progress=False))
        same = (links == (peer.G.graph != 0)).all()
        label = f"PC, {size} variables, {'same' if same else 'ANOTHER'} skeleton"
        figures += [
            Figure(label, own, "s CPU", goal),
            Figure("  causal-learn, same data", theirs, "s CPU"),
            Figure("  its time over ours (goal 20 from 40 on)", theirs / own, "times"),
        ]
    show(figures)


def resamples() -> None:
    """Time the search in 100 halves of a table of 16 variables, in one process."""
    arrows, data = networks.gaussian(16, 4, ROWS, 0)
    names = [f"v{i:03}" for i in range(16)]
    tiers = dict(zip(names, networks.tiers(depths(arrows), 4), strict=True))
    figures = []
    for method in ("pc", "order"):
        for words, known in (("no tiers", Knowledge({})), ("4 tiers", Knowledge(tiers))):
            work = lambda m=method, k=known: subsample(  # noqa: E731
                names, standard(data), k, draws=100, seed=0, alpha=ALPHA, method=m, workers=1
            )
            goal = 3.0 if method == "pc" else None
            figures.append(
                Figure(
                    f"100 halves, 16 variables, {method}, {words}", timed(work)[0], "s CPU", goal
                )
            )
    show(figures)


def depths(arrows: Any) -> list[int]:
    """Return the longest path into each variable; causes stand first."""
    found: list[int] = []
    for effect in range(len(arrows)):
        found.append(1 + max((found[i] for i in np.flatnonzero(arrows[:, effect])), default=-1))
    return found


def scored(name: str, draw: Callable[[int], Case], tiers: int = TIERS) -> None:
    """Print one row of the table of errors."""
    columns: dict[str, list[float]] = {}
    cases = [draw(seed) for seed in range(SAMPLES)]
    spent = 0.0
    for seed, case in enumerate(cases):
        wrong = [misplaced(case.tiers, share, seed) for share in (0.1, 0.2)]
        began = time.process_time()
        columns.setdefault("auto", []).append(errors(case, case.tiers, "auto"))
        spent += time.process_time() - began
        columns.setdefault("10 %", []).append(errors(case, wrong[0], "auto"))
        columns.setdefault("20 %", []).append(errors(case, wrong[1], "auto"))
        columns.setdefault("none", []).append(errors(case, None, "auto"))
        columns.setdefault("pc", []).append(errors(case, case.tiers, "pc"))
        columns.setdefault("floor", []).append(floor(case, case.tiers))
    size, arrows = len(cases[0].tiers), int(cases[0].arrows.sum())
    means = [statistics.mean(values) for values in columns.values()]
    goal = f"{GOALS[name]:g}" if name in GOALS else ""
    cells = [f"{mean:.1f}" for mean in means]
    print(TABLE.format(name, size, arrows, goal, *cells, f"{spent / SAMPLES:.2f}"), flush=True)


def known_network(path: Any, seed: int, rows: int = ROWS) -> Case:
    """Return a sample of a network, without variables that never vary in it."""
    network = networks.read(path)
    data = network.sample(rows, seed)
    varying = np.flatnonzero(data.max(axis=0) > data.min(axis=0))
    tiers = networks.tiers(network.depths(), TIERS)
    blocks = [block(data[:, i]) for i in varying]
    return Case(network.arrows()[np.ix_(varying, varying)], [tiers[i] for i in varying], blocks)


def gaussian_network(size: int, seed: int, tiers: int, rows: int = ROWS) -> Case:
    arrows, data = networks.gaussian(size, 4, rows, seed)
    return Case(arrows, networks.tiers(depths(arrows), tiers), standard(data))


def accuracy() -> None:
    print(f"\nErrors (SHD), n = {ROWS:,}, mean of {SAMPLES} samples, {TIERS} tiers of the truth")
    print(TABLE.format(*HEADS))
    folder = networks.folder()
    wanted = os.environ.get("AITIA_BENCH_NETWORKS", ",".join((*GOALS, *HELD_OUT))).split(",")
    if folder is None:
        print("named networks: skipped, pgmpy is not installed (make bench-causal installs it)")
    else:
        for name in wanted:
            if name == HELD_OUT[0]:
                print("not used while this was developed:")
            scored(name, lambda seed, n=name: known_network(folder / f"{n}.bif.gz", seed))
    print("linear Gaussian, 40 variables (another graph a sample), 4 tiers (goal 4):")
    scored("gaussian", lambda seed: gaussian_network(40, seed, 4))


def calibration() -> None:
    """Print how many pairs that come back so often in halves are linked in truth."""
    print(
        f"\nPairs by the share of {HALVES} halves of {FEW_ROWS} rows that link them: share of them"
    )
    print("that is linked in truth / how many; once: those that one search of all rows links")
    print(LEVELS_TABLE.format("network", "engine", "once", *map("-{:.0%}".format, LEVELS[1:])))
    folder = networks.folder()
    for name in ("child", "insurance", "alarm", "water"):
        if folder is not None:
            case = known_network(folder / f"{name}.bif.gz", 7, FEW_ROWS)
            for method in ("order", "pc"):
                _calibrated(name, case, method)
    _calibrated("gaussian", gaussian_network(20, 7, 4, FEW_ROWS), "order")


def _calibrated(name: str, case: Case, method: str) -> None:
    size = len(case.arrows)
    names = [f"v{i:03}" for i in range(size)]
    known = Knowledge(dict(zip(names, case.tiers, strict=True)))
    options = {"draws": HALVES, "seed": 0, "alpha": ALPHA, "method": method, "workers": 1}
    found = subsample(names, case.blocks, known, **options)  # type: ignore[arg-type]
    pairs = [(i, j) for j in range(size) for i in range(j)]
    shares = np.array([found.adjacency(names[i], names[j]) for i, j in pairs])
    true = np.array([case.arrows[i, j] or case.arrows[j, i] for i, j in pairs])
    once = search(names, case.blocks, known, alpha=ALPHA, method=method).edges
    right = [case.arrows[int(e[0][1:]), int(e[1][1:])] or case.arrows[int(e[1][1:]), int(e[0][1:])]
             for e in once]  # fmt: skip
    cells = [f"{np.mean(right):.2f}/{len(right)}"]
    for low, high in pairwise(LEVELS):
        inside = (shares > low) & (shares <= high)
        cells.append(f"{true[inside].mean():.2f}/{inside.sum()}" if inside.any() else "-")
    print(LEVELS_TABLE.format(name, method, *cells), flush=True)


def limit() -> None:
    """Say how often the search finds all that numbers tell, on graphs that it was not tried on."""
    found = []
    for seed in range(100, 100 + GRAPHS):
        case = gaussian_network(40, seed, 4)
        found.append((errors(case, case.tiers, "auto"), floor(case, case.tiers)))
    show([
        Figure(f"errors (SHD), mean of {GRAPHS} other graphs", statistics.mean(a for a, _ in found),
               "pairs", 4.0),
        Figure("  their floor: no method can tell more", statistics.mean(b for _, b in found),
               "pairs"),
        Figure("  graphs with no error beyond the floor", sum(a == b for a, b in found), "graphs"),
    ])  # fmt: skip


def main() -> None:
    warnings.simplefilter("ignore")
    speed()
    resamples()
    accuracy()
    limit()
    calibration()


if __name__ == "__main__":
    main()
