from __future__ import annotations

import numpy as np
import pytest

from aitia.causal.graphs import barred, closed, completed, equivalent, orient, reaches, unshielded
from aitia.causal.knowledge import Knowledge


def graph(*edges: str) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Return a graph over 0..3 of edges such as ``0>1`` and ``1-2``."""
    made = np.zeros((4, 4), dtype=bool)
    for edge in edges:
        i, j = int(edge[0]), int(edge[2])
        made[i, j] = True
        made[j, i] = edge[1] == "-"
    return made


NONE = np.zeros((4, 4), dtype=bool)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("0>1", "1-2"), ("0>1", "1>2")),
        (("0>1", "1>2", "0-2"), ("0>1", "1>2", "0>2")),
        (("0-1", "0-2", "0-3", "2>1", "3>1"), ("0>1", "0-2", "0-3", "2>1", "3>1")),
        (("0-1", "0-2", "0-3", "3>2", "2>1"), ("0>1", "0-2", "0-3", "3>2", "2>1")),
        (("0-1", "1-2", "0-2"), ("0-1", "1-2", "0-2")),
    ],
)
def test_directions_that_follow(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    assert (closed(graph(*before)) == graph(*after)).all()


def test_a_collider_is_kept_and_a_chain_left_open() -> None:
    assert (equivalent(graph("0>1", "2>1"), NONE) == graph("0>1", "2>1")).all()
    assert (equivalent(graph("0>1", "1>2"), NONE) == graph("0-1", "1-2")).all()


def test_what_is_known_comes_before_colliders() -> None:
    bars = barred(["a", "b", "c", "d"], Knowledge({"a": 1, "b": 0}))
    links = graph("0-1", "1-2")
    assert (completed(links, bars, [(0, 1, 2)]) == graph("1>0", "1-2")).all()


def test_no_edge_is_turned_into_a_circle() -> None:
    made = graph("0>1", "1>2", "0-2")
    assert reaches(made, 0, 2)
    assert not orient(made, 2, 0)
    assert orient(made, 0, 2)
    assert not orient(made, 0, 2)


def test_triples_have_open_ends() -> None:
    assert unshielded(graph("0-1", "1-2", "2-3", "1-3")) == [(0, 1, 2), (0, 1, 3)]


def test_required_arrows_bar_their_opposites() -> None:
    bars = barred(["a", "b"], Knowledge({}).require("a", "b", "recorded"))
    assert bars.tolist() == [[False, False], [True, False]]
