from __future__ import annotations

from typing import Any

import numpy as np

from aitia.causal.discover import Edge, search
from aitia.causal.knowledge import Knowledge
from aitia.causal.sensitivity import Sensitivity, sensitivity

TIERS = Knowledge({"x": 0, "y": 1, "z": 2, "w": 0, "c": 0})


def asked(columns: dict[str, Any], **options: Any) -> Sensitivity:
    blocks = [((v - v.mean()) / v.std())[:, None] for v in columns.values()]
    known = Knowledge({name: TIERS.tiers[name] for name in columns})
    given = {"alpha": 0.01, "method": "pc", **options}
    edges = search(list(columns), blocks, known, **given).edges
    return sensitivity(list(columns), blocks, known, edges, **given)


def test_an_edge_that_only_a_column_hides_arises_without_it(chain: Any) -> None:
    found = asked(chain(1000))
    assert ("y", (Edge("x", "z", "-->"),)) in found.arising
    assert "without y there would be x --> z" in found.sentences()
    assert found.lost == ()


def test_weak_edges_are_lost_when_the_search_is_stricter(weak: Any) -> None:
    found = asked(weak, alpha=0.05)
    assert found.lost == (Edge("x", "y", "-->"),)
    assert "not found when the search is four times as strict: x --> y" in found.sentences()


def test_weak_edges_are_gained_when_it_is_more_lenient(weak: Any) -> None:
    found = asked(weak, alpha=0.005)
    assert found.gained == (Edge("x", "y", "-->"),)


def test_an_edge_that_hangs_on_a_column_is_told_with_it() -> None:
    """The effects of c and x on y cancel out in y's margin: only given c is x seen."""
    rng = np.random.default_rng(0)
    c = rng.normal(size=2000)
    x = c + 0.5 * rng.normal(size=2000)
    y = x - 1.25 * c + 0.5 * rng.normal(size=2000)
    found = asked({"x": x, "c": c, "y": y}, method="order")
    assert (Edge("x", "y", "-->"), ("c",)) in found.hanging
    assert "x --> y hangs on c" in found.sentences()
