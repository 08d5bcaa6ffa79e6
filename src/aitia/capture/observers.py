"""Which adapters observe calls, by layer, and their life with the runs that are open.

A new adapter is a module in ``capture/<layer>/`` and a line in ``OBSERVERS``: it is loaded only
once the library that it observes is imported by somebody else.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from aitia.capture.guard import attempt
from aitia.capture.imports import Hook, forget, when_imported
from aitia.capture.scopes import CurrentScope, RunScope

if TYPE_CHECKING:
    from aitia.capture.run import Run
    from aitia.records.ports import Observer


class Place(NamedTuple):
    """Where an adapter that observes calls lies, and the library that it waits for."""

    module: str
    name: str
    library: str | None


OBSERVERS = (
    Place("aitia.capture.platform.mpi", "MpiAdapter", None),
    Place("aitia.capture.model.sklearn", "SklearnAdapter", "sklearn.base"),
    Place("aitia.capture.model.torch", "TorchAdapter", "torch"),
    Place("aitia.capture.model.lightning", "LightningAdapter", None),
    Place("aitia.capture.model.transformers", "TransformersAdapter", "transformers"),
    Place("aitia.capture.model.peft", "PeftAdapter", "peft"),
    Place("aitia.capture.model.safetensors", "SafetensorsAdapter", "safetensors"),
    Place("aitia.capture.model.keras", "KerasAdapter", "keras"),
    Place("aitia.capture.model.onnx", "OnnxAdapter", "onnx"),
    Place("aitia.capture.model.onnx", "TorchOnnxAdapter", "torch.onnx"),
    Place("aitia.capture.model.onnxruntime", "OnnxRuntimeAdapter", "onnxruntime"),
    Place("aitia.capture.model.xgboost", "XGBoostAdapter", "xgboost"),
    Place("aitia.capture.model.lightgbm", "LightGBMAdapter", "lightgbm"),
    Place("aitia.capture.platform.joblib", "JoblibAdapter", "joblib.parallel"),
    Place("aitia.capture.platform.dask", "DaskAdapter", "dask"),
    Place("aitia.capture.platform.snakemake", "SnakemakeAdapter", "snakemake"),
    Place("aitia.capture.platform.prefect", "PrefectAdapter", "prefect"),
    Place("aitia.capture.platform.parsl", "ParslAdapter", "parsl"),
    Place("aitia.capture.application.files", "FilesAdapter", None),
    Place("aitia.capture.application.clients", "OpenAIAdapter", "openai"),
    Place("aitia.capture.application.clients", "AnthropicAdapter", "anthropic"),
    Place(
        "aitia.capture.application.langchain", "LangChainAdapter", "langchain_core.tracers.context"
    ),
)
"""The adapters of the platform, model and application layers that observe calls."""

DESCRIBERS: tuple[str, ...] = (
    "aitia.capture.application.arrays",
    "aitia.capture.application.tables",
)
"""Modules that register describers of objects."""


class Observers:
    """The observers of a process: started with its first run, stopped with its last."""

    def __init__(self) -> None:
        self._observing: list[Observer] = []
        self._waiting: list[Hook] = []

    def start(self, limit: int) -> None:
        """Start those whose library is there, and have the others wait for theirs.

        ``limit`` is the size in bytes up to which content is hashed. Nothing happens where they
        have been started already.
        """
        if self._observing or self._waiting:
            return
        for module in DESCRIBERS:
            attempt(module, _register, module, limit)
        for place in OBSERVERS:
            if place.library is None:
                self._start(place, limit)
                continue
            hook = partial(self._start, place, limit)
            self._waiting.append(hook)
            when_imported(place.library, hook)

    def leave(self, run: Run) -> None:
        """Have each say what is left to say about a run that is about to end."""
        for observer in self._observing:
            attempt(observer.name, observer.leave, RunScope(run, run.nested))

    def stop(self) -> None:
        """Take all hooks away."""
        for hook in self._waiting:
            forget(hook)
        for observer in reversed(self._observing):
            attempt(observer.name, observer.stop, CurrentScope())
        self._waiting, self._observing = [], []

    def _start(self, place: Place, limit: int, module: ModuleType | None = None) -> None:
        observer = attempt(place.module, _make, place, limit)
        if observer is not None:
            self._observing.append(observer)
            attempt(observer.name, observer.start, CurrentScope())


def _register(module: str, limit: int) -> None:
    import_module(module).register(limit)


def _make(place: Place, limit: int) -> Observer:
    made: Observer = getattr(import_module(place.module), place.name)(limit)
    return made
