"""Models that are a base model with adapters: what they are, told again of each of their states.

A base that an adapter is put on is an ``aitia:FoundationModel`` if it was trained before: in this
run, or elsewhere, as it was read as a pretrained model. One that was just made is a Model.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from aitia.records.ports import Scope
from aitia.records.prov import Entity
from aitia.records.values import Ref, Value


class Adapted(NamedTuple):
    """What is known of an adapted model; ``states`` are its entities so far."""

    run: str
    base: str
    adapter: str
    method: Entity
    states: list[str]

    def attributes(self) -> dict[str, Value | list[Value]]:
        """Return the relations of an adapted model."""
        return {
            "aitia:adaptedFrom": Ref(self.base),
            "aitia:withAdapter": Ref(self.adapter),
            "aitia:adaptationMethod": Ref(self.method.id),
        }


KNOWN: WeakKeyDictionary[Any, Adapted] = WeakKeyDictionary()
"""The modules that are adapted models."""


_TRAINED: WeakKeyDictionary[Any, tuple[str, str]] = WeakKeyDictionary()


def trained(scope: Scope, root: Any, model: str) -> None:
    """Note that a module holds the model ``model``, which a training made."""
    _TRAINED[root] = scope.run, model


def tell_base(scope: Scope, root: Any, model: str) -> None:
    """Record that a base model is a foundation model, if it was trained before it is adapted."""
    if _TRAINED.get(root) == (scope.run, model) and root not in KNOWN:
        scope.emit(Entity(model, "aitia:FoundationModel"))


def tell_again(scope: Scope, root: Any, model: str) -> None:
    """Record that ``model`` is adapted too, as a later state of the adapted module ``root``."""
    found = KNOWN.get(root)
    if found is not None and found.run == scope.run:
        found.states.append(model)
        scope.emit(Entity(model, "aitia:AdaptedModel", None, None, found.attributes()))
