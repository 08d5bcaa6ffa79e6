"""What a search declares of its sampler and space, and what follows for its settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aitia.causal.draws import DRAWN_FROM, STRATEGY
from aitia.causal.sampling import design, remarks
from aitia.projection.table import FeatureTable

N = 60
RATE, WIDTH = "loguniform(1e-4, 0.1)", "one of 8, 16, 24, 32"


def table(terms: dict[str, str] | None = None, **more: Any) -> FeatureTable:
    """Return runs of a random search over rate and width, with more or other columns."""
    columns = {
        "rate": [i * 7 % 61 / 61 for i in range(N)],
        "width": [8 * (1 + i % 4) for i in range(N)],
        "loss": [i * 11 % 59 / 59 for i in range(N)],
        "samplingStrategy": "RandomSearch",
        "drawn.rate": RATE,
        "drawn.width": WIDTH,
        **more,
    }
    values = {n: v if isinstance(v, list) else [v] * N for n, v in columns.items()}
    made = FeatureTable.of(values, tiers={name: int(name == "loss") for name in values})
    known = {"samplingStrategy": STRATEGY, **(terms or {})}
    known |= {name: DRAWN_FROM for name in values if name.startswith("drawn.")}
    told = tuple(replace(c, term=known.get(c.name, c.term)) for c in made)
    return replace(made, columns=told)


def said(given: FeatureTable) -> str:
    return "; ".join(remark.text for remark in remarks(given))


def test_what_a_search_drew_is_an_experiment_with_its_distribution() -> None:
    random, adaptive = design(table())
    assert adaptive is None
    assert random == {
        "rate": f"randomised by random search in every run: rate from {RATE}",
        "width": f"randomised by random search in every run: width from {WIDTH}",
    }


def test_a_setting_that_the_sampler_did_not_draw_is_none() -> None:
    given = table(batch=[16 + i % 3 for i in range(N)])
    assert set(design(given).random) == {"rate", "width"}
    assert said(given) == "not drawn by the sampler, and so adjusted for: batch"


def test_settings_are_found_under_the_name_of_their_run() -> None:
    given = table(**{"run.depth": [i % 2 for i in range(N)], "drawn.depth": "one of 0, 1"})
    assert "run.depth" in design(given).random


def test_a_dimension_that_no_setting_has_is_said() -> None:
    assert "momentum was searched over, and no setting" in said(table(**{"drawn.momentum": "x"}))


def test_what_was_drawn_in_some_runs_only_is_adjusted_for() -> None:
    given = table(**{"drawn.rate": [RATE] * 50 + [None] * 10})
    assert set(design(given).random) == {"width"}
    assert "rate was not drawn in 10 of 60 runs" in said(given)


def test_campaigns_that_drew_from_other_distributions_make_no_common_experiment() -> None:
    two = {"campaign": ["a"] * 30 + ["b"] * 30, "drawn.rate": [RATE] * 30 + ["uniform"] * 30}
    given = table(**two)
    assert set(design(given).random) == {"width"}
    assert f"rate was drawn from {RATE} or uniform, by 2 campaigns" in said(given)


def test_two_campaigns_that_do_not_say_from_what_they_drew_make_none() -> None:
    names = {"drawn.rate": "not recorded", "drawn.width": "not recorded"}
    assert set(design(table(**names)).random) == {"rate", "width"}
    two = ["a"] * 30 + ["b"] * 30
    assert design(table(campaign=two, **names)).random == {}
    bare = table(campaign=two).select(["rate", "width", "loss", "samplingStrategy", "campaign"])
    assert design(bare).random == {}
    assert said(bare).startswith("2 campaigns drew settings and none says from what")
    alone = bare.take(list(range(30)))
    assert set(design(alone).random) == {"rate", "width"}


def test_only_a_whole_grid_is_an_experiment() -> None:
    grid = {
        "samplingStrategy": "Factorial",
        "rate": [(i // 4) % 3 for i in range(N)],
        "drawn.rate": "one of 0, 1, 2",
    }
    assert set(design(table(**grid)).random) == {"rate", "width"}
    broken = table(
        **grid, status=["Failed"] + ["Completed"] * (N - 1), terms={"status": "aitia:status"}
    )
    assert design(broken).random == {}
    assert "12 of the 12 combinations of the grid are here, or not equally often" in said(broken)


def test_a_search_that_looks_at_results_is_no_experiment_whatever_it_says_it_drew() -> None:
    for name in ("BayesianOptimisation", "EvolutionarySearch", "ChosenByHand"):
        given = table(samplingStrategy=name)
        random, adaptive = design(given)
        assert random == {}
        assert adaptive == f"samplingStrategy is {name}, which chooses after seeing results"
        assert [remark.kind for remark in remarks(given)] == ["dependence"]


def test_what_a_run_declares_comes_before_a_setting_that_names_a_sampler() -> None:
    given = table(samplingStrategy=["RandomSearch"] * 40 + ["ChosenByHand"] * 20, sampler="random")
    assert said(given).startswith("20 of 60 runs were not drawn at random (20 by hand)")


def test_copies_and_counts_of_an_architecture_follow_what_was_drawn() -> None:
    given = table(
        terms={"layerCount": "aitia:layerCount", "decay": "aitia:settingValue"},
        learningRate=[i * 7 % 61 / 61 for i in range(N)],
        layerCount=[2 + (i % 4 > 1) for i in range(N)],
        decay=[0.1 * (i % 4 > 1) for i in range(N)],
    )
    random = design(given).random
    assert random["learningRate"].startswith("the same as rate, randomised by")
    assert random["layerCount"].startswith("a consequence of width, randomised by")
    assert "decay" not in random
