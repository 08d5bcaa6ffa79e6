"""Observes ONNX: models that are saved, loaded and converted.

A model is the content of its file. What ``torch.onnx.export`` and ``skl2onnx`` convert is derived
from the model that they were given.
"""

from __future__ import annotations

import os
from functools import partial
from hashlib import sha256
from types import ModuleType
from typing import Any

from aitia.capture import files, imports
from aitia.capture.dataflow import links
from aitia.capture.describe import Describer, Description
from aitia.capture.digests import CAP
from aitia.capture.guard import attempt
from aitia.capture.model import onnx_graph
from aitia.capture.model.calls import Activity, reference
from aitia.capture.model.library import LibraryAdapter
from aitia.capture.model.observer import Observer
from aitia.capture.model.outermost import INSIDE, Arguments, followed, observed
from aitia.records.prov import Derived, Entity, Generated, Setting, Used
from aitia.records.values import Ref, Value
from aitia.vocabulary.iris import content_iri

_PROTO = "onnx.onnx_ml_pb2.ModelProto"


class OnnxAdapter(LibraryAdapter):
    """Observes ``onnx`` and ``skl2onnx``.

    Parameters
    ----------
    cap:
        Most bytes hashed for one model.
    """

    name = "onnx"

    def _waits(self) -> dict[str, imports.Hook]:
        return {"onnx": self._hook, "skl2onnx": self._hook_sklearn}

    def _described(self) -> dict[str, Describer]:
        return {_PROTO: _describe}

    def _hook(self, module: ModuleType) -> None:
        saved = partial(followed, self.name, notice=self._saved)
        loaded = partial(followed, self.name, notice=self._loaded)
        for names, wrap in ((("save", "save_model"), saved), (("load", "load_model"), loaded)):
            for name in names:
                self._patches.function("onnx", name, wrap)

    def _hook_sklearn(self, module: ModuleType) -> None:
        for name in ("to_onnx", "convert_sklearn"):
            self._patches.function("skl2onnx", name, partial(self._wrap, library="skl2onnx"))

    def _wrap(self, function: Any, library: str) -> Any:
        def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Conversion | None:
            observer = self._observer
            if observer is None or not observer.scope.run:
                return None
            name = f"{library}.{function.__name__}"
            return Conversion(observer, name, args, kwargs)

        return observed(self.name, function, begin)

    def _saved(self, result: Any, model: Any, /, *args: Any, **kwargs: Any) -> None:
        path = args[0] if args else kwargs.get("f")
        if self._is_told() and self._observer is not None:
            parsed = model if hasattr(model, "graph") else None
            written(self._observer, model, parsed, path)

    def _loaded(self, model: Any, /, *args: Any, **kwargs: Any) -> None:
        path = args[0] if args else kwargs.get("f")
        if self._is_told() and self._observer is not None:
            written(self._observer, model, model, path, derived=False)

    def _is_told(self) -> bool:
        return self._observer is not None and bool(self._observer.scope.run) and not INSIDE.get()


class TorchOnnxAdapter(OnnxAdapter):
    """Observes ``torch.onnx``, which PyTorch imports whether or not ``onnx`` is there."""

    name = "torch.onnx"

    def _waits(self) -> dict[str, imports.Hook]:
        return {"torch.onnx": self._hook_torch}

    def _hook_torch(self, module: ModuleType) -> None:
        self._patches.function("torch.onnx", "export", partial(self._wrap, library="torch.onnx"))


class Conversion(Activity):
    """A conversion of a model to ONNX."""

    def __init__(
        self, observer: Observer, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        super().__init__("onnx", observer, name, "aitia:TaskRun")
        self._source = args[0] if args else kwargs.get("model")
        self._path = args[2] if len(args) > 2 and "torch" in name else kwargs.get("f")
        self._model: str | None = None

    def inputs(self) -> Arguments | None:
        """Record the model that is converted."""
        self._model = reference(self.observer, self._source)
        if self._model is not None:
            self.scope.emit(Used(self.task, self._model, "model"))
        return None

    def outputs(self, result: Any) -> dict[str, Value]:
        """Record the model that was made."""
        made: str | None = None
        if isinstance(result, tuple):
            result = result[0]
        parsed = result if hasattr(result, "graph") else getattr(result, "model_proto", None)
        if isinstance(self._path, (str, os.PathLike)) and os.path.isfile(self._path):
            made = written(self.observer, result, parsed or _parse(self._path), self._path)
        elif parsed is not None:
            made = written(self.observer, result, parsed, None)
        if made is None:
            return {}
        if self._model is not None:
            self.scope.emit(Derived(made, self._model, self.task))
        self.scope.emit(Generated(made, self.task, "model"))
        return {}


def written(
    observer: Observer, obj: Any, parsed: Any, path: Any, *, derived: bool = True
) -> str | None:
    """Record the model that is in a file, or in memory when there is no path; return its id.

    ``derived`` says that what is in the file came from ``obj``, if that is something else.
    """
    label = "ONNX model"
    sha: str | None = None
    if isinstance(path, (str, os.PathLike)):
        place = os.fspath(path)
        found = attempt("files", files.look, place, observer.cap) if os.path.exists(place) else None
        label = files.readable(place.rpartition("/")[2])
        sha = None if found is None else found.digest
    elif parsed is not None and parsed.ByteSize() <= observer.cap:
        sha = sha256(parsed.SerializeToString()).hexdigest()
    here = content_iri(sha) if sha else observer.scope.mint()
    if sha is not None:
        files.told.setdefault(sha, "aitia:Model")
    attributes: dict[str, Value | list[Value]] = {}
    settings: dict[str, Value] = {}
    if parsed is not None:
        structure = onnx_graph.architecture_of(parsed)
        attributes["aitia:hasArchitecture"] = Ref(observer.architecture(structure))
        settings = onnx_graph.settings_of(parsed)
    observer.tell(
        f"{here} {parsed is not None}",
        [
            Entity(here, "aitia:Model", label, sha, attributes),
            *(Setting(here, name, value) for name, value in settings.items()),
        ],
    )
    before = links.find(obj)
    source = reference(observer, obj) if before is not None and derived else None
    if source is not None and source != here:
        observer.scope.emit(Derived(here, source))
    observer.scope.bind(obj, here)
    return here


def _parse(path: Any) -> Any:
    """Return the model in a file, where onnx has been imported by somebody else."""
    import sys

    from aitia.capture.quiet import quiet

    onnx: Any = sys.modules.get("onnx")
    if onnx is None:
        return None
    model = onnx.ModelProto()
    with quiet, open(path, "rb") as handle:
        model.ParseFromString(handle.read())
    return model


def _describe(obj: Any) -> Description:
    """Describe a model that passes between tasks."""
    sha = sha256(obj.SerializeToString()).hexdigest() if obj.ByteSize() <= CAP else None
    return Description("aitia:Model", "ONNX model", sha)
