"""Trainings by ``partial_fit``: all calls on one estimator in one run are one training run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aitia.capture.guard import attempt
from aitia.capture.model import configuration
from aitia.capture.model.estimators import architecture_of
from aitia.capture.model.fitted import model_digest
from aitia.capture.model.observer import Observer
from aitia.capture.model.steps import MAX_OPEN, Stepwise
from aitia.capture.model.training import data
from aitia.records.ports import Scope
from aitia.records.prov import Entity, Generated, Point, Used


class _Partial:
    """One estimator that is fitted step by step."""

    def __init__(self, scope: Scope, estimator: Any, began: int) -> None:
        self.name = type(estimator).__name__
        self.data: set[int] = set()
        self.unseen = 0
        self.model: str | None = None
        self._told = configuration.of_estimator(estimator)
        name = f"{self.name}.partial_fit"
        self.steps = Stepwise(scope, estimator, name, began, self._told.execution)

    def tell(
        self, observer: Observer, estimator: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> None:
        """Record the configuration, the data of the first call, the model and its architecture."""
        scope, task = observer.scope, self.steps.task
        here, records = configuration.records(self._told, scope.mint)
        observer.tell(here, records)
        scope.emit(Used(task, here, relation="aitia:configuredBy"))
        for role, obj in data(args, kwargs):
            entity = observer.dataset(obj)
            if entity is not None:
                self.data.add(id(obj))
                scope.emit(Used(task, entity, role, relation="aitia:trainedOn"))
        structure = observer.architecture(architecture_of(estimator))
        self.model = observer.model(self.name, None, structure)
        scope.emit(Generated(self.model, task, "model"))
        scope.bind(estimator, self.model)


class PartialFits:
    """The trainings by ``partial_fit`` that go on.

    Parameters
    ----------
    observer:
        Where records go.
    """

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._open: dict[tuple[str, int], _Partial] = {}

    def step(
        self, estimator: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], began: int
    ) -> None:
        """Record a call: the data when it is the first, and the loss."""
        scope = self._observer.scope
        key = (scope.run, id(estimator))
        found = self._open.get(key)
        if found is None or found.steps.learner() is not estimator:
            if found is not None:
                self._end(scope, found)
            if len(self._open) >= MAX_OPEN:
                scope.note("unrecorded", f"partial_fit of more than {MAX_OPEN} estimators at once")
                return
            found = self._open[key] = _Partial(scope, estimator, began)
            attempt("sklearn", found.tell, self._observer, estimator, args, kwargs)
        elif id(args[0] if args else kwargs.get("X")) not in found.data:
            found.unseen += 1
        found.steps.step(scope)
        loss = getattr(estimator, "loss_", None)
        if isinstance(loss, float):
            step, time = found.steps.count, found.steps.last
            scope.emit(Point(found.steps.task, time, {"loss": float(loss)}, step))

    def leave(self, scope: Scope) -> None:
        """End the trainings of a run that is about to end."""
        for key in [key for key in self._open if key[0] == scope.run]:
            self._end(scope, self._open.pop(key))

    def _end(self, scope: Scope, found: _Partial) -> None:
        found.steps.end(scope)
        estimator = found.steps.learner()
        sha = None if estimator is None else model_digest(estimator, self._observer.cap)
        if sha is not None and found.model is not None:
            scope.emit(Entity(found.model, "aitia:Model", found.name, sha))
        if found.unseen:
            text = "partial_fit with other data than at the first call, which are not recorded"
            scope.note("unrecorded", text, found.unseen)
