"""How often each edge comes back when half of the runs are drawn again and again.

Halves without replacement, not resampling with it: drawing runs twice makes tests too sure of
themselves. Every draw has a seed of its own, so the answer does not depend on how many processes
share the work.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aitia.causal.discover import DIRECTED, Edge, processors, search
from aitia.causal.fisher import Matrix
from aitia.causal.knowledge import Knowledge
from aitia.errors import CausalError

LONG = 20.0
"""Seconds of processor time still needed from which a second process pays for its start."""

Progress = Callable[[int, int], None]
"""Called with the draws done and the draws to do."""


@dataclass(frozen=True)
class Stability:
    """Counts over draws.

    Attributes
    ----------
    draws:
        How many samples were drawn.
    size:
        How many rows each had.
    linked:
        In how many draws two variables were linked, by sorted pair.
    marked:
        In how many draws an edge had just these ends.
    """

    draws: int
    size: int
    linked: dict[tuple[str, str], int]
    marked: dict[Edge, int]

    def adjacency(self, one: str, other: str) -> float:
        """Return the share of draws in which two variables were linked, in any way."""
        return self.linked.get(_pair(one, other), 0) / self.draws if self.draws else 0.0

    def orientation(self, edge: Edge) -> float:
        """Return the share of draws in which an edge was there with the same ends."""
        return self.marked.get(edge, 0) / self.draws if self.draws else 0.0


def subsample(
    names: Sequence[str],
    blocks: Sequence[Matrix],
    knowledge: Knowledge,
    *,
    draws: int,
    seed: int,
    **options: Any,
) -> Stability:
    """Search in ``draws`` random halves of the rows and count what comes back.

    Parameters
    ----------
    names, blocks, knowledge:
        As for ``discover.search``.
    draws:
        How many halves, 0 or more.
    seed:
        Of the random draws.
    options:
        ``alpha`` and ``method`` as for ``discover.search``; ``progress``, called with draws done
        and to do; ``workers``, the most processes to use (default: one a processor when it pays).

    Raises
    ------
    CausalError
        When ``draws`` or ``seed`` is negative.
    """
    if draws < 0 or seed < 0:
        raise CausalError(f"draws = {draws}, seed = {seed}", expected="numbers of 0 or more")
    rows = int(blocks[0].shape[0])
    size = rows // 2
    progress: Progress | None = options.pop("progress", None)
    workers: int | None = options.pop("workers", None)
    seeds = np.random.SeedSequence(seed).spawn(draws)

    def one(source: np.random.SeedSequence) -> tuple[Edge, ...]:
        taken = np.random.default_rng(source).choice(rows, size=size, replace=False)
        return search(
            names, [block[np.sort(taken)] for block in blocks], knowledge, **options
        ).edges

    linked: Counter[tuple[str, str]] = Counter()
    marked: Counter[Edge] = Counter()
    for done, edges in enumerate(_run(one, seeds, workers), start=1):
        linked.update({_pair(edge.source, edge.target) for edge in edges})
        marked.update(edges)
        if progress is not None:
            progress(done, draws)
    return Stability(draws, size, dict(linked), dict(marked))


def _run(one: Callable[[Any], tuple[Edge, ...]], seeds: Sequence[Any], workers: int | None) -> Any:
    """Yield the result of each draw in order, in several processes when the first says it pays.

    Inside ``joblib.parallel_config(...)`` that configuration decides, such as a Dask cluster.
    """
    if not seeds:
        return
    joblib = _joblib()
    configured = joblib is not None and _is_configured(joblib)
    began = time.process_time()
    yield one(seeds[0])
    rest = seeds[1:]
    expected = (time.process_time() - began) * len(rest)
    most = processors() if workers is None else workers
    pays = most > 1 and (workers is not None or expected > LONG)
    if joblib is None or not (configured or pays):
        yield from map(one, rest)
        return
    call = joblib.delayed(one)
    count = None if configured and workers is None else most
    if configured and not joblib.parallel.get_active_backend()[0].supports_return_generator:
        yield from joblib.Parallel(n_jobs=count)(call(source) for source in rest)
        return
    yield from joblib.Parallel(n_jobs=count, return_as="generator")(call(s) for s in rest)


def _joblib() -> Any:
    try:
        import joblib
    except ImportError:
        return None
    return joblib


def _is_configured(joblib: Any) -> bool:
    """Return whether the caller chose a back end or a number of processes for joblib."""
    backend, count = joblib.parallel.get_active_backend()
    return count != 1 or type(backend).__name__ != "LokyBackend"


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def arrows(edges: Sequence[Edge]) -> list[Edge]:
    """Return the edges that have a direction."""
    return [edge for edge in edges if edge.marks == DIRECTED]
