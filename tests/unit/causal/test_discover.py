from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from aitia.causal.discover import METHODS, Edge, Found, choose, depth, search, second
from aitia.causal.knowledge import Knowledge
from aitia.errors import CausalError

FREE = Knowledge({})


def blocks(columns: dict[str, Any]) -> tuple[list[str], list[Any]]:
    return list(columns), [((v - v.mean()) / v.std())[:, None] for v in columns.values()]


def found(
    columns: dict[str, Any], knowledge: Knowledge = FREE, alpha: float = 0.01, method: str = "pc"
) -> Found:
    names, data = blocks(columns)
    return search(names, data, knowledge, alpha=alpha, method=method)


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
    with pytest.raises(CausalError, match=r"'magic'\. expected one of auto, pc, order"):
        search(names, data, FREE, method="magic")


def test_names_that_repeat_are_refused(chain: Any) -> None:
    _, data = blocks(chain())
    with pytest.raises(CausalError, match="one name for each"):
        search(["a", "a", "b", "c"], data, FREE)


def test_the_depth_leaves_rows_for_each_test() -> None:
    assert depth(1000, 10) == 8
    assert depth(20, 30) == 9
    assert depth(5, 30) == 1


CLASSES = ["pc", "order", "causal-learn-pc", "ges", "grasp", "boss"]


@pytest.mark.parametrize("method", CLASSES)
def test_every_search_finds_a_known_network(method: str) -> None:
    data, arrows = network(seed=1)
    edges = found(data, Knowledge(TIERS), method=method).edges
    assert {edge[:2] for edge in edges if edge.marks == "-->"} >= arrows
    assert len(edges) <= len(arrows) + (method == "boss")  # it knows no tiers while it searches


@pytest.mark.parametrize("method", sorted(METHODS))
def test_no_search_breaks_what_is_known(method: str) -> None:
    data, _ = network(400, seed=2)
    wrong = {name: 3 - tier for name, tier in TIERS.items()}
    known = Knowledge(wrong).forbid("width", "batch", "drawn at random")
    result = found(data, known, method=method)
    for edge in result.edges:
        if edge.marks == "-->":
            assert known.forbids(edge.source, edge.target) is None
    assert len(result.log_p) == len(result.edges)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_the_order_of_columns_changes_nothing(method: str) -> None:
    data, _ = network(300, seed=3)
    turned = dict(reversed(data.items()))
    one, other = (found(d, Knowledge(TIERS), method=method).edges for d in (data, turned))
    assert {(frozenset(e[:2]), e.marks) for e in one} == {
        (frozenset(e[:2]), e.marks) for e in other
    }
    assert {e for e in one if e.marks in ("-->", "o->")} == {
        e for e in other if e.marks in ("-->", "o->")
    }


def test_required_arrows_are_in_every_order(chain: Any) -> None:
    known = FREE.require("z", "y", "recorded")
    assert Edge("z", "y", "-->") in found(chain(), known, method="order").edges


def levels(n: int = 4000) -> tuple[list[str], list[Any]]:
    """Return x -> y <- z of three levels each."""
    rng = np.random.default_rng(0)
    x, z = rng.integers(0, 3, n), rng.integers(0, 3, n)
    y = np.where(rng.random(n) < 0.8, (x + z) % 3, rng.integers(0, 3, n))
    made = [np.stack([v == 1, v == 2], axis=1).astype(float) for v in (x, y, z)]
    return ["x", "y", "z"], [(b - b.mean(axis=0)) / b.std(axis=0) for b in made]


@pytest.mark.parametrize("method", ["ges", "boss", "grasp"])
def test_levels_are_scored_as_counts(method: str) -> None:
    names, data = levels()
    drawn = data[0] * data[0].std(axis=0)
    mixed = np.where(np.arange(len(drawn))[:, None] < 400, np.roll(drawn, 1, axis=0), drawn)
    data[1] = (mixed - mixed.mean(axis=0)) / mixed.std(axis=0)
    edges = search(names, data, FREE, method=method).edges
    assert frozenset("xy") in {frozenset(edge[:2]) for edge in edges}


@pytest.mark.parametrize("method", ["ges", "grasp", "boss", "direct-lingam"])
def test_searches_for_one_kind_refuse_a_mixture(method: str, chain: Any) -> None:
    names, data = blocks(chain())
    indicators = levels(400)[1][0]
    with pytest.raises(CausalError, match="choose"):
        search([*names, "k"], [*data, indicators], FREE, method=method)


def test_the_rule_looks_at_kinds_and_not_at_results(chain: Any) -> None:
    _, numbers = blocks(chain())
    _, nominal = levels(400)
    assert choose(numbers) == choose(nominal) == "order"
    assert choose([*numbers, *nominal]) == "pc"
    assert choose(numbers, latent=True) == choose(nominal, latent=True) == "fci"


@pytest.mark.parametrize("method", sorted(METHODS))
def test_the_second_opinion_is_of_another_kind(method: str) -> None:
    assert second(method) != method
    assert second(method) in METHODS


def test_lingam_tells_directions_without_tiers() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, 2000)
    y = x + rng.uniform(-1, 1, 2000)
    assert found({"y": y, "x": x}, method="direct-lingam").edges == (Edge("x", "y", "-->"),)


def test_a_change_over_the_runs_is_remarked() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=600)
    y = x + np.linspace(-2, 2, 600) + rng.normal(size=600)
    result = found({"x": x, "y": y}, method="cd-nod")
    assert result.remarks == ("y changes with the order of the runs",)
    assert result.edges == (Edge("x", "y", "-->"),)


def test_a_stricter_search_finds_no_more(chain: Any) -> None:
    names, data = blocks(chain(60, strength=0.35))
    for method in ("pc", "order"):
        counts = [
            len(search(names, data, FREE, method=method, strict=strict).edges)
            for strict in (0.1, 1.0, 100.0)
        ]
        assert counts[0] >= counts[1] >= counts[2]
        assert counts[2] < counts[0]


def test_stronger_edges_have_smaller_p(chain: Any) -> None:
    data = chain(300)
    data["w"] = data["z"] + 4 * data["w"]
    for method in ("pc", "order"):
        result = found(data, method=method)
        log_p = {frozenset(e[:2]): p for e, p in zip(result.edges, result.log_p, strict=True)}
        assert log_p[frozenset("yz")] < log_p[frozenset("zw")] < 0


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_search_draws_arrows_that_are_known(method: str, chain: Any) -> None:
    known = FREE.require("w", "x", "recorded").require("x", "y", "recorded")
    result = found(chain(), known, method=method)
    assert Edge("w", "x", "-->") in result.edges
    assert Edge("x", "y", "-->") in result.edges
    assert [rule.cause for rule in result.unsupported] == ["w"]
    assert len(result.log_p) == len(result.edges)
