"""One observed training or evaluation of a scikit-learn estimator, as records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from aitia.capture.guard import attempt, describe
from aitia.capture.model import configuration, searches
from aitia.capture.model.boosting import scores
from aitia.capture.model.configuration import principal
from aitia.capture.model.estimators import architecture_of, parts_of
from aitia.capture.model.fitted import model_digest
from aitia.capture.model.observer import Observer
from aitia.records.prov import Generated, Member, Point, Points, Used
from aitia.records.values import Json, Ref, Value, text, to_value

_DATA = ("X", "y", "Y", "sample_weight", "X_val", "y_val")
_CURVES = ("loss_curve_", "validation_scores_", "train_score_", "validation_score_")
_OUTPUTS = ("n_iter_", "best_score_", "best_params_", "best_index_", "oob_score_")
_MAX_STEPS = 64


class Snapshot(NamedTuple):
    """A list as it was before a fit: which object, and how long."""

    identity: int
    length: int


class Fit:
    """A training from its begin to its end.

    Parameters
    ----------
    observer:
        Where records go.
    estimator:
        What is fitted.
    method:
        Name of the method that was called.
    """

    def __init__(self, observer: Observer, estimator: Any, method: str) -> None:
        self._observer = observer
        self._scope = observer.scope
        self._estimator = estimator
        self._name = type(estimator).__name__
        self._before = _snapshot(estimator)
        log = _rounds(estimator)
        self._log = None if log is None else id(log)
        self._configuration = configuration.of_estimator(estimator)
        self.run = self._scope.run
        self.task = self._scope.begin(
            f"{self._name}.{method}", "aitia:TrainingRun", self._configuration.execution
        )

    def inputs(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """Record the configuration and the data."""
        here, records = configuration.records(self._configuration, self._scope.mint)
        self._observer.tell(here, records)
        self._scope.emit(Used(self.task, here, relation="aitia:configuredBy"))
        for role, obj in data(args, kwargs):
            found = self._observer.dataset(obj)
            if found is not None:
                self._scope.emit(Used(self.task, found, role, relation="aitia:trainedOn"))

    def ended(self, result: Any) -> None:
        """Record curves, model and architecture, and end the task."""
        self._finish(attempt("sklearn", self._outputs, result) or {})

    def failed(self, error: BaseException) -> None:
        """Record what is left: the curve so far, and the weights; end the task with the error."""
        self._finish(attempt("sklearn", self._remains) or {}, error)

    def _outputs(self, result: Any) -> dict[str, Value]:
        self.curves()
        model = self._model(self._estimator, model_digest(self._estimator, self._observer.cap))
        self._scope.bind(self._estimator, model)
        made: dict[str, Value] = {
            "model": Ref(model),
            **_told(self._estimator),
            **searches.candidates(self._estimator),
        }
        if result is not None and result is not self._estimator:
            found = self._observer.dataset(result)
            if found is not None:
                made["result"] = Ref(found)
        return made

    def _remains(self) -> dict[str, Value]:
        self.curves()
        weights = getattr(principal(self._estimator), "coefs_", None)
        if weights is None or not _is_new(self._before.get("coefs_"), weights):
            return {}
        return {"model": Ref(self._model(self._estimator, None))}

    def curves(self) -> None:
        """Record the learning curves that this fit appended to or made."""
        for name, values in _lists(self._estimator, _CURVES):
            before = self._before.get(name)
            if not _is_new(before, values):
                continue
            start = before.length if before is not None and before.identity == id(values) else 0
            numbers = [float(value) for value in values[start:]]
            steps = range(start + 1, start + 1 + len(numbers))
            quantity = _quantity(self._estimator, name)
            self._scope.emit(Points(self.task, quantity, numbers, list(steps)))
        log = _rounds(self._estimator)
        if log is not None and id(log) != self._log:
            for name, values in scores(log).items():
                rounds = list(range(1, len(values) + 1))
                self._scope.emit(Points(self.task, name, values, rounds))

    def _finish(self, generated: Mapping[str, Value], error: BaseException | None = None) -> None:
        # The run that it began in may have ended meanwhile.
        if self._scope.run == self.run:
            message = None if error is None else text(describe(error))
            self._scope.finish(self.task, generated, message)

    def _model(self, estimator: Any, sha: str | None) -> str:
        structure = self._observer.architecture(architecture_of(estimator))
        model = self._observer.model(type(estimator).__name__, sha, structure)
        best = getattr(estimator, "best_estimator_", None)
        parts = [("best_estimator", best)] if best is not None else parts_of(estimator)
        for name, part in parts[:_MAX_STEPS]:
            inner = self._model(part, model_digest(part, self._observer.cap) if sha else None)
            self._scope.emit(Member(model, inner))
            self._scope.emit(Generated(inner, self.task, name))
        return model


class Score:
    """An evaluation by ``score`` from its begin to its end; parameters as those of ``Fit``."""

    def __init__(self, observer: Observer, estimator: Any, method: str) -> None:
        self._observer = observer
        self._scope = observer.scope
        self._estimator = estimator
        self.run = self._scope.run
        name = f"{type(estimator).__name__}.{method}"
        self.task = self._scope.begin(name, "aitia:EvaluationRun", {})

    def inputs(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """Record the model and the data."""
        model = self._scope.refer(self._estimator)
        if isinstance(model, Ref):
            self._scope.emit(Used(self.task, model.id, "model"))
        for role, obj in data(args, kwargs):
            found = self._observer.dataset(obj)
            if found is not None:
                self._scope.emit(Used(self.task, found, role, relation="aitia:evaluatedOn"))

    def ended(self, result: Any) -> None:
        """Record the score as a measurement, and end the task."""
        attempt("sklearn", self._measure, result)
        self._finish(None)

    def failed(self, error: BaseException) -> None:
        """End the task with the error."""
        self._finish(text(describe(error)))

    def _measure(self, result: Any) -> None:
        values: dict[str, Value] = {metric_of(self._estimator): float(result)}
        self._scope.emit(Point(self.task, self._scope.now(), values))

    def _finish(self, error: str | None) -> None:
        if self._scope.run == self.run:
            self._scope.finish(self.task, {}, error)


def data(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the data among the arguments of a method, each with its role."""
    yield from zip(_DATA[:2], args, strict=False)
    for name in _DATA:
        if name in kwargs:
            yield name, kwargs[name]


