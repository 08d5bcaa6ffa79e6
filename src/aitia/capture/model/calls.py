"""One call of a library that is an activity: what it used, what configured it, how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aitia.capture import files
from aitia.capture.guard import attempt, describe
from aitia.capture.model import configuration
from aitia.capture.model.architecture import Architecture
from aitia.capture.model.configuration import Configuration
from aitia.capture.model.observer import Observer
from aitia.capture.model.outermost import Arguments
from aitia.records.prov import NOTHING, Entity, Setting, Used
from aitia.records.values import Ref, Value, text
from aitia.vocabulary.iris import content_iri

_MAX_PARTS = 16


class Activity:
    """A call from its begin to its end.

    Parameters
    ----------
    where:
        The adapter, for faults.
    observer:
        Where records go.
    name:
        What the activity is called.
    kind:
        Its class of the ontology.
    used:
        Settings of its execution.
    """

    def __init__(
        self,
        where: str,
        observer: Observer,
        name: str,
        kind: str,
        used: Mapping[str, Value] = NOTHING,
    ) -> None:
        self.where = where
        self.observer = observer
        self.scope = observer.scope
        self.run = self.scope.run
        self.task = self.scope.begin(name, kind, used)

    def inputs(self) -> Arguments | None:
        """Record what goes in."""
        return None

    def ended(self, result: Any) -> None:
        """Record what came out, and end the task."""
        self.finish(attempt(self.where, self.outputs, result) or {})

    def failed(self, error: BaseException) -> None:
        """Record what is left, and end the task with the error."""
        self.finish(attempt(self.where, self.remains) or {}, error)

    def outputs(self, result: Any) -> dict[str, Value]:
        """Record what came out, and return it by name."""
        return {}

    def remains(self) -> dict[str, Value]:
        """Record what is left of a call that failed, and return it by name."""
        return {}

    def configure(self, chosen: Configuration) -> None:
        """Record what configured a training."""
        here, records = configuration.records(chosen, self.scope.mint)
        self.observer.tell(here, records)
        self.scope.emit(Used(self.task, here, relation="aitia:configuredBy"))

    def use_data(self, obj: Any, role: str, relation: str = "aitia:trainedOn") -> None:
        """Record that data were used; lists and mappings of arrays part by part."""
        for name, part in parts_of(obj, role):
            found = self.observer.dataset(part)
            if found is not None:
                self.scope.emit(Used(self.task, found, name, relation=relation))

    def finish(self, generated: Mapping[str, Value], error: BaseException | None = None) -> None:
        """End the task, unless the run that it began in has ended meanwhile."""
        if self.scope.run == self.run:
            message = None if error is None else text(describe(error))
            self.scope.finish(self.task, generated, message)


def parts_of(obj: Any, role: str) -> list[tuple[str, Any]]:
    """Return the arrays that ``obj`` is made of, each with its role.

    >>> parts_of({"age": 1, "name": 2}, "x")
    [('x age', 1), ('x name', 2)]
    """
    if isinstance(obj, dict):
        return [(f"{role} {name}", part) for name, part in list(obj.items())[:_MAX_PARTS]]
    if isinstance(obj, (list, tuple)) and obj and all(hasattr(part, "shape") for part in obj):
        return [(f"{role} {i}", part) for i, part in enumerate(obj[:_MAX_PARTS])]
    return [(role, obj)]


def told_model(
    observer: Observer,
    obj: Any,
    sha: str | None,
    structure: Architecture | None,
    settings: Mapping[str, Value] = NOTHING,
) -> str:
    """Record the model that an object is, and return its id."""
    label = type(obj).__name__ if structure is None else structure.label
    known = None if structure is None else observer.architecture(structure)
    model = observer.model(label, sha, known)
    observer.tell(f"{model} settings", [Setting(model, *item) for item in settings.items()])
    observer.scope.bind(obj, model)
    return model


def loaded_model(
    observer: Observer, obj: Any, path: Any, sha: str | None, structure: Architecture | None
) -> str:
    """Record the model that an object has read from a file, and return its id."""
    here = model_in(observer, path, structure)
    if here is None:
        return told_model(observer, obj, sha, structure)
    observer.scope.bind(obj, here)
    return here


def model_in(observer: Observer, path: Any, structure: Architecture | None = None) -> str | None:
    """Record the model that a file holds, and return its id; None without a digest.

    It is the content of the file, so that it is the same in every run that reads it, and derived
    from what was written there.
    """
    found = attempt("files", look, path, observer.cap)
    if found is None or found.digest is None:
        return None
    here = content_iri(found.digest)
    kind = files.told.setdefault(found.digest, "aitia:Model")
    attributes: dict[str, Value | list[Value]] = {}
    if structure is not None:
        attributes["aitia:hasArchitecture"] = Ref(observer.architecture(structure))
    label = files.readable(str(path).rpartition("/")[2])
    told = [Entity(here, kind, label, found.digest, attributes)]
    observer.tell(here if structure is None else f"{here} as built", told)
    return here


def checkpoint(observer: Observer, path: Any, step: int) -> None:
    """Record that what was just written to a path is the state of a training at one step."""
    found = attempt("files", look, path, observer.cap)
    if found is not None and found.digest is not None:
        here = content_iri(found.digest)
        files.told[found.digest] = kind = "aitia:Checkpoint"
        label = files.readable(str(path).rpartition("/")[2])
        facts = {"aitia:checkpointStep": step}
        # The same weights at a later step are the same content, of the step where they came up.
        observer.tell(f"{here} checkpoint", [Entity(here, kind, label, found.digest, facts)])


def look(path: Any, cap: int) -> files.Content | None:
    """Return the content of the file or folder at ``path``, or None where there is none."""
    import os

    if not isinstance(path, (str, os.PathLike)) or not os.path.exists(path):
        return None
    return files.look(os.fspath(path), cap)


def reference(observer: Observer, obj: Any) -> str | None:
    """Return the id of the entity of a recorded object."""
    found = observer.scope.refer(obj)
    return found.id if isinstance(found, Ref) else None
