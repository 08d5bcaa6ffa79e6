from __future__ import annotations

import math

import pytest

from aitia.ingest.curves import classify, higher_is_better


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("accuracy", True),
        ("val_acc", True),
        ("valAcc", True),
        ("f1", True),
        ("loss", False),
        ("trainLoss", False),
        ("val/rmse", False),
        ("perplexity", False),
        ("gpu_power_watts", None),
        ("temperature", None),
    ],
)
def test_the_direction_of_goodness_follows_the_name(name: str, expected: bool | None) -> None:
    assert higher_is_better(name) is expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.1, 0.8, 0.9, 0.91, 0.92, 0.92], "EarlyLearner"),
        ([0.1, 0.1, 0.1, 0.1, 0.2, 0.6, 0.9, 0.95], "LateLearner"),
        ([0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.9, 0.92], "SteadyLearner"),
        ([0.1, 0.1, 0.11, 0.09, 0.1], "NeverLearner"),
        ([0.1, 0.6, 0.9, 0.8, 0.7, 0.5, 0.45, 0.4], "Overfitter"),
        ([0.9, 0.8, 0.5, 0.2, 0.1], "Diverger"),
        ([0.1, 0.5, math.nan, 0.5, 0.5], "Diverger"),
        ([0.95, 0.96, 0.96, 0.97, 0.97], "EarlyLearner"),
        ([0.5, 0.6], None),
    ],
)
def test_accuracies_are_classified(values: list[float], expected: str | None) -> None:
    assert classify(values, higher=True) == expected


def test_losses_are_classified_upside_down() -> None:
    assert classify([2.3, 1.0, 0.5, 0.3, 0.2, 0.2], higher=False) == "EarlyLearner"
    assert classify([2.3, 2.31, 2.29, 2.3, 2.3], higher=False) == "NeverLearner"
    assert classify([2.3, 4.0, 9.0, 30.0, 90.0], higher=False) == "Diverger"
    assert classify([2.3, math.inf, math.inf, math.nan, 1.0], higher=False) == "Diverger"
