"""Observes Lightning: a ``fit`` of its trainer is a training run, a ``test`` an evaluation.

What its optimisers train is told by the adapter of PyTorch, as part of the fit. Values are heard
where the trainer gives them to its loggers, and by its first process only, as they hold for all.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from functools import partial
from types import ModuleType
from typing import Any

from aitia.capture import imports
from aitia.capture.model.calls import Activity, checkpoint, look, reference
from aitia.capture.model.configuration import parameter
from aitia.capture.model.library import LibraryAdapter
from aitia.capture.model.observer import Observer
from aitia.capture.model.outermost import Arguments, followed, observed
from aitia.capture.model.steps import TRAINING_RUN
from aitia.records.prov import Point, Setting, Used
from aitia.records.values import Value
from aitia.vocabulary.iris import content_iri

_LIBRARY = "lightning"
_PACKAGES = ("lightning.pytorch", "pytorch_lightning")
_CHOICES = (
    *("max_epochs", "max_steps", "min_epochs", "accumulate_grad_batches", "gradient_clip_val"),
    *("precision", "num_nodes", "num_devices", "world_size", "check_val_every_n_epoch"),
)


class LightningAdapter(LibraryAdapter):
    """Observes the trainers of Lightning, by both names of its package.

    Parameters
    ----------
    cap:
        Most bytes hashed for one model or data set.
    """

    name = _LIBRARY

    def _waits(self) -> dict[str, imports.Hook]:
        return dict.fromkeys(_PACKAGES, self._hook)

    def _hook(self, module: ModuleType) -> None:
        trainer = getattr(module, "Trainer", None)
        if trainer is None:
            return
        for name, made in (("fit", Fit), ("test", Evaluation), ("validate", Evaluation)):
            self._patches.method(trainer, name, partial(self._wrap, made=made, name=name))
        saved = partial(followed, _LIBRARY, notice=_saved)
        self._patches.method(trainer, "save_checkpoint", saved)
        place = "trainer.connectors.logger_connector.logger_connector"
        connector: Any = sys.modules.get(f"{module.__name__}.{place}")
        if connector is not None:
            logged = partial(followed, _LIBRARY, notice=_logged)
            self._patches.method(connector._LoggerConnector, "log_metrics", logged)

    def _wrap(self, function: Any, made: Any, name: str) -> Any:
        def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            observer = self._observer
            if observer is None or not observer.scope.run:
                return None
            model = args[1] if len(args) > 1 else kwargs.get("model")
            return made(observer, args[0], model, name, kwargs.get("ckpt_path"))

        return observed(_LIBRARY, function, begin)


class _Call(Activity):
    """A call of a trainer, from its begin to its end."""

    kind = ""

    def __init__(self, observer: Observer, trainer: Any, model: Any, name: str, source: Any):
        self.trainer = trainer
        self.model = model
        self.source = source
        label = f"Trainer.{name}" if model is None else f"Trainer.{name} of {type(model).__name__}"
        self.loaders = "val_dataloaders" if name == "validate" else f"{name}_dataloaders"
        super().__init__(_LIBRARY, observer, label, self.kind)
        _current.set(self)

    def inputs(self) -> Arguments | None:
        """Record the checkpoint that it goes on from."""
        found = look(self.source, self.observer.cap)
        if found is not None and found.digest is not None:
            self.scope.emit(Used(self.task, content_iri(found.digest), "checkpoint"))
        return None

    def settings(self, told: dict[str, Value]) -> None:
        """Record settings of this call."""
        for name, value in told.items():
            self.scope.emit(Setting(self.task, name, value))

    def use_loaders(self, name: str, relation: str) -> None:
        """Record the data sets of the loaders that the trainer had for one purpose."""
        loaders = getattr(self.trainer, name, None)
        if isinstance(loaders, dict):
            loaders = list(loaders.values())
        for loader in loaders if isinstance(loaders, (list, tuple)) else [loaders]:
            found = self.observer.dataset(getattr(loader, "dataset", None))
            if found is not None:
                self.scope.emit(Used(self.task, found, "data", relation=relation))

    def logged(self, metrics: Any, step: int | None) -> None:
        """Record what was measured."""
        values: dict[str, Value] = {}
        for name, item in metrics.items():
            number = item.item() if hasattr(item, "item") else item
            if isinstance(number, (int, float)) and name not in ("epoch", "step"):
                values[str(name)] = float(number)
        if values:
            # What an evaluation finds is no series.
            step = step if self.kind == TRAINING_RUN else None
            self.scope.emit(Point(self.task, self.scope.now(), values, step))

    def finish(self, *told: Any) -> None:
        """End the task."""
        _current.set(None)
        super().finish(*told)


class Fit(_Call):
    """A training."""

    kind = TRAINING_RUN

    def inputs(self) -> Arguments | None:
        """Record how the trainer was set up, and the hyperparameters of the module."""
        super().inputs()
        trainer = self.trainer
        told: dict[str, Value] = {"strategy": type(trainer.strategy).__name__}
        told["accelerator"] = type(trainer.accelerator).__name__
        for name in _CHOICES:
            item = getattr(trainer, name, None)
            if isinstance(item, (bool, int, float, str)):
                told[name] = item
        for name, item in dict(getattr(self.model, "hparams", None) or {}).items():
            told[f"hparams {name}"] = parameter(item)
        self.settings(told)
        return None

    def outputs(self, result: Any) -> dict[str, Value]:
        """Record how long it took, why it stopped, and which checkpoint is the best."""
        # The data that it learns from are told with the first step of the optimiser.
        self.use_loaders("val_dataloaders", "prov:used")
        told: dict[str, Value] = {"epochs": int(self.trainer.current_epoch)}
        told["global_step"] = int(self.trainer.global_step)
        for callback in self.trainer.callbacks:
            stopped = getattr(callback, "stopped_epoch", None)
            if isinstance(stopped, int):
                told["stopped_early"] = stopped > 0
            best = getattr(callback, "best_model_path", None)
            if isinstance(best, str) and best:
                told["best_checkpoint"] = best
                monitored = getattr(callback, "monitor", None)
                score = getattr(callback, "best_model_score", None)
                if isinstance(monitored, str):
                    told["monitor"] = monitored
                if score is not None and hasattr(score, "item"):
                    told["best_score"] = float(score.item())
        return told


class Evaluation(_Call):
    """A test or a validation outside a training."""

    kind = "aitia:EvaluationRun"

    def inputs(self) -> Arguments | None:
        """Record the model."""
        super().inputs()
        module = self.model or getattr(self.trainer, "lightning_module", None)
        model = None if module is None else reference(self.observer, module)
        if model is not None:
            self.scope.emit(Used(self.task, model, "model"))
        return None

    def outputs(self, result: Any) -> dict[str, Value]:
        """Record the data, which a trainer has from its loaders or from a data module."""
        self.use_loaders(self.loaders, "aitia:evaluatedOn")
        return {}


_current: ContextVar[_Call | None] = ContextVar("aitia_lightning", default=None)


def _logged(result: None, connector: Any, metrics: Any, step: int | None = None) -> None:
    call = _current.get()
    if call is not None and metrics and connector.trainer.is_global_zero:
        call.logged(metrics, int(connector.trainer.global_step) if step is None else int(step))


def _saved(result: None, trainer: Any, *args: Any, **kwargs: Any) -> None:
    call = _current.get()
    if call is not None and trainer.is_global_zero:
        path = args[0] if args else kwargs.get("filepath")
        checkpoint(call.observer, path, int(trainer.global_step))