def metric_of(estimator: Any) -> str:
    """Return the name of the quantity that ``score`` of this estimator returns."""
    scoring = getattr(estimator, "scoring", None)
    if isinstance(scoring, str):
        return scoring
    owner = getattr(type(estimator).score, "__module__", "")
    if not str(owner).startswith("sklearn."):
        return "score"
    return {"classifier": "accuracy", "regressor": "r2"}.get(_kind(estimator), "score")


def _kind(estimator: Any) -> str:
    """Return ``classifier``, ``regressor`` or another estimator type of scikit-learn's."""
    tags: Callable[[], Any] | None = getattr(estimator, "__sklearn_tags__", None)
    if tags is not None:
        return str(tags().estimator_type)
    return str(getattr(estimator, "_estimator_type", ""))


def _lists(estimator: Any, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    learner = getattr(estimator, "best_estimator_", None)
    learner = principal(estimator if learner is None else learner)
    for name in names:
        values = getattr(learner, name, None)
        if values is not None and hasattr(values, "__len__") and len(values):
            yield name, values


def _rounds(estimator: Any) -> Any:
    """Return what XGBoost and LightGBM measured in each round of boosting."""
    learner = getattr(estimator, "best_estimator_", None)
    log = getattr(principal(estimator if learner is None else learner), "evals_result_", None)
    return log if isinstance(log, dict) else None


def _snapshot(estimator: Any) -> dict[str, Snapshot]:
    found = _lists(estimator, (*_CURVES, "coefs_"))
    return {name: Snapshot(id(values), len(values)) for name, values in found}


def _is_new(before: Snapshot | None, values: Any) -> bool:
    return before is None or before != (id(values), len(values))


def _quantity(estimator: Any, name: str) -> str:
    """Return the quantity that a list of scores holds."""
    learner = principal(estimator)
    if name == "loss_curve_":
        return "loss"
    if name == "train_score_":
        # Boosting with a choice of scoring keeps scores there, without one its loss.
        return "train_score" if hasattr(learner, "scoring") else "loss"
    if name == "validation_scores_" and _kind(learner) == "classifier":
        return "val_accuracy"
    return "validation_score"


def _told(estimator: Any) -> dict[str, Value]:
    """Return the small facts that a fit left: iterations, best parameters and score."""
    told: dict[str, Value] = {}
    for name in _OUTPUTS:
        item = getattr(estimator, name, None)
        if isinstance(item, dict):
            told[name.rstrip("_")] = Json({key: searches.small(part) for key, part in item.items()})
        elif item is not None and getattr(item, "shape", ()) == ():
            told[name.rstrip("_")] = to_value(item)
    if _rounds(estimator) is not None:
        best = getattr(estimator, "best_iteration", None) or getattr(
            estimator, "best_iteration_", None
        )
        if best is not None:
            told["best_iteration"] = int(best)
    return told
