"""One training or evaluation of a Keras model, as records."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from aitia.capture.dataflow import links
from aitia.capture.model import concepts, configuration
from aitia.capture.model.architecture import Architecture, canonical
from aitia.capture.model.calls import Activity, reference, told_model
from aitia.capture.model.configuration import Configuration
from aitia.capture.model.fitted import ModelHasher
from aitia.capture.model.keras_layers import architecture_of
from aitia.capture.model.observer import Observer
from aitia.capture.model.outermost import Arguments
from aitia.errors import ValueNotRecordableError
from aitia.records.prov import Entity, Generated, Point, Used
from aitia.records.values import Json, Value, to_value

_BATCH = 32
"""How many examples Keras takes at a time, of arrays, when nothing is said."""

_CHOICES = (
    *("batch_size", "epochs", "initial_epoch", "validation_split", "validation_freq", "shuffle"),
    *("steps_per_epoch", "validation_steps", "validation_batch_size", "class_weight"),
)


class Fit(Activity):
    """A training from its begin to its end.

    Parameters
    ----------
    observer:
        Where records go.
    model:
        What is trained.
    given:
        The arguments of ``fit`` by name.
    """

    def __init__(self, observer: Observer, model: Any, given: Mapping[str, Any]) -> None:
        self.model = model
        self.given = given
        self._id: str | None = None
        self._structure: Architecture | None = None
        self._epochs = 0
        name = f"{type(model).__name__}.fit"
        super().__init__("keras", observer, name, "aitia:TrainingRun")

    def inputs(self) -> Arguments | None:
        """Record the configuration and the data."""
        self.configure(configuration_of(self.model, self.given))
        for role in ("x", "y", "sample_weight"):
            self.use_data(_source(self.given.get(role)), role)
        validation = self.given.get("validation_data")
        if isinstance(validation, (list, tuple)):
            for role, part in zip(("x_val", "y_val"), validation, strict=False):
                self.use_data(_source(part), role, "prov:used")
        elif validation is not None:
            self.use_data(_source(validation), "validation", "prov:used")
        return None

    def built(self) -> None:
        """Record the model, now that it has its shapes."""
        before = links.find(self.model)
        if before is not None:
            found = reference(self.observer, self.model)
            if found is not None:
                self.scope.emit(Used(self.task, found, "model"))
        self._structure = architecture_of(self.model)
        self._id = told_model(self.observer, self.model, None, self._structure)
        self.scope.emit(Generated(self._id, self.task, "model"))

    def epoch(self, number: int, logs: Mapping[str, Any] | None) -> None:
        """Record what was measured over an epoch."""
        self._epochs = number + 1
        values = {name: _number(item) for name, item in (logs or {}).items()}
        told: dict[str, Value] = {name: item for name, item in values.items() if item is not None}
        if told:
            self.scope.emit(Point(self.task, self.scope.now(), told, self._epochs))

    def outputs(self, result: Any) -> dict[str, Value]:
        """Record the model, and why training stopped."""
        if self._id is None or self._structure is None:
            return {}
        sha = weights_digest(self.model, self._structure, self.observer.cap)
        if sha is not None:
            self.scope.emit(Entity(self._id, "aitia:Model", self._structure.label, sha))
        told: dict[str, Value] = {"epochs": self._epochs}
        for callback in _callbacks(self.given):
            stopped = getattr(callback, "stopped_epoch", None)
            if isinstance(stopped, int):
                told["stopped_early"] = stopped > 0
                told["best_epoch"] = int(getattr(callback, "best_epoch", 0)) + 1
        return told

    def remains(self) -> dict[str, Value]:
        """Record the model of a training that was broken off after an epoch at least."""
        return self.outputs(None) if self._epochs else {}


class Evaluate(Activity):
    """An evaluation from its begin to its end; parameters as those of ``Fit``."""

    def __init__(self, observer: Observer, model: Any, given: Mapping[str, Any]) -> None:
        self.model = model
        self.given = given
        name = f"{type(model).__name__}.evaluate"
        super().__init__("keras", observer, name, "aitia:EvaluationRun")

    def inputs(self) -> Arguments | None:
        """Record the model and the data."""
        model = reference(self.observer, self.model)
        if model is not None:
            self.scope.emit(Used(self.task, model, "model"))
        for role in ("x", "y"):
            self.use_data(_source(self.given.get(role)), role, "aitia:evaluatedOn")
        return None

    def outputs(self, result: Any) -> dict[str, Value]:
        """Record what was measured."""
        names = list(getattr(self.model, "metrics_names", ()))
        if isinstance(result, dict):
            values = result
        elif isinstance(result, (list, tuple)):
            values = dict(zip(_metric_names(self.model, names), result, strict=False))
        else:
            values = {"loss": result}
        found = {name: _number(item) for name, item in values.items()}
        told: dict[str, Value] = {name: item for name, item in found.items() if item is not None}
        if told:
            self.scope.emit(Point(self.task, self.scope.now(), told))
        return {}


def arguments(function: Callable[..., Any], args: Any, kwargs: Any) -> dict[str, Any]:
    """Return the arguments of a call by name, with the defaults of what was left out."""
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    return dict(bound.arguments)


def configuration_of(model: Any, given: Mapping[str, Any]) -> Configuration:
    """Return the configuration of a training: how the model was compiled, and how it is fitted."""
    optimizer, loss = getattr(model, "optimizer", None), getattr(model, "loss", None)
    told: dict[str, Value] = {}
    own = _config(optimizer)
    own.pop("name", None)
    for name, item in own.items():
        told[name] = configuration.parameter(_named(item))
    if loss is not None:
        told["loss"] = configuration.parameter(_named(loss))
    metrics = getattr(getattr(model, "_compile_metrics", None), "_user_metrics", None)
    if metrics is not None:
        told["metrics"] = configuration.parameter(_named(metrics))
    for name in _CHOICES:
        if given.get(name) is not None:
            told[name] = configuration.parameter(given[name])
    for callback in _callbacks(given):
        told[f"callback {type(callback).__name__}"] = Json(_chosen(callback))
    typed = _typed(own, given)
    how = None if optimizer is None else concepts.optimizer(type(optimizer).__name__)
    goal = loss if isinstance(loss, str) else _goal(loss)
    operator = f"keras.optimizers.{type(optimizer).__name__}"
    return Configuration(operator, told, {}, typed, how, concepts.loss(goal) if goal else None)


def _typed(own: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, float | int | str]:
    typed: dict[str, float | int | str] = {}
    rate = own.get("learning_rate")
    if isinstance(rate, dict):
        inner = rate.get("config", {})
        rate = inner.get("initial_learning_rate")
    if isinstance(rate, (int, float)) and rate > 0:
        typed["learningRate"] = float(rate)
    batch = given.get("batch_size")
    if batch is None and hasattr(given.get("x"), "shape"):
        batch = _BATCH
    counts = {"batchSize": batch, "epochBudget": given.get("epochs")}
    return typed | {name: n for name, n in counts.items() if isinstance(n, int) and n > 0}


def _goal(loss: Any) -> str | None:
    if loss is None or isinstance(loss, (dict, list, tuple)):
        return None
    return str(getattr(loss, "__name__", type(loss).__name__))


def _config(item: Any) -> dict[str, Any]:
    try:
        config = item.get_config()
    except (RuntimeError, TypeError, AttributeError, ValueError):
        return {}
    return dict(config) if isinstance(config, dict) else {}


def _named(item: Any) -> Any:
    """Return an object of Keras as its class and configuration, within lists and mappings too."""
    if isinstance(item, dict):
        return {str(name): _named(part) for name, part in item.items()}
    if isinstance(item, (list, tuple)):
        return [_named(part) for part in item]
    if hasattr(item, "get_config") and not isinstance(item, type):
        return {"class_name": type(item).__name__, "config": _named(_config(item))}
    return item


def _callbacks(given: Mapping[str, Any]) -> list[Any]:
    found = given.get("callbacks")
    if found is None:
        return []
    inner = getattr(found, "callbacks", found)
    return list(inner) if isinstance(inner, (list, tuple)) else [inner]


def _chosen(callback: Any) -> dict[str, Any]:
    """Return what a callback was made with, as far as it keeps it under the same names."""
    names = inspect.signature(type(callback).__init__).parameters
    kept = vars(callback)
    found = {name: to_value(kept[name]) for name in names if name in kept and name != "verbose"}
    return {name: item for name, item in found.items() if isinstance(item, (str, int, float))}


def _source(item: Any) -> Any:
    """Return the data behind what gives batches."""
    inner = getattr(item, "dataset", None)
    return item if inner is None else inner


def _metric_names(model: Any, names: list[str]) -> list[str]:
    """Return the names of what ``evaluate`` returns as a list, flattened as Keras does."""
    compiled = getattr(model, "_compile_metrics", None)
    inner = [metric.name for metric in getattr(compiled, "metrics", ())]
    return [name for name in names if name != "compile_metrics"] + inner


def _number(item: Any) -> float | None:
    if isinstance(item, (int, float)):
        return float(item)
    if getattr(item, "shape", None) == () and hasattr(item, "item"):
        return float(item.item())
    return None


def weights_digest(model: Any, structure: Architecture, cap: int) -> str | None:
    """Return the digest of the weights of a model in their order, or None above the limit."""
    hasher = ModelHasher(cap)
    try:
        hasher.part("architecture", canonical(structure))
        for weight in model.weights:
            hasher.part("name", str(weight.name).encode())
            hasher.value(weight.numpy())
    except (ValueNotRecordableError, RuntimeError, TypeError):
        return None
    return hasher.hexdigest()
