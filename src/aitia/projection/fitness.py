"""Fitness prediction for the trainings of a graph: where each curve leads, and from when on.

The prediction itself is ``projection.prediction``; here are the curves that it is asked of, and
what it says of each training.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from aitia.errors import ProjectionError
from aitia.projection.cells import kind_of
from aitia.projection.columns import Column
from aitia.projection.prediction import FEWEST, predict

if TYPE_CHECKING:
    from aitia.projection.table import FeatureTable
    from aitia.store.port import Store

_METRICS = """
SELECT DISTINCT ?metric WHERE {
  ?training a aitia:TrainingRun ; aitia:partOfExecution* ?owner .
  ?curve aitia:aboutSubject ?owner ; a aitia:LearningCurve ; aitia:inlineValues ?values ;
    aitia:measuresQuantity/rdfs:label ?metric .
} ORDER BY ?metric
"""

_CURVES = """
SELECT DISTINCT ?training ?run ?name ?values ?first ?stride ?index ?higher WHERE {
  ?training a aitia:TrainingRun ; aitia:partOfExecution* ?owner .
  ?curve aitia:aboutSubject ?owner ; a aitia:LearningCurve ; aitia:inlineValues ?values ;
    aitia:measuresQuantity ?quantity .
  ?quantity rdfs:label %s .
  FILTER NOT EXISTS {
    ?other a aitia:TrainingRun ; aitia:partOfExecution+ ?owner .
    FILTER(?other != ?training)
  }
  OPTIONAL { ?quantity aitia:higherIsBetter ?higher }
  OPTIONAL { ?curve aitia:indexStart ?first ; aitia:indexStride ?stride }
  OPTIONAL { ?curve aitia:inlineIndex ?index }
  OPTIONAL { ?training aitia:partOfExecution ?run . ?run rdfs:label ?called }
  OPTIONAL { ?training rdfs:label ?own }
  BIND(COALESCE(CONCAT(?called, ": ", ?own), ?own, ?called, "") AS ?name)
} ORDER BY ?training
"""


class Fitness(NamedTuple):
    """What was predicted for one training.

    Attributes
    ----------
    training, name:
        Its IRI, and what it and its run are called.
    points:
        How many finite points its curve has.
    at:
        The step that the prediction is for.
    predicted:
        The value there, in the unit of the metric; None when the predictions never agreed.
    converged_at, saved:
        The step from which on they agree, and how many steps need not have been trained.
    last, error:
        The last value that was reached, and how far off the prediction was; None where training
        did not go as far as ``at``.
    why:
        Why nothing was predicted; empty where something was.
    """

    training: str
    name: str
    points: int
    at: float | None
    predicted: float | None
    converged_at: float | None
    saved: float
    last: float | None
    error: float | None
    why: str


class Rule(NamedTuple):
    """When predictions count as converged: the ``window`` last lie within ``tolerance``.

    ``at`` is the step that is asked about, the last of each curve when None. ``tolerance`` is in
    the unit of the metric, half a percent of its ``scale`` when None; ``scale`` is the greatest
    value that it can have, 1 or 100 as its values suggest when None.
    """

    at: float | None = None
    window: int = 3
    tolerance: float | None = None
    scale: float | None = None


def fitness(store: Store, metric: str, rule: Rule | None = None) -> tuple[Fitness, ...]:
    """Predict, for each training, the value of a metric at a later step.

    A metric that is to be small, such as a loss, is turned over: ``1 - value / first``.

    Parameters
    ----------
    store:
        Where to ask.
    metric:
        Name of the metric, as its curves are labelled.
    rule:
        When to stop, and what for; the defaults of ``Rule`` when None.

    Raises
    ------
    ProjectionError
        When no training has a curve of that metric; those that there are are named.
    """
    rows = list(_rows(store, _CURVES % json.dumps(metric, ensure_ascii=False)))
    if not rows:
        known = [str(row["metric"]) for row in _rows(store, _METRICS)]
        raise ProjectionError(
            f"no training has a curve of {metric!r}",
            expected=f"one of {', '.join(known)}" if known else "trainings with learning curves",
            next_step="aitia query learning-curves",
        )
    return tuple(_of(row, rule or Rule()) for row in rows)


def _rows(store: Store, text: str) -> Iterator[dict[str, Any]]:
    from aitia.query.run import sparql
    from aitia.query.table import Table

    found = sparql(store, text)
    assert isinstance(found, Table)
    for row in found:
        yield dict(zip(found.columns, row, strict=True))


def with_fitness(table: FeatureTable, metric: str, found: Sequence[Fitness]) -> FeatureTable:
    """Return a table of trainings with what was predicted of each: two columns more.

    ``METRIC.predicted`` is the value, ``METRIC.convergedAt`` the step from which on it stands; both
    are as late as the last value of the metric, for no prediction is known sooner for all.
    """
    from dataclasses import replace

    told = {one.training: one for one in found}
    mine = [told.get(unit) for unit in table.units]
    late = table[f"{metric}.last"].tier if f"{metric}.last" in table else None
    columns = list(table.columns)
    for name, field in (("predicted", "predicted"), ("convergedAt", "converged_at")):
        values = tuple(None if one is None else getattr(one, field) for one in mine)
        columns.append(
            Column(
                f"{metric}.{name}",
                values,
                kind_of(values),
                term="aitia:inlineValues",
                module="model",
                tier=late,
            )
        )
    return replace(table, columns=tuple(columns))


def _of(row: Mapping[str, Any], rule: Rule) -> Fitness:
    steps, values = _points(row)
    name, training = str(row["name"] or row["training"]), str(row["training"])
    pairs = [(s, v) for s, v in zip(steps, values, strict=True) if math.isfinite(v)]
    at = rule.at if rule.at is not None else (steps[-1] if steps else None)
    last = pairs[-1][1] if pairs else None
    none = Fitness(training, name, len(pairs), at, None, None, 0.0, last, None, "")
    if len(pairs) < FEWEST:
        lost = len(values) - len(pairs)
        odd = f", {lost} more are NaN or infinite" if lost else ""
        return none._replace(why=f"{len(pairs)} points{odd}: it takes {FEWEST}")
    assert at is not None
    finite = [v for _, v in pairs]
    rising = row["higher"] is not False and str(row["higher"]).lower() != "false"
    scale = rule.scale or _scale(finite, rising)
    start = 0.0 if rising else finite[0]
    sign = 1.0 if rising else -1.0
    tolerance = (0.005 * scale if rule.tolerance is None else rule.tolerance) / scale
    found = predict(
        [s for s, _ in pairs],
        [sign * (v - start) / scale for v in finite],
        at=at,
        window=rule.window,
        tolerance=tolerance,
    )
    if found.converged_at is None or found.value is None:
        odd = "it does not get better" if sign * (finite[-1] - finite[0]) <= 0 else ""
        return none._replace(why=odd or "the predictions never agreed: train on")
    predicted = start + sign * scale * found.value
    reached = pairs[-1][0] >= at
    error = abs(predicted - finite[-1]) if reached else None
    saved = max(0.0, at - found.converged_at)
    return none._replace(
        predicted=predicted, converged_at=found.converged_at, saved=saved, error=error
    )


def _scale(values: Sequence[float], rising: bool) -> float:
    """Return the greatest value that a fitness can have: one, or one hundred for percentages."""
    if not rising:
        return abs(values[0]) or 1.0
    return 100.0 if max(values) > 1.5 else 1.0


def _points(row: Mapping[str, Any]) -> tuple[list[float], list[float]]:
    values = [float(str(value).replace("INF", "inf")) for value in _listed(row["values"])]
    if row["index"] is not None:
        return [float(step) for step in _listed(row["index"])], values
    first, stride = float(row["first"] or 0), float(row["stride"] or 1)
    return [first + stride * place for place in range(len(values))], values


def _listed(given: Any) -> list[Any]:
    found = json.loads(given) if isinstance(given, str) else given
    return list(found)
