"""Whatever the data and the knowledge: graphs have no circle, tiers hold, columns have no order."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from aitia.causal.discover import DIRECTED, search
from aitia.causal.graphs import completed, unshielded
from aitia.causal.knowledge import Knowledge, find_cycle

QUICK = settings(max_examples=40, deadline=None)


@QUICK
@given(st.integers(3, 9), st.integers(0, 2**32 - 1), st.floats(0.1, 0.9))
def test_what_follows_from_any_colliders_has_no_circle(size: int, seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    links = np.triu(rng.random((size, size)) < share, 1)
    links |= links.T
    ranks = rng.integers(0, 3, size)
    bars = ranks[:, None] > ranks[None, :]
    triples = [triple for triple in unshielded(links) if rng.random() < 0.5]
    rng.shuffle(triples)
    made = completed(links, bars, [(int(a), int(b), int(c)) for a, b, c in triples])
    arrows = np.argwhere(made & ~made.T).tolist()
    assert not find_cycle((str(i), str(j)) for i, j in arrows)
    assert not (made & bars & ~made.T).any()
    assert ((made | made.T) == links).all()
    assert not (made & made.T & (bars | bars.T)).any()


@st.composite
def tables(draw: Any) -> tuple[list[str], list[Any], Knowledge]:
    """Return a table of up to seven variables, numbers and levels, of which some have a tier."""
    size = draw(st.integers(2, 7))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kinds = draw(st.sampled_from(["numbers", "levels", "both"]))
    data = rng.normal(size=(80, size))
    for j in range(1, size):
        data[:, j] += data[:, :j] @ (rng.random(j) < 0.4)
    blocks = []
    for j in range(size):
        column = data[:, [j]]
        if kinds == "levels" or (kinds == "both" and j % 2):
            level = np.digitize(data[:, j], np.quantile(data[:, j], [0.33, 0.66]))
            column = np.stack([level == 1, level == 2], axis=1).astype(float)
        blocks.append((column - column.mean(axis=0)) / column.std(axis=0))
    names = [f"v{j}" for j in range(size)]
    tiers = draw(st.dictionaries(st.sampled_from(names), st.integers(0, 2)))
    return names, blocks, Knowledge(tiers)


METHODS = st.sampled_from(["pc", "order", "fci"])


@QUICK
@given(tables(), METHODS)
def test_no_edge_breaks_a_tier(table: tuple[Any, Any, Knowledge], method: str) -> None:
    names, blocks, known = table
    edges = search(names, blocks, known, alpha=0.1, method=method).edges
    for edge in edges:
        if edge.marks == DIRECTED:
            assert known.forbids(edge.source, edge.target) is None
        elif edge.marks in ("---", "o-o"):
            assert known.forbids(edge.source, edge.target) is None
            assert known.forbids(edge.target, edge.source) is None
    if method != "fci":
        assert not find_cycle(edge[:2] for edge in edges if edge.marks == DIRECTED)


@QUICK
@given(tables(), METHODS, st.randoms(use_true_random=False))
def test_the_order_of_columns_is_irrelevant(table: Any, method: str, random: Any) -> None:
    names, blocks, known = table
    places = list(range(len(names)))
    random.shuffle(places)
    one = search(names, blocks, known, alpha=0.1, method=method)
    other = search(
        [names[i] for i in places], [blocks[i] for i in places], known, alpha=0.1, method=method
    )
    assert one == other
