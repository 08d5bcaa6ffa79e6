from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from aitia.causal.design import Design, design, raw, scores
from aitia.causal.guards import guard
from aitia.errors import CausalError
from aitia.projection.table import FeatureTable

N = 60


def noise(seed: int) -> Any:
    return np.random.default_rng(seed).normal(size=N)


def designed(columns: dict[str, Any], target: str | None = None, **more: Any) -> Design:
    return design(guard(FeatureTable.of(columns, **more), target=target), target=target)


def said(found: Design, kind: str) -> list[str]:
    return [line.text for line in found.lines if line.kind == kind]


def test_numbers_become_normal_scores_and_levels_indicators() -> None:
    table = FeatureTable.of({"x": noise(1) ** 3, "k": ["a", "b", "c"] * 20})
    block = scores(table["x"])
    assert block.shape == (N, 1)
    assert block.mean() == pytest.approx(0, abs=1e-12)
    assert np.argsort(block[:, 0]).tolist() == np.argsort(noise(1)).tolist()
    assert scores(table["k"]).shape == (N, 2)


def test_values_near_the_largest_float_do_not_overflow() -> None:
    table = FeatureTable.of({"x": noise(1) * 1e307})
    assert np.isfinite(raw(table["x"])).all()


@pytest.mark.parametrize(
    ("twin", "how"),
    [
        (noise(1), "equal up to scale"),
        (3 - 2 * noise(1), "equal up to scale"),
        (np.exp(noise(1)), "the same order of runs"),
    ],
)
def test_copies_are_left_out(twin: Any, how: str) -> None:
    found = designed({"a": noise(1), "b": noise(2), "c": twin})
    assert found.names == ("a", "b")
    assert said(found, "copy") == [f"c repeats a ({how}): left out"]


def test_of_copies_the_earlier_stays() -> None:
    found = designed({"late": noise(1), "b": noise(2), "early": noise(1)},
                     tiers={"late": 2, "b": 1, "early": 0})  # fmt: skip
    assert found.names == ("b", "early")


def test_of_copies_the_target_stays() -> None:
    assert designed({"a": noise(1), "b": noise(2), "c": noise(1)}, "c").names == ("b", "c")


def test_levels_that_repeat_other_levels_are_left_out() -> None:
    levels = ["a", "b", "c"] * 20
    renamed = [{"a": "z", "b": "x", "c": "y"}[level] for level in levels]
    found = designed({"n": noise(1), "k": levels, "m": renamed})
    assert found.names == ("n", "k")


def test_sums_are_left_out_with_their_parts() -> None:
    found = designed({"a": noise(1), "b": noise(2), "c": noise(3), "s": noise(1) + 2 * noise(3)})
    assert found.names == ("a", "b", "c")
    assert said(found, "sum") == ["s is an exact combination of a and c: left out"]


def test_numbers_that_follow_from_levels_are_left_out() -> None:
    levels = ["a", "b", "c"] * 20
    rows = [{"a": 10.0, "b": 500.0, "c": 70.0}[level] for level in levels]
    found = designed({"n": noise(1), "k": levels, "rows": rows})
    assert said(found, "sum") == ["rows is an exact combination of k: left out"]


def test_a_target_that_is_a_sum_is_refused() -> None:
    with pytest.raises(CausalError, match="the target s is an exact combination of a and b"):
        designed({"a": noise(1), "b": noise(2), "s": noise(1) - noise(2)}, "s")


def test_near_copies_of_one_tier_are_represented_by_one() -> None:
    near = noise(1) + 0.05 * noise(2)
    found = designed({"a": noise(1), "b": near, "c": noise(3)}, tiers={"a": 1, "b": 1, "c": 0})
    assert found.names == ("a", "c")
    assert said(found, "near-copy")[0].startswith("b can hardly be told from a (rank correlation")


def test_near_copies_of_different_tiers_stay() -> None:
    near = noise(1) + 0.05 * noise(2)
    found = designed({"a": noise(1), "b": near, "c": noise(3)}, tiers={"a": 1, "b": 2, "c": 0})
    assert found.names == ("a", "b", "c")
    assert said(found, "collinear")[0].startswith("a is all but determined by the others (R² 0.9")


def test_too_many_columns_for_the_rows_are_refused() -> None:
    with pytest.raises(CausalError, match=r"60 complete runs for 30 columns.*at least 68 runs"):
        designed({f"v{i}": noise(i) for i in range(30)})


def test_what_was_encoded_how_is_said() -> None:
    found = designed({"a": noise(1), "b": noise(2), "k": ["u", "v"] * 30})
    assert said(found, "nominal") == ["k is compared by its levels u and v"]
    assert said(found, "ranks") == ["the 2 numeric columns are compared by rank (normal scores)"]
    assert (found.size, found.width) == (N, 3)


def test_copies_alone_are_refused() -> None:
    with pytest.raises(CausalError, match="only a is left to relate: b repeats a"):
        designed({"a": noise(1), "b": noise(1)})
