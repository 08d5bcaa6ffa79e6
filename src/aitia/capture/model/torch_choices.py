"""What a training with PyTorch chose beside its optimiser: loss, schedule, precision, seeds, ranks.

A loss function is the module of a loss that was called last before the first step; a loss that is
a plain function is not seen.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any
from weakref import ReferenceType, WeakKeyDictionary, ref

from aitia.capture.guard import attempt
from aitia.capture.model.configuration import parameter
from aitia.capture.model.distributed import of_rank, ranks
from aitia.capture.model.observer import Observer
from aitia.capture.model.outermost import followed
from aitia.capture.patches import Patches
from aitia.records.prov import Setting
from aitia.records.values import Value

_MAX_SEEDS = 100
_SCHEDULES = ("LRScheduler", "SequentialLR", "ChainedScheduler", "ReduceLROnPlateau")


class Choices:
    """What was chosen beside the optimisers.

    Parameters
    ----------
    observer:
        Where records go.
    """

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._patches = Patches()
        self._process = os.getpid()
        self._seeds = 0
        self._loss: tuple[str, dict[str, Value]] | None = None
        self._precision: str | None = None
        self._schedules: WeakKeyDictionary[Any, ReferenceType[Any]] = WeakKeyDictionary()
        self._called: Any = None
        self.is_compiled = False

    def hook(self, torch: Any) -> None:
        """Look at what is chosen from here on."""
        seeded = partial(followed, "torch", notice=partial(self._seeded, "torch"))
        self._patches.function("torch", "manual_seed", seeded)
        for name, home in (("numpy", "numpy.random"), ("random", "random")):
            noticed = partial(followed, "torch", notice=partial(self._seeded, name))
            self._patches.function(home, "seed", noticed)
        schedules: Any = sys.modules.get("torch.optim.lr_scheduler")
        for name in _SCHEDULES:
            cls = getattr(schedules, name, None)
            if cls is not None and "__init__" in vars(cls):
                made = partial(followed, "torch", notice=self._scheduled)
                self._patches.method(cls, "__init__", made)
        casts: Any = sys.modules.get("torch.amp.autocast_mode")
        if casts is not None:
            cast = partial(followed, "torch", notice=self._cast)
            self._patches.method(casts.autocast, "__enter__", cast)
        self._listen(torch.nn.modules.loss._Loss)

    def undo(self) -> None:
        """Put everything back."""
        self._deafen()
        self._patches.undo()

    def compiled(self) -> None:
        """Note that something is compiled, which would keep what listens to the loss."""
        self.is_compiled = True
        self._deafen()

    def of(self, optimizer: Any) -> tuple[dict[str, Value], str | None]:
        """Return the choices of a training that begins, and the class of its loss."""
        told: dict[str, Value] = {}
        loss, self._loss = self._loss, None
        if loss is not None:
            told["loss"] = loss[0]
            told.update({f"loss {name}": value for name, value in loss[1].items()})
        held = self._schedules.get(optimizer)
        schedule = None if held is None else held()
        if schedule is not None:
            told["scheduler"] = type(schedule).__name__
            for name, value in chosen(schedule):
                told[f"scheduler {name}"] = value
        if self._precision is not None:
            told["autocast"] = self._precision
        return told, None if loss is None else loss[0]

    def execution(self) -> dict[str, Value]:
        """Return how a training is executed: compiled or not, and as which rank of how many."""
        told: dict[str, Value] = {"compiled": True} if self.is_compiled else {}
        return told | ranks()

    def _listen(self, cls: Any) -> None:
        original = cls.__call__

        def call(module: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(module, *args, **kwargs)
            if getattr(result, "requires_grad", False):
                attempt("torch", self._lost, module)
            return result

        cls.__call__ = call
        self._called = cls

    def _deafen(self) -> None:
        if self._called is not None:
            del self._called.__call__
            self._called = None

    def _lost(self, module: Any) -> None:
        if self._loss is None or self._loss[0] != type(module).__name__:
            self._loss = type(module).__name__, dict(chosen(module))

    def _scheduled(self, result: None, schedule: Any, *args: Any, **kwargs: Any) -> None:
        optimizer = getattr(schedule, "optimizer", None)
        if optimizer is not None:
            self._schedules[optimizer] = ref(schedule)

    def _cast(self, result: Any, cast: Any, *args: Any, **kwargs: Any) -> None:
        if getattr(cast, "_enabled", True) and getattr(cast, "fast_dtype", None) is not None:
            self._precision = str(cast.fast_dtype).removeprefix("torch.")

    def _seeded(self, name: str, result: Any, *args: Any, **kwargs: Any) -> None:
        seed = args[0] if args else kwargs.get("seed", kwargs.get("a"))
        scope = self._observer.scope
        # The workers of a loader are seeded by PyTorch itself.
        is_here = bool(scope.run) and os.getpid() == self._process
        if is_here and isinstance(seed, int) and self._seeds < _MAX_SEEDS:
            self._seeds += 1
            subject = scope.current()
            told = [Setting(subject, f"{name}_seed{of_rank()}", parameter(seed))]
            self._observer.tell(f"seed {subject} {name} {seed}", told)


def chosen(item: Any) -> Iterator[tuple[str, Value]]:
    """Yield what an object was made with, as far as it keeps that under the same names."""
    kept = vars(item)
    for name in inspect.signature(type(item).__init__).parameters:
        value = kept.get(name)
        if isinstance(value, (bool, int, float, str, list, tuple, dict)) and value != ():
            yield name, parameter(value)
