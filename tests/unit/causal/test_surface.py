from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from aitia.causal.surface import Axis, Surface
from aitia.projection.table import Column, FeatureTable

ROWS = 300


def settings(rng: np.random.Generator) -> tuple[list[Column], dict[str, Any]]:
    kind = rng.integers(0, 2, ROWS)
    rate = np.exp(rng.normal(size=ROWS) + 0.7 * kind)
    size = rng.choice([8, 16, 32], ROWS)
    table = FeatureTable.of(
        {"kind": [("a", "b")[k] for k in kind], "rate": rate, "size": size},
        tiers={"kind": 0, "rate": 0, "size": 0},
    )
    return list(table.columns), {"kind": kind, "rate": np.log(rate), "size": np.log2(size)}


def outcomes(known: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Return outcomes of three shapes: added, together, and in a range that they do not leave."""
    mixed = known["kind"] * np.tanh(known["rate"]) + 0.3 * known["size"]
    return {
        "added": known["rate"] + known["kind"] + 0.3 * rng.normal(size=ROWS),
        "together": mixed + 0.3 * rng.normal(size=ROWS),
        "held": np.clip(mixed + 0.3 * rng.normal(size=ROWS), 1.0, 2.0),
    }


@pytest.fixture(scope="module")
def made() -> tuple[Surface, list[Column], Any]:
    rng = np.random.default_rng(0)
    columns, known = settings(rng)
    outcome = outcomes(known, rng)["together"]
    return Surface(columns, outcome), columns, outcome


def points(columns: list[Column], **given: Any) -> dict[str, Any]:
    return {c.name: given.get(c.name, [c.values[0]]) for c in columns}


def test_levels_are_indicators_and_wide_numbers_count_by_logarithms() -> None:
    columns, _ = settings(np.random.default_rng(0))
    kind, rate, size = (Axis(column) for column in columns)
    assert kind.place(["a", "b"]).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert rate.logs
    assert not size.logs
    steps = np.diff(rate.place([0.5, 1.0, 2.0])[:, 0])
    assert steps[0] == pytest.approx(steps[1])


def test_the_error_grows_where_no_run_was(made: tuple[Surface, list[Column], Any]) -> None:
    surface, columns, _ = made
    near, far = (
        surface.error(
            points(columns, kind=["a", "a"], rate=[1.0, rate], size=[8, 8]), np.array([[1.0, -1.0]])
        )[0]
        for rate in (1.5, 1e4)
    )
    assert far > 5 * near > 0


def test_no_outcome_beyond_those_seen_is_expected(made: tuple[Surface, list[Column], Any]) -> None:
    surface, columns, outcome = made
    found = surface.at(points(columns, kind=["b"] * 3, rate=[1e-6, 1, 1e6], size=[32] * 3))
    assert found.min() >= outcome.min()
    assert found.max() <= outcome.max()


def test_a_surface_is_the_same_every_time(made: tuple[Surface, list[Column], Any]) -> None:
    surface, columns, outcome = made
    again = Surface(columns, outcome)
    people = {c.name: c.values[:20] for c in columns}
    assert np.array_equal(again.at(people), surface.at(people))


@pytest.mark.parametrize("name", ["added", "together", "held"])
def test_intervals_hold_the_truth(name: str) -> None:
    """Whatever the shape: the mean outcome without noise, were all runs given each level."""
    inside = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        columns, known = settings(rng)
        surface = Surface(columns, outcomes(known, rng)[name])
        people = {c.name: c.values for c in columns}
        level, error = surface.curve(people, "kind", ["a", "b"])
        many = {k: np.repeat(v, 40) for k, v in known.items()}
        noise = 0.3 * rng.normal(size=len(many["rate"]))
        truth = []
        for kind in (0, 1):
            mixed = kind * np.tanh(many["rate"]) + 0.3 * many["size"]
            told = {"added": many["rate"] + kind, "together": mixed}
            truth.append(told[name].mean() if name in told
                         else np.clip(mixed + noise, 1.0, 2.0).mean())  # fmt: skip
        off = np.abs((level - level.mean()) - (np.array(truth) - np.mean(truth)))
        assert off.max() < 0.15
        inside += (off <= surface.width * error).tolist()
    assert np.mean(inside) >= 2 / 3
