from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aitia.causal.effects import Effects, effects
from aitia.causal.explain import dot, what_if, why_better
from aitia.causal.refute import e_value, refute
from aitia.errors import CausalError, NotFoundError
from aitia.projection.table import FeatureTable

SAMPLES = Path(__file__).resolve().parents[2] / "data/tiny_nn_runs"
N = 600


def confounded(seed: int = 0, size: int = N, **more: Any) -> FeatureTable:
    """Return runs whose rate follows the optimiser, which acts on the outcome by itself."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 2, size)
    rate = np.exp(rng.normal(size=size) + 1.2 * kind)
    early = 0.5 * np.log(rate) + 0.3 * rng.normal(size=size)
    score = 2.0 * kind + early + 0.3 * rng.normal(size=size)
    columns: dict[str, Any] = {
        "kind": [("sgd", "adam")[k] for k in kind],
        "rate": rate,
        "noise": rng.normal(size=size),
        "early": early,
        "score": score,
        **more,
    }
    tiers = {"kind": 0, "rate": 0, "noise": 0, "early": 1, "score": 2, **dict.fromkeys(more, 0)}
    return FeatureTable.of(columns, tiers=tiers)


@pytest.fixture(scope="module")
def table() -> FeatureTable:
    return confounded()


@pytest.fixture(scope="module")
def few() -> FeatureTable:
    return confounded(size=200)


@pytest.fixture(scope="module")
def found(table: FeatureTable) -> Effects:
    return effects(table, outcome="score")


def test_a_confounded_effect_is_put_right(found: Effects) -> None:
    """The truth is 0.5 per log of the rate; the naive means show about twice that."""
    doses = [d for d in found["rate"].doses if d.judged]
    logs = np.log([float(d.value) for d in doses])  # type: ignore[arg-type]
    truth = 0.5 * (logs - logs.mean())
    mine, naive, doubly = (
        np.array([getattr(d, name) for d in doses]) for name in ("effect", "naive", "doubly")
    )

    def off(values: Any) -> float:
        return float(np.sqrt((((values - values.mean()) - truth) ** 2).mean()))

    assert off(mine) < 0.08
    assert off(doubly) < 0.15
    assert off(naive) > 0.25
    inside = [d.low <= t + (m - m) <= d.high for d, t, m in zip(doses, truth, mine, strict=True)]
    assert np.mean(inside) >= 0.8


def test_levels_are_contrasted_and_noise_has_no_clear_effect(found: Effects) -> None:
    adam, sgd = found["kind"].doses
    assert adam.effect - sgd.effect == pytest.approx(2.0, abs=0.2)
    assert found["kind"].clear
    assert not found["noise"].clear
    assert [e.cause for e in found.effects][-1] == "noise"
    assert found["kind"].importance > 0.3 > 0.02 > found["noise"].importance


def test_what_came_later_is_neither_adjusted_for_nor_a_cause(found: Effects) -> None:
    assert {e.cause for e in found.effects} == {"kind", "rate", "noise"}
    assert set(found["rate"].adjusted) == {"kind", "noise"}
    assert found["rate"].experimental is None


def test_doses_that_no_other_run_could_have_had_are_not_judged() -> None:
    rng = np.random.default_rng(1)
    kind = rng.integers(0, 3, N)
    columns = {
        "kind": [("a", "b", "c")[k] for k in kind],
        "rate": kind * 10 + rng.normal(size=N),
        "score": kind + rng.normal(size=N),
    }
    table = FeatureTable.of(columns, tiers={"kind": 0, "rate": 0, "score": 1})
    rate = effects(table, outcome="score", causes=["rate"])["rate"]
    assert len(rate.doses) == 10
    assert not rate.doses[0].judged
    assert not rate.doses[-1].judged


def test_randomised_settings_are_contrasted_as_an_experiment() -> None:
    rng = np.random.default_rng(2)
    rate, score = rng.normal(size=N), rng.normal(size=N)
    table = FeatureTable.of(
        {"rate": rate, "kind": rng.choice(["a", "b"], N), "run.sampler": ["random"] * N,
         "score": score + rate},
        tiers={"rate": 0, "kind": 0, "run.sampler": 0, "score": 1},
    )  # fmt: skip
    rate_ = effects(table, outcome="score", causes=["rate"])["rate"]
    assert rate_.experimental is not None
    assert rate_.adjusted == ()
    naive = np.array([d.naive for d in rate_.doses])
    assert np.allclose([d.effect for d in rate_.doses], naive - naive.mean())


def test_adaptive_searches_are_said() -> None:
    table = confounded(**{"run.sampler": ["tpe"] * N})
    assert any("chooses after seeing results" in a for a in
               effects(table, outcome="score", causes=["kind"]).assumptions)  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "causes", "why"),
    [
        ("kind", (), "kind is a name"),
        ("rate", (), "rate is not known to follow the settings"),
        ("score", ("early",), "'early' is no setting"),
        ("nothing", (), "no column 'nothing'"),
    ],
)
def test_questions_without_an_answer_are_refused(
    table: FeatureTable, outcome: str, causes: tuple[str, ...], why: str
) -> None:
    with pytest.raises(CausalError, match=why):
        effects(table, outcome=outcome, causes=causes)


def test_refuters_stand_by_a_true_effect_and_not_by_none(few: FeatureTable) -> None:
    found = effects(few, outcome="score")
    stood = {r.name: r for r in refute(few, found["kind"])}
    assert all(r.stood for r in stood.values()), stood
    assert stood["placebo"].value < 0.3
    none = {r.name: r for r in refute(few, found["noise"])}
    assert not none["E-value"].stood or not none["placebo"].stood


def test_an_attempt_that_too_few_runs_allow_is_said_and_does_not_stand() -> None:
    rng = np.random.default_rng(0)
    columns: dict[str, Any] = {f"v{i}": rng.normal(size=44) for i in range(12)}
    table = FeatureTable.of(columns, tiers={n: int(n == "v0") for n in columns})
    found = effects(table, outcome="v0", causes=["v1"]).effects[0]
    subset = refute(table, found)[2]
    assert not subset.stood
    assert subset.text.startswith("could not be tried: ")


def test_the_e_value_is_that_of_the_paper() -> None:
    assert e_value(0) == 1.0
    assert e_value(np.log(3.9) / 0.91) == pytest.approx(7.26, abs=0.01)


def test_the_difference_of_two_runs_is_divided_among_their_settings(few: FeatureTable) -> None:
    one = max(few.units, key=lambda u: float(few["score"].values[int(u)]))  # type: ignore[arg-type]
    other = min(few.units, key=lambda u: float(few["score"].values[int(u)]))  # type: ignore[arg-type]
    told = why_better(few, one, other, outcome="score")
    assert told.difference > 0
    assert sum(s.part for s in told.shares) + told.unexplained == pytest.approx(told.difference)
    assert {s.setting for s in told.shares[:2]} == {"kind", "rate"}
    assert told.shares[0].low <= told.shares[0].part <= told.shares[0].high
    with pytest.raises(NotFoundError, match="part of the IRI"):
        why_better(few, "no such run", other, outcome="score")


def test_what_would_have_been_keeps_what_is_particular_to_the_run(few: FeatureTable) -> None:
    unit = next(u for u, k in zip(few.units, few["kind"].values, strict=True) if k == "sgd")
    told = what_if(few, unit, {"kind": "adam"}, outcome="score")
    assert told.expected - told.actual == pytest.approx(2.0, abs=0.5)
    assert told.low < told.expected < told.high
    assert told.near == list(few["kind"].values).count("adam")
    same = what_if(few, unit, {"kind": "sgd"}, outcome="score")
    assert same.expected == same.actual
    with pytest.raises(CausalError, match="which no run had"):
        what_if(few, unit, {"kind": "lion"}, outcome="score")
    with pytest.raises(CausalError, match="expected a number"):
        what_if(few, unit, {"rate": "fast"}, outcome="score")


def test_the_graph_says_what_effects_assume(table: FeatureTable) -> None:
    """No setting acts on another: what chose them all is a node that no column has."""
    import re

    arrows = set(re.findall(r'"([\w ]+)" -> "([\w ]+)";', dot(table.columns, "score")))
    names = {"kind", "rate", "noise"}
    assert arrows == {(n, "score") for n in names} | {("what chose the settings", n) for n in names}


def read(name: str) -> FeatureTable:
    settings = ("bs", "depth", "width", "wd", "epochs", "opt", "act", "n", "lr")
    with open(SAMPLES / f"{name}.csv", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    columns = {k: [float(r[k]) for r in rows] for k in (*settings, "val_acc")}
    return FeatureTable.of(columns, tiers={k: int(k == "val_acc") for k in columns})


def test_effects_on_networks_are_nearer_to_the_randomised_truth_than_naive_means() -> None:
    seen, random = read("obs_2"), read("rnd_1")
    opt = effects(seen, outcome="val_acc", causes=["opt"], population=random)["opt"]
    outcome = np.array(random["val_acc"].values)
    place = np.array(random["opt"].values)
    truth = outcome[place == 1].mean() - outcome[place == 0].mean()
    mine = opt.doses[1].effect - opt.doses[0].effect
    naive = opt.doses[1].naive - opt.doses[0].naive
    assert abs(mine - truth) < 0.1 < abs(naive - truth)
    assert abs(mine - truth) < abs(naive - truth) / 2
