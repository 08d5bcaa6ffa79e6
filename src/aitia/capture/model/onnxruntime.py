"""Observes ONNX Runtime: what one session computes in a run is one inference, and is counted."""

from __future__ import annotations

import os
import sys
from functools import partial
from hashlib import sha256
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from aitia.capture import files, imports
from aitia.capture.digests import CAP
from aitia.capture.guard import attempt
from aitia.capture.model import onnx_graph
from aitia.capture.model.library import LibraryAdapter
from aitia.capture.model.observer import Observer
from aitia.capture.model.outermost import followed
from aitia.capture.model.steps import MAX_OPEN, Stepwise
from aitia.capture.quiet import quiet
from aitia.records.ports import Scope
from aitia.records.prov import Entity, Setting, Used
from aitia.records.values import Json, Ref, Value, text
from aitia.vocabulary.iris import content_iri

_LIBRARY = "onnxruntime"
_KEPT = 16 << 20
"""Most bytes of a model that is only in memory that are kept to tell its architecture."""

_INFERENCE = "aitia:Inference"


class OnnxRuntimeAdapter(LibraryAdapter):
    """Observes the sessions of ONNX Runtime.

    Parameters
    ----------
    cap:
        Most bytes hashed for one model.
    """

    name = _LIBRARY

    def __init__(self, cap: int = CAP) -> None:
        super().__init__(cap)
        self._contents: WeakKeyDictionary[Any, tuple[str | None, str, Any]] = WeakKeyDictionary()
        self._open: dict[tuple[str, int], Stepwise] = {}

    def _waits(self) -> dict[str, imports.Hook]:
        return {_LIBRARY: self._hook}

    def leave(self, scope: Scope) -> None:
        """End the inferences of a run that is about to end."""
        for key in [key for key in self._open if key[0] == scope.run]:
            self._end(scope, self._open.pop(key))

    def _hook(self, module: ModuleType) -> None:
        session: Any = getattr(module, "InferenceSession", None)
        if session is None:
            return
        made = partial(followed, _LIBRARY, notice=self._made)
        ran = partial(followed, _LIBRARY, notice=self._ran)
        self._patches.method(session, "__init__", made)
        for name in ("run", "run_with_iobinding", "run_async"):
            self._patches.method(session, name, ran)

    def _made(self, result: Any, session: Any, /, *args: Any, **kwargs: Any) -> None:
        """Note which model a session has; it is recorded in each run that uses it."""
        given = args[0] if args else kwargs.get("path_or_bytes")
        if isinstance(given, bytes):
            sha = sha256(given).hexdigest() if len(given) <= self._cap else None
            kept = given if len(given) <= _KEPT else None
            self._contents[session] = (sha, "ONNX model", kept)
        elif isinstance(given, (str, os.PathLike)):
            found = attempt("files", files.look, os.fspath(given), self._cap)
            label = files.readable(os.fspath(given).rpartition("/")[2])
            self._contents[session] = (found.digest if found else None, label, given)
            if found is not None and found.digest is not None:
                files.told.setdefault(found.digest, "aitia:Model")

    def _ran(self, result: Any, session: Any, /, *args: Any, **kwargs: Any) -> None:
        observer = self._observer
        run = observer.scope.run if observer is not None else ""
        if observer is None or not run:
            return
        found = self._open.get((run, id(session)))
        if found is None or found.learner() is not session:
            if found is not None:
                self._end(observer.scope, found)
            if len(self._open) >= MAX_OPEN:
                observer.scope.note("unrecorded", f"more than {MAX_OPEN} sessions at once")
                return
            found = self._begin(observer, session)
        found.step(observer.scope)

    def _begin(self, observer: Observer, session: Any) -> Stepwise:
        """Record an inference that has just begun: its model, and the shapes of what it takes."""
        scope = observer.scope
        began = scope.now()
        name = f"{type(session).__name__}.run"
        found = Stepwise(scope, session, name, began, kind=_INFERENCE)
        self._open[scope.run, id(session)] = found
        attempt(_LIBRARY, self._tell, observer, session, found.task)
        return found

    def _tell(self, observer: Observer, session: Any, task: str) -> None:
        scope = observer.scope
        model = self._model(observer, session)
        scope.emit(Used(task, model, "model", relation="aitia:usedModel"))
        told: dict[str, Value] = {"providers": Json(list(session.get_providers()))}
        for side, items in (("input", session.get_inputs()), ("output", session.get_outputs())):
            for item in items[:64]:
                told[f"{side} {text(item.name)}"] = Json([item.type, *map(_size, item.shape)])
        for name, value in told.items():
            scope.emit(Setting(task, name, value))

    def _model(self, observer: Observer, session: Any) -> str:
        sha, label, given = self._contents.get(session, (None, "ONNX model", None))
        here = content_iri(sha) if sha else observer.scope.mint()
        attributes: dict[str, Value | list[Value]] = {}
        parsed = attempt(_LIBRARY, _parsed, given, observer.cap)
        settings: dict[str, Value] = {}
        if parsed is not None:
            structure = onnx_graph.architecture_of(parsed)
            attributes["aitia:hasArchitecture"] = Ref(observer.architecture(structure))
            settings = onnx_graph.settings_of(parsed)
        records = [Setting(here, name, value) for name, value in settings.items()]
        observer.tell(here, [Entity(here, "aitia:Model", label, sha, attributes), *records])
        return here

    def _end(self, scope: Scope, found: Stepwise) -> None:
        found.end(scope, {"calls": found.count})


def _size(item: Any) -> int | str | None:
    return item if item is None or isinstance(item, int) else text(str(item))


def _parsed(given: Any, cap: int) -> Any:
    """Return a model as a message, where onnx has been imported by somebody else."""
    onnx: Any = sys.modules.get("onnx")
    if onnx is None or given is None:
        return None
    if not isinstance(given, bytes):
        path = os.fspath(given)
        if not path.endswith(".onnx") or os.path.getsize(path) > cap:
            return None
        with quiet, open(path, "rb") as handle:
            given = handle.read()
    model = onnx.ModelProto()
    model.ParseFromString(given)
    return model
