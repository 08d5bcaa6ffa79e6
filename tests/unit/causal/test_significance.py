from __future__ import annotations

import math

import numpy as np
import pytest

from aitia.causal.significance import false_discovery


def test_rates_are_those_of_benjamini_and_hochberg() -> None:
    from scipy.stats import false_discovery_control

    p = np.array([0.001, 0.2, 0.03, 0.008, 0.5])
    found = false_discovery(np.log(p).tolist(), 5)
    assert np.exp(found) == pytest.approx(false_discovery_control(p))


def test_pairs_that_were_not_found_count() -> None:
    assert math.exp(false_discovery([math.log(0.001)], 20)[0]) == pytest.approx(0.02)


def test_rates_that_are_zero_to_machine_precision_are_still_ranked() -> None:
    one, other = false_discovery([-5000.0, -4000.0], 10)
    assert one < other < -3990


def test_nothing_found_has_no_rates() -> None:
    assert false_discovery([], 10) == ()
