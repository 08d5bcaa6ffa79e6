from __future__ import annotations

from typing import Any

import numpy as np

from aitia.causal import analyse
from aitia.causal.design import design
from aitia.causal.guards import guard
from aitia.projection.table import FeatureTable

N = 400


def made(columns: dict[str, Any], tiers: dict[str, int] | None = None) -> Any:
    return design(guard(FeatureTable.of(columns, tiers=tiers)))


def said(found: Any) -> list[str]:
    return [line.text for line in found.lines if line.kind == "bent"]


def draw(seed: int = 0) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    return rng, rng.normal(size=N), rng.normal(size=N)


def test_trends_get_no_more_than_one_column() -> None:
    rng, x, noise = draw()
    found = made({"x": x, "y": np.exp(x + noise), "z": rng.normal(size=N)})
    assert [block.shape[1] for block in found.blocks] == [1, 1, 1]
    assert said(found) == []


def test_a_measure_that_is_best_in_between_is_given_its_square() -> None:
    rng, x, noise = draw()
    found = made({"x": x, "y": -(x**2) + noise, "z": rng.normal(size=N)}, {"x": 0, "y": 1, "z": 1})
    assert said(found) == ["x and y are related by more than a trend: it was given its square"]
    assert [block.shape[1] for block in found.blocks] == [2, 1, 1]
    assert np.allclose(found.blocks[0].mean(axis=0), 0)
    assert np.allclose(found.blocks[0].std(axis=0), 1)


def test_an_effect_of_the_middle_code_is_seen() -> None:
    """As a number the code shows no trend, and searches miss the edge."""
    rng, _, noise = draw()
    codes = rng.integers(0, 3, N)
    effect = np.where(codes == 1, 3.0, 0.0) + noise
    table = FeatureTable.of({"k": codes, "e": effect, "n": rng.normal(size=N)})
    found = analyse(table, subsamples=0, alpha=0.01)
    assert {frozenset(claim.edge[:2]) for claim in found.claims} == {frozenset("ke")}
    assert "k and e are related by more than a trend: it was compared by its levels" in " ".join(
        found.text.split()
    )


def test_what_came_later_bends_nothing() -> None:
    rng, x, noise = draw()
    columns = {"late": x, "y": -(x**2) + noise, "z": rng.normal(size=N)}
    assert said(made(columns, {"late": 2, "y": 1, "z": 0})) == []
