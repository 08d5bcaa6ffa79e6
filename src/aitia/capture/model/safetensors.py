"""Observes safetensors: what the header of a file tells that is written or read.

The header names each tensor with its type and shape, and holds the metadata of who wrote it. The
file itself is seen by the adapter of files; both name it by its content.
"""

from __future__ import annotations

import os
from collections import Counter
from functools import partial
from math import prod
from types import ModuleType
from typing import Any, NamedTuple

from aitia.capture import files, imports
from aitia.capture.model.calls import look
from aitia.capture.model.configuration import parameter
from aitia.capture.model.library import LibraryAdapter
from aitia.capture.model.observer import Observer
from aitia.capture.model.outermost import followed
from aitia.capture.quiet import quiet
from aitia.records.prov import Entity, Record, Setting
from aitia.records.values import Json, Value
from aitia.vocabulary.iris import content_iri

_LIBRARY = "safetensors"
_FORMS = ("torch", "numpy", "flax", "tensorflow", "mlx", "paddle")
_MAX_HEADER = 16 << 20
_MAX_NAMED = 64


class Header(NamedTuple):
    """The header of a file: its metadata, and the type and shape of each tensor by name."""

    metadata: dict[str, str]
    tensors: dict[str, tuple[str, tuple[int, ...]]]

    def settings(self) -> dict[str, Value]:
        """Return what is told of it, of very many tensors the first few."""
        kinds = Counter(kind for kind, _ in self.tensors.values())
        named = list(self.tensors.items())[:_MAX_NAMED]
        told: dict[str, Value] = {
            "tensor_count": len(self.tensors),
            "parameter_count": sum(prod(shape) for _, shape in self.tensors.values()),
            "element_types": Json(dict(sorted(kinds.items()))),
            "tensors": Json({name: [kind, *shape] for name, (kind, shape) in named}),
        }
        for name, item in list(self.metadata.items())[:_MAX_NAMED]:
            told[f"metadata {name}"] = parameter(item)
        return {f"safetensors.{name}": value for name, value in told.items()}


class SafetensorsAdapter(LibraryAdapter):
    """Observes the files of safetensors.

    Parameters
    ----------
    cap:
        Largest file whose digest is taken, in bytes.
    """

    name = _LIBRARY

    def _waits(self) -> dict[str, imports.Hook]:
        return {
            _LIBRARY: self._hook_opening,
            **{f"{_LIBRARY}.{form}": self._hook for form in _FORMS},
        }

    def _hook_opening(self, module: ModuleType) -> None:
        self._follow(module.__name__, "safe_open", 0)

    def _hook(self, module: ModuleType) -> None:
        self._follow(module.__name__, "load_file", 0)
        self._follow(module.__name__, "save_file", 1)

    def _follow(self, home: str, name: str, place: int) -> None:
        def notice(result: Any, *args: Any, **kwargs: Any) -> None:
            path = args[place] if len(args) > place else kwargs.get("filename")
            observer = self._observer
            if observer is not None and observer.scope.run:
                tell(observer, path)

        self._patches.function(home, name, partial(followed, _LIBRARY, notice=notice))


def tell(observer: Observer, path: Any) -> None:
    """Record what the header of a file tells, of the content of the file."""
    content = look(path, observer.cap)
    if content is None or content.digest is None:
        return
    found = header(path)
    if found is None:
        return
    name = os.path.basename(os.fsdecode(path))
    kind = "aitia:Adapter" if name.startswith("adapter_model") else "aitia:Model"
    here = content_iri(content.digest)
    kind = files.told.setdefault(content.digest, kind)
    told: list[Record] = [Entity(here, kind, files.readable(name), content.digest)]
    told += [Setting(here, *item) for item in found.settings().items()]
    observer.tell(f"{here} header", told)


def header(path: Any) -> Header | None:
    """Return the header of a file; None for a file that has none, or one beyond 16 MiB."""
    import json

    try:
        with quiet, open(path, "rb") as file:
            size = int.from_bytes(file.read(8), "little")
            form = json.loads(file.read(size)) if 2 <= size <= _MAX_HEADER else None
    except (OSError, ValueError):
        return None
    if not isinstance(form, dict):
        return None
    metadata = form.pop("__metadata__", None)
    tensors = {
        str(name): (str(item["dtype"]), tuple(item["shape"]))
        for name, item in form.items()
        if isinstance(item, dict) and "dtype" in item and isinstance(item.get("shape"), list)
    }
    return Header(dict(metadata) if isinstance(metadata, dict) else {}, tensors)
