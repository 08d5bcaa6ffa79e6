"""Observes PEFT: a base model, the adapter that is put on it, and the model that they make.

The adapted model is told again of each state that training gives it; merging makes it a model of
its own, which comes from the base and from the adapter.
"""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any

from aitia.capture import imports
from aitia.capture.dataflow import links
from aitia.capture.model import adapted
from aitia.capture.model.adapted import Adapted
from aitia.capture.model.configuration import parameter
from aitia.capture.model.library import LibraryAdapter
from aitia.capture.model.observer import Observer
from aitia.capture.model.outermost import followed
from aitia.records.prov import Derived, Entity, Generated, Setting
from aitia.records.values import Json, Ref, Value
from aitia.vocabulary.iris import slug

_LIBRARY = "peft"
_METHODS = {"LORA": "LoRA", "ADALORA": "LoRA"}
_CHOICES = ("r", "lora_alpha", "lora_dropout", "bias", "use_rslora", "use_dora", "task_type")


class PeftAdapter(LibraryAdapter):
    """Observes the adapters of PEFT.

    Parameters
    ----------
    cap:
        Most bytes hashed for one model or data set.
    """

    name = _LIBRARY

    def _waits(self) -> dict[str, imports.Hook]:
        return {_LIBRARY: self._hook}

    def _hook(self, module: ModuleType) -> None:
        library: Any = module
        made = partial(followed, _LIBRARY, notice=self._adapted)
        self._patches.method(library.PeftModel, "__init__", made)
        merged = partial(followed, _LIBRARY, notice=self._merged)
        self._patches.method(library.tuners.tuners_utils.BaseTuner, "merge_and_unload", merged)

    def _adapted(self, result: None, model: Any, *args: Any, **kwargs: Any) -> None:
        observer = self._observer
        if observer is None or not observer.scope.run:
            return
        base = args[0] if args else kwargs["model"]
        name = args[2] if len(args) > 2 else kwargs.get("adapter_name", "default")
        found = tell(observer, model, base, model.peft_config[name])
        adapted.KNOWN[model] = found
        tuner = getattr(model, "base_model", None)
        if tuner is not None:
            adapted.KNOWN[tuner] = found

    def _merged(self, result: Any, tuner: Any, *args: Any, **kwargs: Any) -> None:
        observer = self._observer
        found = adapted.KNOWN.get(tuner)
        if observer is None or found is None or found.run != observer.scope.run:
            return
        scope = observer.scope
        method = concept("Merge")
        here = scope.mint()
        scope.emit(method)
        facts = found._replace(method=method).attributes()
        label = f"{type(result).__name__} merged"
        scope.emit(Entity(here, "aitia:AdaptedModel", label, None, facts))
        scope.emit(Generated(here, scope.current(), "model"))
        scope.emit(Derived(here, found.states[-1]))
        scope.bind(result, here)


def tell(observer: Observer, model: Any, base: Any, config: Any) -> Adapted:
    """Record an adapter, and the adapted model that it makes of a base model."""
    scope = observer.scope
    source = base_of(observer, base)
    adapter, kind = scope.mint(), str(getattr(config.peft_type, "value", config.peft_type))
    rank, alpha = getattr(config, "r", None), getattr(config, "lora_alpha", None)
    facts: dict[str, Value | list[Value]] = {}
    label = kind
    if isinstance(rank, int) and rank > 0:
        facts["aitia:adapterRank"] = rank
        label = f"{kind} of rank {rank}"
        if isinstance(alpha, (int, float)):
            root = rank**0.5 if getattr(config, "use_rslora", False) else rank
            facts["aitia:adapterScale"] = float(alpha / root)
    scope.emit(Entity(adapter, "aitia:Adapter", label, None, facts))
    for name, value in settings(config, kind).items():
        scope.emit(Setting(adapter, name, value))
    method = concept(_METHODS.get(kind, kind))
    scope.emit(method)
    found = Adapted(scope.run, source, adapter, method, [])
    here = scope.mint()
    scope.emit(Entity(here, "aitia:AdaptedModel", type(model).__name__, None, found.attributes()))
    scope.emit(Generated(here, scope.current(), "model"))
    scope.emit(Generated(adapter, scope.current(), "adapter"))
    scope.bind(model, here)
    found.states.append(here)
    return found


def base_of(observer: Observer, base: Any) -> str:
    """Return the id of a base model; one that was not known before is recorded."""
    found = observer.scope.refer(base) if links.find(base) is not None else None
    if isinstance(found, Ref):
        adapted.tell_base(observer.scope, base, found.id)
        return found.id
    here = observer.model(type(base).__name__, None, None)
    observer.scope.bind(base, here)
    return here


def settings(config: Any, kind: str) -> dict[str, Value]:
    """Return how an adapter was set up."""
    told: dict[str, Value] = {"method": kind}
    for name in _CHOICES:
        item = getattr(config, name, None)
        if isinstance(item, (bool, int, float, str)):
            told[name] = parameter(
                str(getattr(item, "value", item)) if isinstance(item, str) else item
            )
    targets = getattr(config, "target_modules", None)
    if isinstance(targets, str):
        told["target_modules"] = targets
    elif targets:
        told["target_modules"] = Json(sorted(map(str, targets)))
    source = getattr(config, "base_model_name_or_path", None)
    if isinstance(source, str) and source:
        told["base_model_name_or_path"] = source
    return told


def concept(name: str) -> Entity:
    """Return the concept of a method of adaptation."""
    return Entity(f"scheme:adaptation-method#{slug(name)}", "skos:Concept", name)
