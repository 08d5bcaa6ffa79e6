from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from aitia.errors import NotFoundError, ProjectionError
from aitia.projection import project
from aitia.projection.facts import Fact, facts, stage_of
from aitia.projection.project import pivot
from aitia.records import Point, RunEnded, RunStarted, Setting, Started

Keep = Callable[..., Any]


def test_a_row_per_training_run_with_what_it_used_and_made(keep: Keep, train: Keep) -> None:
    table = project(keep(train(0, rate=0.1), train(1, rate=0.2, units=(4,))))
    assert table.shape[0] == 2
    assert table["learningRate"].values == (0.1, 0.2)
    assert table["layerCount"].values == (3, 2)
    assert table["unitCount.mean"].values == (12.0, 4.0)
    assert table["unitCount.min"].values == (8, 4)
    assert table["unitCount.max"].values == (16, 4)
    assert table["parameterCount"].values == (64 * 16 + 80, 64 * 4 + 40)
    assert table["activation"].values == ("relu", "tanh")
    assert table["usesOptimizer"].values == ("Adam", "Adam")
    assert table["shuffle"].values == ("true", "true")
    assert table["task.width"].values == (16, 4)
    assert table["run.noise"].values == (0.25, 0.25)
    assert table["dataset.X"].values == ("digits aaaaaaaa",) * 2
    assert table["dataset.X.rows"].values == (1200, 1200)
    assert table["cpuSeconds"].values == (1.5, 1.5)
    assert table["durationSeconds"].values == (8.0, 8.0)
    assert table["status"].values == ("Completed", "Completed")
    assert table["test_accuracy"].values == (0.9, 0.9)


def test_curves_are_summed_up(keep: Keep, train: Keep) -> None:
    table = project(keep(train(loss=(2.0, 1.0, 0.5, 0.75))))
    found = {name.removeprefix("loss."): table[name].values[0] for name in table.names
             if name.startswith("loss.")}  # fmt: skip
    assert found == {
        "first": 2.0, "last": 0.75, "best": 0.5, "bestStep": 3.0, "min": 0.5, "mean": 1.0625,
        "points": 4, "area": pytest.approx(1.5 + 0.75 + 0.625),
    }  # fmt: skip


def test_tiers_are_read_from_the_graph(keep: Keep, train: Keep) -> None:
    table = project(keep(train()))
    assert table.tiers == (
        "what the run used",
        "known at its first step",
        "known when it ended",
        "measured afterwards",
    )
    tiers = {column.name: column.tier for column in table}
    used = "learningRate batchSize activation layerCount unitCount.mean dataset.X task.width"
    assert {tiers[name] for name in used.split()} == {0}
    assert tiers["loss.first"] == 1
    assert {tiers[name] for name in ("loss.last", "loss.bestStep", "status")} == {2}
    assert tiers["test_accuracy"] == 3


def test_what_was_measured_during_training_is_not_later(keep: Keep, train: Keep) -> None:
    records = [
        r._replace(time=r.time - 5_000_000_000) if isinstance(r, Point) else r for r in train()
    ]
    table = project(keep(records))
    assert table["test_accuracy"].tier == table["loss.last"].tier


def test_columns_know_their_term_module_unit_and_sources(keep: Keep, train: Keep) -> None:
    table = project(keep(train()))
    about = {c.name: (c.term, c.module, c.unit) for c in table}
    assert about["learningRate"] == ("aitia:learningRate", "model", None)
    assert about["warmup"] == ("aitia:settingValue", "model", "s")
    assert about["dataset.X"] == ("aitia:sha256", "application", None)
    assert about["durationSeconds"] == ("aitia:durationSeconds", "core", "s")
    assert table["parameterCount"].derived_from == ("layerCount", "unitCount.mean")
    assert table["unitCount.max"].derived_from == ("unitCount.mean",)
    assert table["loss.area"].derived_from == ("loss.mean", "loss.points")
    assert not table["unitCount.mean"].derived


def test_the_bundles_that_it_was_read_from_are_known(keep: Keep, train: Keep) -> None:
    table = project(keep(train(0), train(1)))
    assert len(table.sources) == 2
    assert all(source.endswith("#bundle") for source in table.sources)


def test_a_curve_with_nan_is_kept_as_it_is(keep: Keep, train: Keep) -> None:
    table = project(keep(train(0, loss=(2.0, math.nan, math.nan, math.nan, math.nan)), train(1)))
    assert math.isnan(table["loss.last"].values[0])  # type: ignore[arg-type]
    assert table["loss.area"].values[0] is None
    assert table["loss.curveType"].values[0] == "Diverger"


