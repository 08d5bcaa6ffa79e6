"""Observes Keras 3, on any backend: a ``fit`` is a training run, an ``evaluate`` an evaluation.

Epochs are heard where Keras tells its own callbacks of them, so that no argument of the user's is
changed, and are recorded as they end. Evaluations inside a training are part of its curve.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import partial
from types import ModuleType
from typing import Any

from aitia.capture import imports
from aitia.capture.describe import Describer, Description
from aitia.capture.model import keras_training
from aitia.capture.model.calls import checkpoint, loaded_model
from aitia.capture.model.keras_layers import architecture_of
from aitia.capture.model.keras_training import Evaluate
from aitia.capture.model.library import LibraryAdapter
from aitia.capture.model.outermost import INSIDE, Arguments, followed, observed, preceded

_LIBRARY = "keras"


class KerasAdapter(LibraryAdapter):
    """Observes the models of Keras.

    Parameters
    ----------
    cap:
        Most bytes hashed for one model or data set.
    """

    name = _LIBRARY

    def _waits(self) -> dict[str, imports.Hook]:
        return {_LIBRARY: self._hook}

    def _described(self) -> dict[str, Describer]:
        return {
            "keras.src.models.model.Model": _describe,
        }

    def _hook(self, module: ModuleType) -> None:
        keras: Any = module
        if not str(getattr(keras, "__version__", "3")).startswith("3"):
            return
        for name, made in (("fit", Fit), ("evaluate", Evaluate)):
            self._patches.method(keras.Model, name, partial(self._wrap, made=made))
        loaded = partial(followed, _LIBRARY, notice=self._loaded)
        self._patches.function("keras.saving", "load_model", loaded)
        read = partial(followed, _LIBRARY, notice=self._read)
        self._patches.method(keras.Model, "load_weights", read)
        saved = partial(followed, _LIBRARY, notice=self._saved)
        for name in ("save", "save_weights"):
            self._patches.method(keras.Model, name, saved)
        callbacks = keras.callbacks.CallbackList
        built = partial(followed, _LIBRARY, notice=_built)
        self._patches.method(callbacks, "on_train_begin", built)
        # Before the user's callbacks, any of which may raise.
        self._patches.method(callbacks, "on_epoch_end", partial(preceded, _LIBRARY, notice=_epoch))

    def _wrap(self, function: Any, made: Any) -> Any:
        def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            observer = self._observer
            if observer is None or not observer.scope.run:
                return None
            given = keras_training.arguments(function, args, kwargs)
            return made(observer, args[0], given)

        return observed(_LIBRARY, function, begin)

    def _loaded(self, model: Any, /, *args: Any, **kwargs: Any) -> None:
        self._tell_loaded(model, args[0] if args else kwargs.get("filepath"))

    def _read(self, result: Any, model: Any, /, *args: Any, **kwargs: Any) -> None:
        self._tell_loaded(model, args[0] if args else kwargs.get("filepath"))

    def _saved(self, result: Any, model: Any, /, *args: Any, **kwargs: Any) -> None:
        training = _training.get()
        if training is not None and training.model is model:
            path = args[0] if args else kwargs.get("filepath")
            checkpoint(training.observer, path, int(model.optimizer.iterations.numpy()))

    def _tell_loaded(self, model: Any, path: Any) -> None:
        observer = self._observer
        if observer is not None and observer.scope.run and not INSIDE.get():
            loaded_model(observer, model, path, None, architecture_of(model))


class Fit(keras_training.Fit):
    """A training that hears of its epochs."""

    def inputs(self) -> Arguments | None:
        """Record what goes in, and listen to the epochs."""
        _training.set(self)
        return super().inputs()

    def finish(self, *told: Any) -> None:
        """End the task, and listen no more."""
        _training.set(None)
        super().finish(*told)


_training: ContextVar[Fit | None] = ContextVar("aitia_keras", default=None)


def _built(result: Any, callbacks: Any, /, *args: Any, **kwargs: Any) -> None:
    training = _training.get()
    if training is not None:
        training.built()


def _epoch(callbacks: Any, /, epoch: int, logs: Any = None) -> None:
    training = _training.get()
    if training is not None:
        training.epoch(epoch, logs)


def _describe(obj: object) -> Description:
    """Describe a model that passes between tasks."""
    return Description("aitia:Model", type(obj).__name__)
