"""What passes through the layers of a network: shapes and connections, seen on the first batch.

Only what the structure decides is told. How many items a batch has, how long a sequence is or how
large an image is belongs to the data, and is told as null, unless the structure fixes it: before a
flattening into a dense layer the size of the image is what that layer takes.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from aitia.capture.model.architecture import Layer

_FIRST = ("aitia:ConvolutionLayer", "aitia:PoolingLayer")
_LAST = (
    *("aitia:DenseLayer", "aitia:RecurrentLayer", "aitia:AttentionLayer"),
    "aitia:EmbeddingLayer",
)
_CHANNELS = ("BatchNorm", "InstanceNorm", "GroupNorm", "LocalResponseNorm")


class Call(NamedTuple):
    """One call of a layer: its shapes without the first dimension, and which tensors passed."""

    module: int
    taken: tuple[int, ...]
    given: tuple[int, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


class Trace:
    """The calls of the layers of a network while one batch passed.

    ``shape`` is that of what went in. ``batch`` is how many items it had, or None when that cannot
    be told: the first dimension is that of items for images and feature vectors, but may be time
    for sequences.
    """

    def __init__(self) -> None:
        self.batch: int | None = None
        self.shape: tuple[int, ...] | None = None
        self.calls: list[Call] = []
        self.kept: list[Any] = []

    def add(self, module: Any, args: Any, output: Any) -> None:
        """Note a call; its tensors are kept until ``close``, so that none takes another's id."""
        taken, given = tensors(args), tensors(output)
        self.kept += taken + given
        if not self.calls and taken:
            shape = self.shape = tuple(map(int, taken[0].shape))
            name = type(module).__name__
            if len(shape) > 1 and ("Conv" in name or name == "Flatten" or len(shape) == 2):
                self.batch = None if "Embedding" in name else shape[0]
        self.calls.append(
            Call(
                id(module),
                tuple(map(int, taken[0].shape[1:])) if taken else (),
                tuple(map(int, given[0].shape[1:])) if given else (),
                tuple(map(id, taken)),
                tuple(map(id, given)),
            )
        )

    def close(self) -> None:
        """Let the tensors go."""
        self.kept.clear()


def tensors(item: Any, depth: int = 3) -> list[Any]:
    """Return the tensors in an argument, an output or a batch, in order."""
    if hasattr(item, "shape") and hasattr(item, "numel"):
        return [item]
    if isinstance(item, dict):
        item = list(item.values())
    if isinstance(item, (tuple, list)) and depth:
        return [tensor for part in item for tensor in tensors(part, depth - 1)]
    return []


def observed(layers: list[Layer], leaves: list[Any], trace: Trace) -> list[Layer]:
    """Return the layers with the shapes and connections that ``trace`` saw."""
    index = {id(module): i for i, module in enumerate(leaves)}
    calls = [call for call in trace.calls if call.module in index]
    order = [index[call.module] for call in calls]
    feeds = _feeds(calls, order)
    taken, given = _fixed(calls, [layers[i] for i in order])
    places = _places(calls, [layers[i] for i in order])
    found: dict[int, dict[str, Any]] = {}
    for at, i in enumerate(order):
        if i not in found:
            words = layers[i].kind == "aitia:EmbeddingLayer"
            found[i] = {
                "inputShape": _told(calls[at].taken, None if words else places[at], taken[at]),
                "outputShape": _told(calls[at].given, places[at], given[at]),
            }
    return [
        layer._replace(observed=found.get(i, {}), feeds=tuple(sorted(feeds.get(i, ()))))
        for i, layer in enumerate(layers)
    ]


def _feeds(calls: list[Call], order: list[int]) -> dict[int, set[int]]:
    """Return which layers take the output of which.

    A tensor that is passed on as it is shows the connection. Where code stands between, the layer
    called before is taken to feed in. Only connections to layers that come later are told, so that
    a layer that is used twice makes no cycle.
    """
    feeds: dict[int, set[int]] = {}
    made: dict[int, int] = {}
    for at, call in enumerate(calls):
        sources = {made[tensor] for tensor in call.inputs if tensor in made}
        if not sources and at:
            sources = {order[at - 1]}
        for source in sources:
            if source < order[at]:
                feeds.setdefault(source, set()).add(order[at])
        made.update(dict.fromkeys(call.outputs, order[at]))
    return feeds


def _fixed(calls: list[Call], layers: list[Layer]) -> tuple[list[bool], list[bool]]:
    """Return for each call whether the structure decides all sizes it takes, and all it gives."""
    taken, given = [False] * len(calls), [False] * len(calls)
    fixed = False
    for at in range(len(calls) - 1, -1, -1):
        call, layer = calls[at], layers[at]
        given[at] = fixed
        if layer.operator.startswith("Adaptive"):
            given[at], fixed = True, False
        fixed = fixed or _flattens(call.taken, call.given)
        taken[at] = fixed
        if at and _flattens(calls[at - 1].given, call.taken):
            fixed = True
    return taken, given


def _flattens(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    return len(before) > len(after) > 0 and math.prod(before) == math.prod(after)


def _places(calls: list[Call], layers: list[Layer]) -> list[int]:
    """Return for each call which dimension holds the channels or features: 0 or -1."""
    place = 0 if any(layer.kind in _FIRST for layer in layers) else -1
    places = []
    for layer in layers:
        if layer.kind in _FIRST or layer.operator.startswith(_CHANNELS):
            place = 0
        elif layer.kind in _LAST or layer.operator.startswith(("LayerNorm", "RMSNorm", "Flatten")):
            place = -1
        places.append(place)
    return places


def _told(shape: tuple[int, ...], place: int | None, fixed: bool) -> list[int | None]:
    if fixed or (len(shape) == 1 and place is not None):
        return list(shape)
    told: list[int | None] = [None] * len(shape)
    if shape and place is not None:
        told[place] = shape[place]
    return told
