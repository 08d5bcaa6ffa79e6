"""The checkpoints of PyTorch: files that hold the state of an optimiser, and what goes on from one.

What was loaded is known again by the identities of its parts, for as long as a tensor of it lives.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from weakref import ReferenceType, WeakKeyDictionary, ref

from aitia.capture import files
from aitia.capture.model.calls import checkpoint, look
from aitia.capture.model.observer import Observer
from aitia.capture.model.shapes import tensors
from aitia.records.prov import Entity
from aitia.vocabulary.iris import content_iri

_MAX_LOADED = 16
_MAX_PARTS = 1000


class _Loaded(NamedTuple):
    """What was loaded from a file: its content, a tensor of it, and its parts."""

    entity: str
    alive: ReferenceType[Any]
    parts: frozenset[int]


class Checkpoints:
    """The checkpoints that are saved and loaded.

    Parameters
    ----------
    observer:
        Where records go.
    """

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._loaded: list[_Loaded] = []
        self._restored: WeakKeyDictionary[Any, tuple[str, str]] = WeakKeyDictionary()

    def saved(self, obj: Any, path: Any, steps: int | None) -> None:
        """Record a file or folder that was just saved, if it is a checkpoint.

        ``steps`` is how many the training has made, where that is known.
        """
        step = step_of(obj)
        step = steps if step is None else step
        if self._observer.scope.run and is_checkpoint(obj) and step is not None:
            checkpoint(self._observer, path, step)

    def loaded(self, obj: Any, path: Any) -> None:
        """Record a file or folder that was just loaded, and know its parts again."""
        found = look(path, self._observer.cap) if self._observer.scope.run else None
        tensor = next(iter(tensors(list(_leaves(obj)))), None)
        if found is None or found.digest is None or tensor is None:
            return
        here = content_iri(found.digest)
        kind = "aitia:Checkpoint" if is_checkpoint(obj) else "aitia:Model"
        kind = files.told.setdefault(found.digest, kind)
        step = step_of(obj)
        facts = {"aitia:checkpointStep": step} if step and kind == "aitia:Checkpoint" else {}
        label = files.readable(str(path).rpartition("/")[2])
        self._observer.tell(here, [Entity(here, kind, label, found.digest, facts)])
        parts = frozenset(id(part) for part in (obj, *_dictionaries(obj)))
        self._loaded = [*self._loaded[1 - _MAX_LOADED :], _Loaded(here, ref(tensor), parts)]

    def restored(self, result: Any, target: Any, state: Any = None, *args: Any, **kw: Any) -> None:
        """Note that a module or an optimiser took a state."""
        state = kw.get("state_dict") if state is None else state
        for found in reversed(self._loaded):
            if id(state) in found.parts and found.alive() is not None:
                self._restored[target] = self._observer.scope.run, found.entity
                return

    def source(self, target: Any) -> str | None:
        """Return the content of the file from which a module or an optimiser took its state."""
        run, entity = self._restored.get(target, ("", ""))
        return entity if entity and run == self._observer.scope.run else None


def is_checkpoint(obj: Any) -> bool:
    """Return whether what is saved holds the state of an optimiser.

    >>> is_checkpoint({"optimizer": {"state": {}, "param_groups": []}})
    True
    """
    return any("param_groups" in part and "state" in part for part in _dictionaries(obj))


def step_of(obj: Any) -> int | None:
    """Return the step that a checkpoint itself tells, or None."""
    if not isinstance(obj, dict):
        return None
    for name in ("global_step", "step", "steps"):
        step = obj.get(name)
        if isinstance(step, int) and step >= 0:
            return step
    return None


def _dictionaries(obj: Any) -> Iterator[dict[Any, Any]]:
    if isinstance(obj, dict):
        for part in list(obj.values())[:_MAX_PARTS]:
            if isinstance(part, dict):
                yield part
            elif isinstance(part, list):
                yield from (item for item in part[:16] if isinstance(item, dict))


def _leaves(obj: Any, depth: int = 4) -> Iterator[Any]:
    """Yield what is in a dictionary, and in those inside it."""
    if isinstance(obj, dict) and depth:
        for part in list(obj.values())[:_MAX_PARTS]:
            yield from _leaves(part, depth - 1)
    elif not isinstance(obj, (dict, list)):
        yield obj
