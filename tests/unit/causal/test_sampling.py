from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aitia.causal import analyse
from aitia.causal.guards import guard
from aitia.causal.sampling import clusters, design, remarks
from aitia.projection.table import FeatureTable

N = 60


def table(**more: Any) -> FeatureTable:
    columns = {
        "rate": [i * 7 % 61 / 61 for i in range(N)],
        "width": [8 * (1 + i % 4) for i in range(N)],
        "seed": list(range(N)),
        "loss": [i * 11 % 59 / 59 for i in range(N)],
        **{name: v if isinstance(v, list) else [v] * N for name, v in more.items()},
    }
    return FeatureTable.of(columns, tiers={name: int(name == "loss") for name in columns})


def test_nothing_is_known_unless_it_is_recorded() -> None:
    assert design(table()) == ({}, None)
    assert remarks(table()) == []


@pytest.mark.parametrize(
    "name", ["random", "RandomSampler", "RandomizedSearchCV", "Sobol", "randomised"]
)
def test_a_sampler_that_draws_independently_makes_an_experiment(name: str) -> None:
    random, adaptive = design(table(**{"run.sampler": name}))
    assert adaptive is None
    assert set(random) == {"rate", "width"}
    words = "quasi-random search" if name == "Sobol" else "random search"
    assert random["rate"] == f"randomised by {words}: run.sampler says so of every run"


@pytest.mark.parametrize("name", ["TPESampler", "bayesian", "CmaEs", "evolution", "hyperband"])
def test_a_sampler_that_looks_at_results_does_not(name: str) -> None:
    given = table(**{"run.sampler": name, "run.randomised": "rate"})
    random, adaptive = design(given)
    assert random == {}
    assert adaptive == f"run.sampler is {name}, which chooses after seeing results"
    assert [remark.kind for remark in remarks(given)] == ["dependence"]


def test_a_sampler_of_few_runs_is_no_experiment() -> None:
    few = table(sampler=["random"] * 20 + ["tpe"] * 39 + [None])
    assert design(few).random == {}
    told = (
        "only 20 of 60 runs were drawn at random (39 by Bayesian optimisation, 1 without a record"
    )
    assert remarks(few)[0].text.startswith(told)
    assert "dependence" in [remark.kind for remark in remarks(few)]


def test_runs_of_another_sampler_are_left_out_of_an_experiment() -> None:
    half = table(sampler=["random"] * 30 + ["tpe"] * 30)
    assert set(design(half).random) == {"rate", "width"}
    assert design(half).adaptive is None
    assert [(r.kind, r.text) for r in remarks(half)] == [
        (
            "design",
            "30 of 60 runs were not drawn at random (30 by Bayesian optimisation) and were left "
            "out: the others make an experiment",
        )
    ]
    assert guard(half).units == half.units[:30]


def test_settings_can_be_declared_as_drawn() -> None:
    random, _ = design(table(randomised="rate, other"))
    assert random == {"rate": "randomised names it in every run"}
    mixed = ["rate width"] * 30 + ["width"] * 30
    assert set(design(table(randomised=mixed)).random) == {"width"}


def test_stopped_and_kept_runs_are_a_selection() -> None:
    given = table(stopped_early=["true"] * 9 + ["false"] * 51, **{"run.n_trials": 200})
    found = {remark.column: remark.text for remark in remarks(given)}
    assert found["stopped_early"].startswith("9 of 60 runs were stopped early")
    assert found["run.n_trials"].startswith("run.n_trials tells of 200 trials and 60 are here")


def test_as_many_trials_as_runs_are_no_selection() -> None:
    assert remarks(table(n_trials=N)) == []


def test_repeats_of_a_configuration_are_said_and_counted_as_one() -> None:
    given = table(rate=[0.1, 0.2] * 30)
    assert [remark.kind for remark in remarks(given)] == ["repeats"]
    assert len(set(clusters(given))) == 4
    assert clusters(given)[:2] == [0, 1]
    assert clusters(table()) == list(range(N))


def test_the_report_says_it_and_what_tells_of_sampling_is_no_variable() -> None:
    sampler = {"sampler": ["tpe"] * 30 + ["cma"] * 30, "n_trials": 90, "stopped_early": "true"}
    found = analyse(table(**sampler), subsamples=0)
    text = " ".join(found.text.split())
    assert "sampler is cma, tpe, which chooses after seeing results" in text
    assert "60 of 60 runs were stopped early" in text
    assert "n_trials tells of 90 trials and 60 are here" in text
    assert "left out, as they only tell: sampler (how runs were chosen), n_trials" in text
    told = {a.key: a.text for a in found.result.assumptions}
    assert "chooses after seeing results" in told["independent-runs"]
    assert "stopped early" in told["no-selection"]


def test_the_sampler_of_a_data_loader_chose_no_settings() -> None:
    """A loader that shuffles says nothing of how its learning rate came about."""
    made = FeatureTable.of(
        {"lr": [0.1, 0.2] * 10, "sampler": ["RandomSampler"] * 20}, tiers={"lr": 0, "sampler": 0}
    )
    columns = [replace(column, term="aitia:settingValue") for column in made]
    assert design(replace(made, columns=tuple(columns))).random == {}
    assert set(design(made).random) == {"lr"}
