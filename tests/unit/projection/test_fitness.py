"""Where the curves of recorded trainings lead, and what cannot be said of them."""

from __future__ import annotations

import math
import uuid
from collections.abc import Sequence

import pytest

from aitia.errors import ProjectionError
from aitia.ingest.pipeline import adopt
from aitia.projection.fitness import Fitness, Rule, fitness, with_fitness
from aitia.reader import Graph
from aitia.records import Ended, Point, RunEnded, RunStarted, Started
from aitia.store.oxigraph import OxigraphStore

T0 = 1_790_000_000_000_000_000
RISING = [0.9 - 0.8 * math.exp(-x / 3) for x in range(1, 25)]
CURVES: dict[str, tuple[str, Sequence[float]]] = {
    "rising": ("accuracy", RISING),
    "percent": ("top5", [100 * y for y in RISING]),
    "two points": ("accuracy", [0.1, 0.2]),
    "broken": ("accuracy", [math.nan] * 24),
    "gaps": ("accuracy", [math.nan if x in (5, 9) else y for x, y in enumerate(RISING)]),
    "falling": ("accuracy", [0.9 - 0.02 * x for x in range(24)]),
    "descent": ("loss", [2.3 - 2 * (1 - math.exp(-x / 3)) for x in range(24)]),
}


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    folder = str(tmp_path_factory.mktemp("fitness") / ".aitia")
    for place, (name, (metric, values)) in enumerate(CURVES.items()):
        run = str(uuid.UUID(int=place + 1))
        points = [Point("1", T0 + x, {metric: y}, x) for x, y in enumerate(values, 1)]
        records = [
            RunStarted(run, name, T0),
            Started("1", "fit", T0, type="aitia:TrainingRun"),
            *points,
            Ended("1", T0 + 99),
            RunEnded(T0 + 100),
        ]
        adopt(folder, records, run=run, recorder="test")
    made = Graph(OxigraphStore(f"{folder}/store"), folder)
    made.ingest()
    return made


def told(graph: Graph, metric: str, rule: Rule | None = None) -> dict[str, Fitness]:
    found = fitness(graph.store, metric, rule)
    return {one.name.partition(":")[0]: one for one in found}


def test_a_curve_of_the_form_is_predicted_early_and_saves_the_rest(graph: Graph) -> None:
    found = told(graph, "accuracy")["rising"]
    assert (found.points, found.at) == (24, 24.0)
    assert found.predicted == pytest.approx(RISING[-1], abs=0.005)
    assert found.error is not None
    assert found.error < 0.005
    assert found.converged_at is not None
    assert found.converged_at <= 8
    assert found.saved == 24 - found.converged_at
    assert found.why == ""


def test_percentages_have_a_scale_of_one_hundred(graph: Graph) -> None:
    one, hundred = told(graph, "accuracy")["rising"], told(graph, "top5")["percent"]
    assert hundred.predicted == pytest.approx(100 * (one.predicted or 0.0))
    assert hundred.converged_at == one.converged_at


def test_what_is_to_be_small_is_turned_over(graph: Graph) -> None:
    found = told(graph, "loss")["descent"]
    assert found.predicted == pytest.approx(0.3, abs=0.02)
    assert found.saved > 10


def test_a_later_step_than_was_trained_to_has_no_error_yet(graph: Graph) -> None:
    found = told(graph, "accuracy", Rule(at=40))["rising"]
    assert found.predicted == pytest.approx(0.9, abs=0.005)
    assert found.error is None


def test_what_cannot_be_predicted_says_why(graph: Graph) -> None:
    found = told(graph, "accuracy")
    assert found["two points"].why == "2 points: it takes 4"
    assert found["broken"].why == "0 points, 24 more are NaN or infinite: it takes 4"
    assert found["broken"].predicted is None


def test_gaps_are_left_out(graph: Graph) -> None:
    found = told(graph, "accuracy")["gaps"]
    assert found.points == 22
    assert found.predicted == pytest.approx(RISING[-1], abs=0.005)


def test_a_metric_that_nobody_has_is_refused_with_those_there_are(graph: Graph) -> None:
    with pytest.raises(ProjectionError, match="no training has a curve of 'f1'") as refused:
        fitness(graph.store, "f1")
    assert refused.value.expected == "one of accuracy, loss, top5"
    with pytest.raises(ProjectionError):
        fitness(graph.store, '"} x {"')


def test_falling_fitness_is_not_called_converged(graph: Graph) -> None:
    found = told(graph, "accuracy")["falling"]
    assert (found.predicted, found.saved, found.why) == (None, 0.0, "it does not get better")


def test_predictions_are_columns_of_the_table_of_trainings(graph: Graph) -> None:
    table = graph.features()
    found = fitness(graph.store, "accuracy")
    made = with_fitness(table, "accuracy", found)
    assert made.names == (*table.names, "accuracy.predicted", "accuracy.convergedAt")
    by_unit = dict(zip(made.units, made["accuracy.predicted"].values, strict=True))
    assert by_unit == dict.fromkeys(made.units) | {f.training: f.predicted for f in found}
    assert made["accuracy.convergedAt"].tier == made["accuracy.last"].tier
