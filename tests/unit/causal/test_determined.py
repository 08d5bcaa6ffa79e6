from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from aitia.causal.design import design
from aitia.causal.guards import guard
from aitia.projection.table import FeatureTable

N = 400


@pytest.fixture
def settings() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return {
        "width": rng.choice([8, 16, 32, 64], N),
        "depth": rng.choice([1, 2, 3], N),
        "epochs": rng.integers(3, 30, N),
        "rows": rng.integers(400, 1300, N),
        "batch": rng.choice([16, 32, 64], N),
        "rate": np.exp(rng.normal(size=N)),
        "kind": rng.choice(["adam", "sgd"], N),
        "loss": rng.normal(size=N),
    }


def left_out(columns: dict[str, Any], **more: Any) -> dict[str, str]:
    table = FeatureTable.of(columns, tiers={name: int(name == "loss") for name in columns})
    made = design(guard(table, **more), **more)
    return {line.column: line.text for line in made.lines if line.kind == "determined"}


def test_independent_settings_stay(settings: dict[str, Any]) -> None:
    assert left_out(settings) == {}


def test_a_function_of_two_settings_is_left_out(settings: dict[str, Any]) -> None:
    settings["parameters"] = 64 * settings["width"] + settings["depth"] * settings["width"] ** 2
    found = left_out(settings)
    assert found == {"parameters": "parameters follows from depth and width: left out"}


def test_a_number_that_levels_and_numbers_give_is_left_out(settings: dict[str, Any]) -> None:
    settings["slots"] = settings["width"] * np.where(settings["kind"] == "adam", 2, 7)
    assert left_out(settings) == {"slots": "slots follows from kind and width: left out"}


def test_a_rounded_product_is_left_out_and_its_inputs_stay(settings: dict[str, Any]) -> None:
    settings["steps"] = settings["epochs"] * -(-settings["rows"] // settings["batch"])
    found = left_out(settings)
    assert found == {"steps": "steps follows from batch, epochs and rows: left out"}


def test_the_target_stays(settings: dict[str, Any]) -> None:
    settings["parameters"] = settings["width"] * settings["depth"]
    assert left_out(settings, target="parameters") == {}


def test_an_outcome_with_noise_stays(settings: dict[str, Any]) -> None:
    noise = np.exp(np.random.default_rng(1).normal(size=N) * 0.3)
    settings["seconds"] = settings["epochs"] * settings["rows"] * noise
    assert left_out(settings) == {}


def test_what_came_later_determines_nothing_earlier(settings: dict[str, Any]) -> None:
    table = FeatureTable.of(
        {**settings, "twice": settings["depth"] * settings["width"]},
        tiers={**dict.fromkeys(settings, 1), "twice": 0},
    )
    lines = design(guard(table)).lines
    assert "twice" not in [line.column for line in lines if line.kind == "determined"]
