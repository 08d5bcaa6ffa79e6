from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from aitia.causal.discover import Edge, Found, depth, judged, search
from aitia.causal.knowledge import Knowledge
from aitia.errors import CausalError

FREE = Knowledge({})


def blocks(columns: dict[str, Any]) -> tuple[list[str], list[Any]]:
    return list(columns), [((v - v.mean()) / v.std())[:, None] for v in columns.values()]


def found(columns: dict[str, Any], knowledge: Knowledge = FREE, alpha: float = 0.01) -> Found:
    names, data = blocks(columns)
    return search(names, data, knowledge, alpha=alpha)


def network(n: int = 3000, seed: int = 0) -> tuple[dict[str, Any], set[tuple[str, str]]]:
    """Return linear Gaussian data of eight variables, and the arrows that made them."""
    arrows = {
        ("lr", "loss1"), ("width", "loss1"), ("width", "time"), ("batch", "time"),
        ("loss1", "loss"), ("batch", "loss"), ("loss", "acc"), ("data", "acc"),
    }  # fmt: skip
    rng = np.random.default_rng(seed)
    made: dict[str, Any] = {}
    for name in ("lr", "width", "batch", "data", "loss1", "time", "loss", "acc"):
        parents = [cause for cause, effect in sorted(arrows) if effect == name]
        made[name] = sum(0.8 * made[p] for p in parents) + rng.normal(size=n)
    return made, arrows


TIERS = {"lr": 0, "width": 0, "batch": 0, "data": 0, "loss1": 1, "time": 2, "loss": 2, "acc": 3}


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_known_network_is_recovered_from_its_data(seed: int) -> None:
    data, arrows = network(seed=seed)
    edges = found(data, Knowledge(TIERS)).edges
    assert {frozenset(edge[:2]) for edge in edges} == {frozenset(arrow) for arrow in arrows}
    assert {edge[:2] for edge in edges if edge.marks == "-->"} == arrows


def test_without_tiers_the_skeleton_is_the_same() -> None:
    data, arrows = network()
    edges = found(data).edges
    assert {frozenset(edge[:2]) for edge in edges} == {frozenset(arrow) for arrow in arrows}


@pytest.mark.parametrize("seed", range(6))
def test_no_edge_breaks_the_tiers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    data = {f"v{i}": rng.normal(size=60) for i in range(8)}
    for i in range(1, 8):
        data[f"v{i}"] = data[f"v{i}"] + data[f"v{rng.integers(i)}"]
    tiers = {name: int(rng.integers(3)) for name in data}
    knowledge = Knowledge(tiers)
    for edge in found(data, knowledge, 0.2).edges:
        assert knowledge.forbids(edge.source, edge.target) is None
        if edge.marks != "-->":
            assert tiers[edge.source] == tiers[edge.target]


def test_the_order_of_columns_does_not_change_the_skeleton() -> None:
    data, _ = network(300)
    shuffled = {name: data[name] for name in sorted(data)}
    one = {frozenset(edge[:2]) for edge in found(data).edges}
    assert one == {frozenset(edge[:2]) for edge in found(shuffled).edges}


def test_required_arrows_are_oriented(chain: Any) -> None:
    known = FREE.require("y", "x", "recorded")
    assert Edge("y", "x", "-->") in found(chain(), known).edges


def test_required_arrows_without_support_are_reported(chain: Any) -> None:
    known = FREE.require("w", "x", "recorded")
    assert found(chain(), known).unsupported == known.required


@pytest.mark.parametrize("alpha", [0.0, 1.0, -1.0, float("nan")])
def test_a_level_that_is_none_is_refused(alpha: float, chain: Any) -> None:
    with pytest.raises(CausalError, match="expected a level between 0 and 1"):
        found(chain(), alpha=alpha)


def test_unknown_methods_are_refused(chain: Any) -> None:
    names, data = blocks(chain())
    with pytest.raises(CausalError, match=r"'boss'\. expected one of pc"):
        search(names, data, FREE, method="boss")


def test_names_that_repeat_are_refused(chain: Any) -> None:
    _, data = blocks(chain())
    with pytest.raises(CausalError, match="one name for each"):
        search(["a", "a", "b", "c"], data, FREE)


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


def test_the_depth_leaves_rows_for_each_test() -> None:
    assert depth(1000, 10) == 8
    assert depth(20, 30) == 9
    assert depth(5, 30) == 1
