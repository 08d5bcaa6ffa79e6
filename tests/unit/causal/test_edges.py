from __future__ import annotations

import numpy as np
import pytest

from aitia.causal.edges import Edge, edges_of, judged
from aitia.causal.knowledge import Knowledge
from aitia.errors import CausalError

FREE = Knowledge({})


def test_a_matrix_is_told_as_edges() -> None:
    graph = np.zeros((3, 3), dtype=bool)
    graph[1, 0] = graph[1, 2] = graph[2, 1] = True
    assert edges_of(graph, ["a", "b", "c"]) == [Edge("b", "a", "-->"), Edge("b", "c", "---")]


def test_a_result_against_the_tiers_is_refused() -> None:
    known = Knowledge({"a": 0, "b": 1})
    with pytest.raises(CausalError, match="returned b --> a, though a"):
        judged([Edge("b", "a", "-->")], known)
    with pytest.raises(CausalError, match="returned a --- b, though a"):
        judged([Edge("a", "b", "---")], known)


def test_arrows_in_a_circle_are_left_open() -> None:
    circle = [Edge("a", "b", "-->"), Edge("b", "c", "-->"), Edge("c", "a", "-->")]
    assert {edge.marks for edge in judged(circle, FREE).edges} == {"---"}


def test_arrows_that_follow_from_tiers_stay_in_a_circle() -> None:
    known = Knowledge({"a": 0, "b": 1})
    circle = [Edge("a", "b", "-->"), Edge("b", "c", "-->"), Edge("c", "a", "-->")]
    marks = {edge[:2]: edge.marks for edge in judged(circle, known).edges}
    assert marks == {("a", "b"): "-->", ("b", "c"): "---", ("c", "a"): "---"}
