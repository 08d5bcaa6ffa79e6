"""Trainings that go step by step, by calls that each say little.

All the steps that one learner takes in one run are one training run. If the user's own task is a
training run already, it is that one. Else it begins with the first step and ends with the last; it
is part of the run, and of a task as well when all steps were taken inside the same one.

What is logged with a step where a training began is a point of its curves, until its learner is
gone or the run ends, and as long as no other training is open there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING
from weakref import ReferenceType, ref

from aitia.capture import context
from aitia.capture.context import HERE
from aitia.records.ports import Scope
from aitia.records.prov import NOTHING, Ended, Started
from aitia.records.values import Ref, Value

if TYPE_CHECKING:
    from aitia.capture.run import Run
    from aitia.capture.series import Series

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
        self._left: Callable[[object], None] | None = None
        self.last = began
        place, around = scope.about()
        self._look()
        self._place: str | None = place
        self._own = around != kind
        self.task = scope.mint() if self._own else place
        gone: Callable[[object], None] | None = None
        if self._own:
            scope.emit(Started(self.task, name, began, kind, used=used))
            if self._run is not None and kind == TRAINING_RUN:
                self._run.series.enter(place, self.task)
                gone = self._left = partial(_leave, self._run.series, place, self.task)
        self._learner: ReferenceType[object] = ref(learner, gone)

    def learner(self) -> object | None:
        """Return what takes the steps, or None when it is no more."""
        return self._learner()

    def again(self, learner: object) -> bool:
        """Count a step that was taken where the one before was; False when that is not known.

        This is for the hot path: it looks once at what is current.
        """
        run, here = self._run, HERE.get()
        if run is None or here is not self._here or not run.open or self._learner() is not learner:
            return False
        if here is None and context.open_runs[-1] is not run:
            return False
        self.count += 1
        self.last = run.now()
        return True

    def step(self, scope: Scope) -> None:
        """Count a step that has just ended."""
        self.count += 1
        self.last = scope.now()
        self._look()
        if self._place is not None and self._place != scope.about()[0]:
            self._place = None

    def end(self, scope: Scope, generated: Mapping[str, Value] = NOTHING) -> None:
        """End the training at its last step."""
        if self._left is not None:
            self._left(None)
        if not self._own:
            return
        within: dict[str, Value | list[Value]] = {}
        if self._place:
            within["aitia:partOfExecution"] = Ref(self._place)
        scope.emit(Ended(self.task, self.last, generated=generated, attributes=within))

    def _look(self) -> None:
        """Remember where a step was taken."""
        found = context.here()
        self._here = HERE.get()
        self._run: Run | None = None if found is None else found[0]


def _leave(series: Series, place: str, training: str, learner: object) -> None:
    series.leave(place, training)
