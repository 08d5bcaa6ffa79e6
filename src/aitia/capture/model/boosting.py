"""What the adapters of XGBoost and LightGBM have in common: a training by rounds, as records."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from aitia.capture.dataflow import links
from aitia.capture.describe import Description
from aitia.capture.model import concepts, configuration
from aitia.capture.model.architecture import Architecture
from aitia.capture.model.calls import Activity, loaded_model, model_in, reference, told_model
from aitia.capture.model.configuration import Configuration
from aitia.capture.model.observer import Observer
from aitia.records.prov import NOTHING, Derived, Entity, Generated, Point, Used
from aitia.records.values import Json, Value

_MAX_FEATURES = 64
_RATES = ("learning_rate", "eta", "shrinkage_rate")
_OBJECTIVES = {
    "binary:logistic": "log_loss",
    "binary:logitraw": "log_loss",
    "multi:softmax": "log_loss",
    "multi:softprob": "log_loss",
    "binary": "BinaryCrossEntropy",
    "cross_entropy": "log_loss",
    "multiclass": "log_loss",
    "softmax": "log_loss",
    "reg:squarederror": "squared_error",
    "reg:absoluteerror": "absolute_error",
    "reg:pseudohubererror": "huber",
    "reg:quantileerror": "quantile",
    "regression": "squared_error",
    "regression_l1": "absolute_error",
    "count:poisson": "poisson",
    "reg:gamma": "gamma",
}
_SILENT = frozenset(
    {"verbosity", "verbose", "silent", "nthread", "n_jobs", "num_threads", "num_thread"}
)


class Grown(NamedTuple):
    """What is told of a booster.

    Parameters
    ----------
    sha:
        Digest of what it learnt; None when it is too large.
    structure:
        Its architecture.
    facts:
        What a training gives by name: rounds, leaves, the best iteration.
    """

    sha: str | None
    structure: Architecture
    facts: Mapping[str, Value] = NOTHING


Read = Callable[[Any, int], Grown]
"""Reads a booster, within a limit of bytes."""


class Boosting(Activity):
    """A training, or a cross-validation, from its begin to its end.

    Parameters
    ----------
    library:
        ``xgboost`` or ``lightgbm``.
    observer:
        Where records go.
    function:
        What was called, and ``args`` and ``kwargs`` with what.
    read:
        Reads the booster.
    """

    def __init__(
        self,
        library: str,
        observer: Observer,
        function: Callable[..., Any],
        arguments: tuple[tuple[Any, ...], dict[str, Any]],
        read: Read,
    ) -> None:
        args, kwargs = arguments
        bound = inspect.signature(function).bind(*args, **kwargs)
        bound.apply_defaults()
        self.given: dict[str, Any] = bound.arguments
        self._bound = bound
        self._read = read
        self._chosen = configuration_of(library, self.given)
        name = f"{library}.{function.__name__}"
        super().__init__(library, observer, name, "aitia:TrainingRun", self._chosen.execution)

    def with_argument(self, name: str, item: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments of the call with another one under ``name``."""
        self._bound.arguments[name] = item
        return self._bound.args, self._bound.kwargs

    def begin(self, data: Any, others: Iterable[tuple[str, Any]], before: Any) -> None:
        """Record the configuration, the data, and the model that training goes on from."""
        self.configure(self._chosen)
        self.use_data(data, "data")
        for name, item in others:
            if item is not data:
                self.use_data(item, name, "prov:used")
        model = self._before(before)
        if model is not None:
            self.scope.emit(Used(self.task, model, "model"))

    def _before(self, before: Any) -> str | None:
        """Return the id of the model that training goes on from."""
        if hasattr(before, "save_model"):
            known = None if links.find(before) is None else reference(self.observer, before)
            return known or self._model(before)
        return None if before is None else model_in(self.observer, before)

    def round(self, step: int, values: Mapping[str, Value]) -> None:
        """Record what was measured in one round."""
        if values:
            self.scope.emit(Point(self.task, self.scope.now(), values, step))

    def outputs(self, result: Any) -> dict[str, Value]:
        """Record the model, or what folds gave."""
        if hasattr(result, "save_model"):
            grown = self._read(result, self.observer.cap)
            model = told_model(self.observer, result, grown.sha, grown.structure)
            self.scope.emit(Generated(model, self.task, "model"))
            return dict(grown.facts)
        return {}

    def _model(self, booster: Any) -> str:
        grown = self._read(booster, self.observer.cap)
        return told_model(self.observer, booster, grown.sha, grown.structure)


