from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from aitia.causal.mediation import ASSUMPTIONS, mediation
from aitia.errors import CausalError
from aitia.projection.table import FeatureTable


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw fewer resamples, which is quicker, and enough to see whether intervals hold."""
    monkeypatch.setattr("aitia.causal.mediation.RESAMPLES", 120)


TIERS = {"rate": 0, "width": 0, "kind": 0, "early": 1, "score": 2}


def simulated(seed: int, n: int = 400, interaction: float = 0.5) -> FeatureTable:
    """Draw rate -> early -> score and rate -> score, confounded by width and kind, as recorded."""
    rng = np.random.default_rng(seed)
    width = rng.normal(size=n)
    kind = rng.choice(["a", "b"], n)
    rate = 0.7 * width + (kind == "a") + rng.normal(size=n)
    early = 1.0 + 0.8 * rate - 0.5 * width + rng.normal(size=n)
    score = 0.4 * rate + 0.6 * early + interaction * rate * early + width + rng.normal(size=n)
    data = {"rate": rate, "width": width, "kind": kind, "early": early, "score": score}
    return FeatureTable.of(data, tiers=TIERS)


def truth(table: FeatureTable, interaction: float = 0.5) -> tuple[float, float, float]:
    """Return the total, direct and indirect effect of the rate going from 0 to 1 in these runs."""
    rate = np.array(table["rate"].values, dtype=float)
    early = np.array(table["early"].values, dtype=float)
    at = [early + 0.8 * (value - rate) for value in (0.0, 1.0)]
    indirect = (0.6 + interaction) * 0.8
    direct = 0.4 + interaction * float(at[0].mean())
    return direct + indirect, direct, indirect


def test_the_parts_add_up_and_lie_near_the_simulated_truth() -> None:
    table = simulated(0, n=3000)
    found = mediation(table, "rate", "early", outcome="score", values=(0.0, 1.0))
    for part, true in zip((found.total, found.direct, found.indirect), truth(table), strict=True):
        assert part.value == pytest.approx(true, abs=0.12)
        assert part.low < part.value < part.high
    assert found.direct.value + found.indirect.value == pytest.approx(found.total.value)
    assert found.assumptions == ASSUMPTIONS


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    held = np.zeros(3)
    for seed in range(30):
        table = simulated(seed, n=250)
        found = mediation(table, "rate", "early", outcome="score", values=(0.0, 1.0))
        parts = found.total, found.direct, found.indirect
        held += [p.low <= true <= p.high for p, true in zip(parts, truth(table), strict=True)]
    assert (held / 30 >= 0.85).all()


def test_what_does_not_go_through_is_told_so() -> None:
    rng = np.random.default_rng(1)
    rate = rng.normal(size=500)
    data = {"rate": rate, "early": rng.normal(size=500), "score": rate + rng.normal(size=500)}
    table = FeatureTable.of(data, tiers={"rate": 0, "early": 1, "score": 2})
    found = mediation(table, "rate", "early", outcome="score")
    assert not found.indirect.clear
    assert found.direct.clear


def test_levels_are_compared_and_the_same_seed_gives_the_same() -> None:
    table = simulated(2)
    found = mediation(table, "kind", "early", outcome="score")
    assert found.values == ("a", "b")
    assert found == mediation(table, "kind", "early", outcome="score")
    other = mediation(table, "kind", "early", outcome="score", seed=1)
    assert other.total.value == found.total.value
    assert other.total.low != found.total.low


@pytest.mark.parametrize(
    ("cause", "through", "values", "why"),
    [
        ("rate", "width", None, "width does not lie between.*such as early"),
        ("rate", "score", None, "score does not lie between"),
        ("rate", "nope", None, "nope does not lie between"),
        ("early", "early", None, "'early' is no setting"),
        ("kind", "early", ("a", "c"), "'c', which no run had.*one of a, b"),
        ("rate", "early", ("x", 1), "two numbers"),
        ("rate", "early", (0.0, 99.0), "rate = 99, beyond what any run had"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    cause: str, through: str, values: Any, why: str
) -> None:
    with pytest.raises(CausalError, match=why):
        mediation(simulated(0, n=80), cause, through, outcome="score", values=values)