def test_what_surrounds_several_training_runs_belongs_to_none(keep: Keep, train: Keep) -> None:
    records = list(train())
    second = [
        Started("9", "fit", records[0].time + 20, type="aitia:TrainingRun"),
        RunEnded(records[0].time + 99),
    ]
    table = project(keep([*records[:-1], *second]))
    assert len(table) == 2
    assert "test_accuracy" not in table
    assert "run.noise" not in table
    assert table["task.width"].values == (16, None)


def test_one_run_can_be_asked_for(keep: Keep, train: Keep) -> None:
    assert len(project(keep(train(0), train(1)), run="net 1")) == 1


def test_a_store_without_training_runs_is_refused(keep: Keep) -> None:
    store = keep([RunStarted("00000000-0000-0000-0000-000000000001", "r", 1), RunEnded(2)])
    with pytest.raises(ProjectionError, match=r"no unit was recorded.*aitia run"):
        project(store)


def test_an_unknown_question_is_refused(keep: Keep, train: Keep) -> None:
    with pytest.raises(NotFoundError, match="training-runs"):
        project(keep(train()), "training-run")


def test_a_question_that_is_not_in_long_form_is_refused() -> None:
    with pytest.raises(ProjectionError, match="variable, value is lacking"):
        facts(("unit", "name"), [("u", "x")])


def test_the_same_bundle_twice_changes_nothing(keep: Keep, train: Keep) -> None:
    assert project(keep(train(0), train(1))).digest == project(keep(train(1), train(0))).digest


@pytest.mark.parametrize(
    ("fact", "stage"),
    [
        (Fact("u", "x", 1, relation="aitia:configuredBy"), 0),
        (Fact("u", "x", 1, relation="aitia:ranOn"), 0),
        (Fact("u", "x", 1, relation="aitia:hasArchitecture", type="aitia:NeuralArchitecture"), 0),
        (Fact("u", "x", 1, relation="aitia:hasLearningCurve", stage="first"), 1),
        (Fact("u", "x", 1, relation="aitia:hasLearningCurve"), 2),
        (Fact("u", "x", 1, relation="prov:generated", stage="later"), 3),
        (Fact("u", "x", 1, relation="rdfs:seeAlso"), None),
    ],
)
def test_the_stage_follows_from_the_relation(fact: Fact, stage: int | None) -> None:
    assert stage_of(fact) == stage


def test_a_variable_both_used_and_made_has_no_tier() -> None:
    rows = [
        Fact("u", "x", 1, relation="prov:used"),
        Fact("v", "x", 2, relation="prov:generated"),
        Fact("v", "y", 2, relation="prov:used"),
    ]
    table = pivot(rows)
    assert table["x"].tier is None
    assert table.names == ("y", "x")
    assert any("both used and generated" in note for note in table.notes)


def test_numbers_that_differ_are_left_out_and_said() -> None:
    rows = [Fact("u", "x", 1), Fact("u", "x", 2), Fact("v", "x", 3), Fact("v", "x", 3)]
    table = pivot(rows)
    assert table["x"].values == (None, 3)
    assert table.notes == ("x has several values in 1 of 2 units: they were left out there",)


def test_texts_that_differ_are_joined() -> None:
    assert pivot([Fact("u", "d", "b"), Fact("u", "d", "a")])["d"].values == ("a + b",)


def test_numbers_among_texts_become_texts_and_it_is_said() -> None:
    table = pivot([Fact("u", "b", "auto"), Fact("v", "b", 32)])
    assert table["b"].values == ("auto", "32")
    assert table["b"].kind == "nominal"
    assert table.notes == ("b holds numbers and texts: all were read as texts",)


@pytest.mark.parametrize(("value", "cell"), [(None, "null"), ([8, 4], "[8, 4]"), (True, "true")])
def test_structures_become_texts(value: object, cell: str) -> None:
    assert pivot([Fact("u", "x", value)])["x"].values == (cell,)


def test_a_nan_said_twice_is_one_value() -> None:
    table = pivot([Fact("u", "x", math.nan), Fact("u", "x", math.nan)])
    assert math.isnan(table["x"].values[0])  # type: ignore[arg-type]


def test_settings_of_the_task_itself_are_columns(keep: Keep, train: Keep) -> None:
    records = [*train()][:-1]
    table = project(keep([*records, Setting("2", "clip", 0.5), RunEnded(records[0].time + 10**12)]))
    assert table["clip"].values == (0.5,)
    assert table["clip"].tier == 0