def configuration_of(library: str, given: Mapping[str, Any]) -> Configuration:
    """Return the configuration of a training by parameters and rounds."""
    params = dict(given.get("params") or {})
    names = ("num_boost_round", "early_stopping_rounds", "nfold", "stratified", "shuffle", "seed")
    told = {str(name): configuration.parameter(item) for name, item in params.items()}
    for name in names:
        if given.get(name) is not None:
            told[name] = configuration.parameter(given[name])
    for name in ("obj", "feval", "custom_metric"):
        if given.get(name) is not None:
            told[name] = configuration.parameter(given[name])
    silent = {name: told.pop(name) for name in list(told) if name in _SILENT}
    typed: dict[str, float | int | str] = {}
    rate = next((params[name] for name in _RATES if name in params), None)
    if isinstance(rate, (int, float)) and rate > 0:
        typed["learningRate"] = float(rate)
    rounds = given.get("num_boost_round")
    if isinstance(rounds, int) and rounds > 0:
        typed["epochBudget"] = rounds
    goal = params.get("objective", params.get("application"))
    loss = concepts.loss(_OBJECTIVES.get(goal, goal)) if isinstance(goal, str) else None
    return Configuration(f"{library}.Booster", told, silent, typed, loss=loss)


def importance(scores: Mapping[str, Any]) -> Json:
    """Return how much each feature gained, the most important ones first."""
    ranked = sorted(scores.items(), key=lambda item: -float(item[1]))[:_MAX_FEATURES]
    return Json({str(name): float(score) for name, score in ranked})


def table(observer: Observer, made: Any, name: str, sources: Mapping[str, Any]) -> None:
    """Record the data set that a library made of the user's data, unless it is known already."""
    scope = observer.scope
    if not scope.run:
        return
    found = {}
    for role, obj in sources.items():
        entity = observer.dataset(obj)
        if entity is not None:
            found[role] = entity
    shape = _shape(sources.get("data"))
    label = f"{name} {'×'.join(map(str, shape))}".strip()
    attributes: dict[str, Value | list[Value]] = {}
    if shape:
        attributes["aitia:arrayShape"] = Json(shape)
    entity = scope.mint()
    scope.emit(Entity(entity, "aitia:Dataset", label, None, attributes))
    for source in found.values():
        scope.emit(Derived(entity, source))
    scope.bind(made, entity)


def _shape(data: Any) -> list[int]:
    if isinstance(data, (list, tuple)):
        return [len(data)]
    return [int(size) for size in getattr(data, "shape", ())]


def describe_table(obj: object) -> Description:
    """Describe a data set of a library's that was made before anything was observed."""
    return Description("aitia:Dataset", type(obj).__name__)


def loaded(observer: Observer, booster: Any, path: Any, read: Read) -> None:
    """Record the model that a booster holds after it was read from a file."""
    if observer.scope.run and path is not None:
        grown = read(booster, observer.cap)
        loaded_model(observer, booster, path, grown.sha, grown.structure)


def scores(log: Mapping[str, Mapping[str, Any]]) -> dict[str, list[float]]:
    """Return an evaluation log as one list of numbers for each quantity."""
    found: dict[str, list[float]] = {}
    for data, metrics in log.items():
        for metric, values in metrics.items():
            numbers = [item for item in values if isinstance(item, float) or hasattr(item, "dtype")]
            if len(numbers) == len(values):
                found[f"{data}-{metric}"] = [float(item) for item in numbers]
    return found
