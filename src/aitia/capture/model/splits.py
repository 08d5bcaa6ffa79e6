"""Splits of data by scikit-learn: which part was for training and which for testing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aitia.capture.guard import describe
from aitia.capture.model.configuration import parameter
from aitia.capture.model.observer import Observer
from aitia.records.prov import Entity, Used
from aitia.records.values import Ref, Value, text

_ROLES = ("training", "test")


class Split:
    """A call of ``train_test_split`` from its begin to its end.

    Parameters
    ----------
    observer:
        Where records go.
    settings:
        The keyword arguments of the call.
    """

    def __init__(self, observer: Observer, settings: Mapping[str, Any]) -> None:
        self._observer = observer
        self._scope = observer.scope
        self._wholes: list[str | None] = []
        self.run = self._scope.run
        told = {name: parameter(item) for name, item in settings.items() if name != "stratify"}
        self.task = self._scope.begin("train_test_split", "aitia:DataTransformation", told)

    def inputs(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """Record what is split."""
        for i, obj in enumerate(args):
            whole = self._observer.dataset(obj)
            self._wholes.append(whole)
            if whole is not None:
                self._scope.emit(Used(self.task, whole, f"data[{i}]"))

    def ended(self, result: Any) -> None:
        """Record the parts, and end the task."""
        made: dict[str, Value] = {}
        for i, obj in enumerate(result):
            part = self._observer.dataset(obj)
            role, whole = _ROLES[i % 2], self._wholes[i // 2]
            if part is None:
                continue
            made[f"{role}[{i // 2}]"] = Ref(part)
            attributes: dict[str, Value | list[Value]] = {
                "aitia:splitRole": Ref(f"scheme:split-role#{role}")
            }
            if whole is not None and whole != part:
                attributes["aitia:subsetOf"] = Ref(whole)
            self._scope.emit(Entity(part, "aitia:DatasetSplit", attributes=attributes))
            self._scope.bind(obj, part)
        self._finish(made, None)

    def failed(self, error: BaseException) -> None:
        """End the task with the error."""
        self._finish({}, text(describe(error)))

    def _finish(self, made: Mapping[str, Value], error: str | None) -> None:
        if self._scope.run == self.run:
            self._scope.finish(self.task, made, error)
