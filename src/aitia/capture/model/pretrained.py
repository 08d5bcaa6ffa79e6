"""Models and tokenizers of Transformers that are read from somewhere and written to a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from aitia.capture import files
from aitia.capture.dataflow import links
from aitia.capture.model import adapted
from aitia.capture.model.calls import loaded_model, look
from aitia.capture.model.configuration import parameter
from aitia.capture.model.observer import Observer
from aitia.records.prov import Derived, Entity, Setting
from aitia.records.values import Ref, Value
from aitia.vocabulary.iris import content_iri

WEIGHTS = (
    *("model.safetensors", "pytorch_model.bin"),
    *("adapter_model.safetensors", "adapter_model.bin"),
)
_CHOICES = ("model_type", "hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size")


def model_loaded(observer: Observer, model: Any, source: str) -> None:
    """Record the model that was read from a folder, or from elsewhere by its name."""
    path = next((path for path in weights(source)), None)
    if path is not None:
        here = loaded_model(observer, model, path, None, None)
    else:
        here = _foundation(observer, source, getattr(model, "config", None))
        observer.scope.bind(model, here)
    adapted.trained(observer.scope, model, here)
    observer.tell(f"{here} config", [Setting(here, *item) for item in chosen(model).items()])


def model_saved(observer: Observer, model: Any, args: Any, kwargs: Mapping[str, Any]) -> None:
    """Record that the weights that were just written to a folder are those of a model."""
    folder = args[0] if args else kwargs.get("save_directory")
    found = observer.scope.refer(model) if links.find(model) is not None else None
    for path in weights(folder):
        content = look(path, observer.cap)
        if content is None or content.digest is None:
            continue
        name = os.path.basename(path)
        is_adapter = name.startswith("adapter_model")
        kind = "aitia:Adapter" if is_adapter else "aitia:Model"
        kind = files.told.setdefault(content.digest, kind)
        here = content_iri(content.digest)
        observer.tell(here, [Entity(here, kind, files.readable(name), content.digest)])
        if isinstance(found, Ref) and found.id != here:
            observer.tell(f"{here} {found.id}", [Derived(here, found.id)])


def tokenizer_loaded(observer: Observer, tokenizer: Any, source: str) -> None:
    """Record the tokenizer that was read."""
    told_tokenizer(observer, tokenizer)


def tokenizer_saved(
    observer: Observer, tokenizer: Any, args: Any, kwargs: Mapping[str, Any]
) -> None:
    """Record the tokenizer that was written."""
    told_tokenizer(observer, tokenizer)


def told_tokenizer(observer: Observer, tokenizer: Any) -> str | None:
    """Record a tokenizer, named by the digest of its vocabulary, and return its id."""
    getter = getattr(tokenizer, "get_vocab", None)
    if getter is None:
        return None
    inner = getattr(tokenizer, "backend_tokenizer", None)
    text = inner.to_str() if inner is not None and hasattr(inner, "to_str") else None
    if text is None:
        text = repr(sorted(getter().items(), key=str))
    sha = sha256(f"{type(tokenizer).__name__}\n{text}".encode()).hexdigest()
    here = content_iri(sha)
    facts: dict[str, Value | list[Value]] = {}
    size = len(tokenizer)
    if size > 0:
        facts["aitia:vocabularySize"] = size
    label = type(tokenizer).__name__
    observer.tell(here, [Entity(here, "aitia:Tokenizer", label, sha, facts)])
    observer.scope.bind(tokenizer, here)
    return here


def chosen(model: Any) -> dict[str, Value]:
    """Return what a configuration of a model tells of it: architecture, kind, quantisation."""
    config = getattr(model, "config", None)
    told: dict[str, Value] = {}
    architectures = getattr(config, "architectures", None)
    told["architecture"] = str(architectures[0]) if architectures else type(model).__name__
    for name in _CHOICES:
        item = getattr(config, name, None)
        if isinstance(item, (bool, int, float, str)):
            told[name] = item
    quantised: Any = getattr(config, "quantization_config", None)
    if quantised is not None:
        form = quantised if isinstance(quantised, dict) else quantised.to_dict()
        told["quantization_config"] = parameter({key: str(item) for key, item in form.items()})
    return told


def weights(folder: Any) -> Iterator[str]:
    """Yield the files with weights in a folder."""
    if isinstance(folder, (str, os.PathLike)):
        for name in WEIGHTS:
            path = os.path.join(os.fspath(folder), name)
            if os.path.isfile(path):
                yield path


def _foundation(observer: Observer, source: str, config: Any) -> str:
    here = observer.scope.mint()
    facts: dict[str, Value | list[Value]] = {}
    version = getattr(config, "_commit_hash", None)
    if isinstance(version, str):
        facts["aitia:versionLabel"] = version
    observer.tell(
        here, [Entity(here, "aitia:FoundationModel", files.readable(source), None, facts)]
    )
    return here
