"""The architecture of a Keras model: its layers in the order in which they were added.

Keras is not imported here: layers are told apart by the modules that define them and read by their
attributes and ``get_config``. The code of ``call`` of the user's own classes is part of the
canonical form, as a digest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aitia.capture.model.architecture import Architecture, Layer, chain
from aitia.capture.model.modules import MAX_LAYERS, code_digest

_OWN = "keras.src."
_KINDS = {
    "convolutional": "aitia:ConvolutionLayer",
    "pooling": "aitia:PoolingLayer",
    "normalization": "aitia:NormalizationLayer",
    "regularization": "aitia:RegularizationLayer",
    "attention": "aitia:AttentionLayer",
    "rnn": "aitia:RecurrentLayer",
    "activations": "aitia:ActivationLayer",
    "dense": "aitia:DenseLayer",
    "einsum_dense": "aitia:DenseLayer",
    "embedding": "aitia:EmbeddingLayer",
    "activation": "aitia:ActivationLayer",
    "time_distributed": "aitia:Layer",
}
_UNITS = ("units", "filters", "output_dim")
_ATTRIBUTES = {
    "kernel_size": "kernelSize",
    "pool_size": "kernelSize",
    "strides": "stride",
    "padding": "padding",
    "num_heads": "attentionHeads",
}
_UNTOLD = ("name", "dtype", "trainable", "build_config", "batch_shape", "batch_input_shape", "seed")
_LEARNT = ("initializer", "regularizer", "constraint")


def architecture_of(model: Any) -> Architecture:
    """Return the architecture of a model, as far as it is built."""
    found = list(leaves_of(model))
    layers = [_layer(layer) for layer in found]
    feeds = _feeds(model, found)
    name = type(model).__name__
    return Architecture(
        "aitia:NeuralArchitecture",
        f"{name} of {len(layers)} layers",
        "",
        chain(layers)
        if feeds is None
        else tuple(layer._replace(feeds=feeds.get(i, ())) for i, layer in enumerate(layers)),
        {"parameterCount": sum(layer.attributes["parameterCount"] for layer in layers)},
        dict(_codes(model, found)),
    )


def leaves_of(model: Any) -> Iterator[Any]:
    """Yield the layers and operations of a model, nested models looked into, each once."""
    seen: set[int] = set()
    for item in _flat(model, 0):
        if id(item) not in seen and type(item).__name__ != "InputLayer":
            seen.add(id(item))
            yield item
        if len(seen) >= MAX_LAYERS:
            return


def _flat(model: Any, depth: int) -> Iterator[Any]:
    inner = getattr(model, "operations", None) or getattr(model, "layers", None) or []
    for item in inner:
        if depth < 16 and isinstance(getattr(item, "layers", None), list) and item.layers:
            yield from _flat(item, depth + 1)
        else:
            yield item


def kind_of(layer: Any) -> str:
    """Return the class of the ontology that a layer belongs to."""
    for base in type(layer).__mro__:
        place = base.__module__
        if place.startswith(_OWN + "layers."):
            parts = place.split(".")[3:]
            # The file says more than its folder.
            for part in reversed(parts):
                if part in _KINDS:
                    return _KINDS[part]
    return "aitia:Layer"


def _layer(layer: Any) -> Layer:
    kind = kind_of(layer)
    config = _config(layer)
    attributes: dict[str, Any] = {}
    units = next((config[name] for name in _UNITS if isinstance(config.get(name), int)), None)
    if units:
        attributes["unitCount"] = units
    if kind != "aitia:Layer":
        for name, local in _ATTRIBUTES.items():
            item = _plain(config.get(name))
            if item is not None:
                attributes[local] = item
        rate = config.get("rate", config.get("dropout"))
        if isinstance(rate, (int, float)):
            attributes["dropoutRate"] = float(rate)
    function = config.get("activation")
    if kind == "aitia:ActivationLayer" and not isinstance(function, str):
        function = type(layer).__name__.lower()
    if isinstance(function, str):
        attributes["activationFunction"] = {"linear": "identity"}.get(function, function.lower())
    attributes["parameterCount"] = sum(_size(weight) for weight in _weights(layer))
    told = {"activation", "rate", "dropout", *_ATTRIBUTES, *_UNITS, *_UNTOLD}
    settings = {
        name: _plain(item)
        for name, item in config.items()
        if name not in told and not name.endswith(_LEARNT) and _plain(item) is not None
    }
    return Layer(kind, type(layer).__name__, attributes, settings, _shapes(layer))


def _config(layer: Any) -> dict[str, Any]:
    try:
        config = layer.get_config()
    except (RuntimeError, TypeError, AttributeError, ValueError):
        # A class of the user's need not say what it was made with.
        return {}
    return dict(config) if isinstance(config, dict) else {}


def _plain(item: Any) -> Any:
    if isinstance(item, (tuple, list)) and all(isinstance(part, (int, float)) for part in item):
        return item[0] if item and len(set(item)) == 1 else list(item)
    return item if isinstance(item, (bool, int, float, str)) else None


def _weights(layer: Any) -> list[Any]:
    """Return what a layer learns, whether or not it is frozen now."""
    inner = [layer, *(getattr(layer, "_flatten_layers", lambda **_: ())(include_self=False))]
    found = {id(w): w for part in inner for w in getattr(part, "_trainable_variables", ())}
    return list(found.values())


def _size(weight: Any) -> int:
    total = 1
    for size in weight.shape:
        total *= int(size)
    return total


def _shapes(layer: Any) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, local in (("input", "inputShape"), ("output", "outputShape")):
        try:
            shape = getattr(getattr(layer, name), "shape", None)
        except (AttributeError, ValueError, RuntimeError):
            # A layer that was called otherwise than in a graph of layers has none.
            continue
        if shape is not None:
            told[local] = [None if size is None else int(size) for size in tuple(shape)[1:]]
    return told


def _feeds(model: Any, found: list[Any]) -> dict[int, tuple[int, ...]] | None:
    """Return which layers take the output of which; None where only their order is known."""
    if not getattr(model, "operations", None):
        return None
    index = {id(layer): i for i, layer in enumerate(found)}
    feeds: dict[int, set[int]] = {}
    for i, layer in enumerate(found):
        for node in getattr(layer, "_inbound_nodes", ()):
            for parent in getattr(node, "parent_nodes", ()):
                source = index.get(id(getattr(parent, "operation", None)))
                if source is not None and source < i:
                    feeds.setdefault(source, set()).add(i)
    return {source: tuple(sorted(targets)) for source, targets in feeds.items()}


def _codes(model: Any, found: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield a digest of the code of each ``call`` that Keras did not write."""
    for cls in dict.fromkeys(map(type, (model, *found))):
        if not cls.__module__.startswith("keras."):
            yield f"call of {cls.__name__}", code_digest(cls, "call")
