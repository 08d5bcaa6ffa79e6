from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest

from aitia.causal import foreign
from aitia.causal.edges import Edge
from aitia.causal.foreign import ARROW, TAIL, Task, _ancestral, _known, _matrix


def task(tiers: list[float], rows: int = 500) -> Task:
    """Return x -> y -> z with tiers."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=rows)
    y = x + rng.normal(size=rows)
    data = np.column_stack([x, y, y + rng.normal(size=rows)])
    ranks = np.array(tiers)
    return Task(
        ["x", "y", "z"],
        [((v - v.mean()) / v.std())[:, None] for v in data.T],
        tiers,
        ranks[:, None] > ranks[None, :],
        0.01,
        1,
    )


FREE = [math.nan] * 3


@pytest.mark.parametrize("search", [foreign.pc, foreign.ges, foreign.grasp, foreign.boss])
def test_tiers_are_applied_to_what_knows_none(search: Any) -> None:
    assert set(search(task([0, 1, 2]))[0]) == {Edge("x", "y", "-->"), Edge("y", "z", "-->")}
    assert set(search(task([2, 1, 0]))[0]) == {Edge("y", "x", "-->"), Edge("z", "y", "-->")}
    assert set(search(task(FREE))[0]) == {Edge("x", "y", "---"), Edge("y", "z", "---")}


@pytest.mark.parametrize(
    ("here", "there", "edge"),
    [
        (TAIL, ARROW, Edge("a", "b", "-->")),
        (ARROW, TAIL, Edge("b", "a", "-->")),
        (2, ARROW, Edge("a", "b", "o->")),
        (ARROW, 2, Edge("b", "a", "o->")),
        (ARROW, ARROW, Edge("a", "b", "<->")),
        (TAIL, TAIL, Edge("a", "b", "o-o")),
        (2, 2, Edge("a", "b", "o-o")),
    ],
)
def test_marks_at_both_ends_make_an_edge(here: int, there: int, edge: Edge) -> None:
    assert _ancestral("a", "b", here, there) == edge


def test_two_heads_leave_an_edge_open() -> None:
    assert _matrix([[0, 1], [1, 0]]).tolist() == [[False, True], [True, False]]
    assert _matrix([[0, -1], [1, 0]]).tolist() == [[False, True], [False, False]]


def test_an_arrow_that_cannot_be_is_turned_round() -> None:
    graph = np.array([[False, True], [False, False]])
    bars = graph.copy()
    assert _known(graph, bars).tolist() == [[False, False], [True, False]]


def test_random_numbers_are_left_as_they_were(capfd: pytest.CaptureFixture[str]) -> None:
    random.seed(7)
    expected = random.random()
    random.seed(7)
    foreign.boss(task(FREE))
    foreign.fci(task([0, 1, 2]))
    assert random.random() == expected
    assert capfd.readouterr() == ("", "")
