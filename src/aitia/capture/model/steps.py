"""Trainings that go step by step, by calls that each say little.

All the steps that one learner takes in one run are one training run. If the user's own task is a
training run already, it is that one. Else it begins with the first step and ends with the last; it
is part of the run, and of a task as well when all steps were taken inside the same one.
"""

from __future__ import annotations

from collections.abc import Mapping
from weakref import ReferenceType, ref

from aitia.records.ports import Scope
from aitia.records.prov import NOTHING, Ended, Started
from aitia.records.values import Ref, Value

TRAINING_RUN = "aitia:TrainingRun"
MAX_OPEN = 1000


class Stepwise:
    """A training, or an inference, that goes step by step.

    Parameters
    ----------
    scope:
        The run that is current.
    learner:
        What takes the steps; it is not kept alive.
    name:
        Name of the training run.
    began:
        When the first step began, in nanoseconds since the epoch.
    used:
        Settings of its execution.
    kind:
        Its class of the ontology.
    """

    def __init__(
        self,
        scope: Scope,
        learner: object,
        name: str,
        began: int,
        used: Mapping[str, Value] = NOTHING,
        *,
        kind: str = TRAINING_RUN,
    ) -> None:
        self.run = scope.run
        self.count = 0
        self.last = began
        self._learner: ReferenceType[object] = ref(learner)
        place, around = scope.about()
        self._place: str | None = place
        self._own = around != kind
        self.task = scope.mint() if self._own else place
        if self._own:
            scope.emit(Started(self.task, name, began, kind, used=used))

    def learner(self) -> object | None:
        """Return what takes the steps, or None when it is no more."""
        return self._learner()

    def step(self, scope: Scope) -> None:
        """Count a step that has just ended."""
        self.count += 1
        self.last = scope.now()
        if self._place is not None and self._place != scope.about()[0]:
            self._place = None

    def end(self, scope: Scope, generated: Mapping[str, Value] = NOTHING) -> None:
        """End the training at its last step."""
        if not self._own:
            return
        within: dict[str, Value | list[Value]] = {}
        if self._place:
            within["aitia:partOfExecution"] = Ref(self._place)
        scope.emit(Ended(self.task, self.last, generated=generated, attributes=within))
