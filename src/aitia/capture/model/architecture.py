"""The structure of a model in a canonical form, named by its digest.

The form holds what the model is made of and nothing of the data or the weights: the same network
built twice, trained on whatever, is the same node of the graph. Names that people gave to layers
are not part of it, nor what was only observed while data passed; the order of the layers is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from aitia.records.prov import NOTHING, Entity, Record, Setting
from aitia.records.values import Json, Ref, Value, to_value
from aitia.vocabulary.iris import content_iri

FORM = 1
"""Version of the canonical form; a change to the form changes every digest, so it must be said."""

Facts = Mapping[str, Any]
"""JSON values by name: numbers, texts, booleans, None, and lists and mappings of these."""


class Layer(NamedTuple):
    """One layer.

    Parameters
    ----------
    kind:
        The class of the ontology, such as ``aitia:DenseLayer``.
    operator:
        What the framework calls it, such as ``Conv2d``.
    attributes:
        Properties of the ontology by local name, such as ``{"unitCount": 64}``.
    settings:
        What else its maker chose, such as ``{"dilation": 2}``.
    observed:
        Properties that were seen when data passed, such as shapes; not part of the form.
    feeds:
        Indices of the layers that take its output; not part of the form.
    """

    kind: str
    operator: str
    attributes: Facts = NOTHING
    settings: Facts = NOTHING
    observed: Facts = NOTHING
    feeds: tuple[int, ...] = ()


class Architecture(NamedTuple):
    """The structure of a model; fields as those of ``Layer``, ``label`` for people only."""

    kind: str
    label: str
    operator: str = ""
    layers: tuple[Layer, ...] = ()
    attributes: Facts = NOTHING
    settings: Facts = NOTHING


def chain(layers: list[Layer]) -> tuple[Layer, ...]:
    """Return the layers, each feeding the next one."""
    last = len(layers) - 1
    return tuple(
        layer._replace(feeds=(i + 1,)) if i < last else layer for i, layer in enumerate(layers)
    )


def canonical(architecture: Architecture) -> bytes:
    """Return the canonical form: JSON in UTF-8 with sorted keys and no spaces."""
    import orjson

    form = {
        "form": FORM,
        "kind": architecture.kind,
        "operator": architecture.operator,
        "attributes": dict(architecture.attributes),
        "settings": dict(architecture.settings),
        "layers": [
            {
                "kind": layer.kind,
                "operator": layer.operator,
                "attributes": dict(layer.attributes),
                "settings": dict(layer.settings),
            }
            for layer in architecture.layers
        ],
    }
    return orjson.dumps(form, _plain, orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)


def _plain(obj: object) -> Any:
    value = to_value(obj)
    if isinstance(value, Json):
        return value.data
    return value if isinstance(value, (str, int, float)) else list(value)


def digest(architecture: Architecture) -> str:
    """Return the SHA-256 of the canonical form, in hexadecimal."""
    return sha256(canonical(architecture)).hexdigest()


def records(architecture: Architecture) -> tuple[str, list[Record]]:
    """Return the id of the architecture and the records that describe it and its layers."""
    sha = digest(architecture)
    here = content_iri(sha)
    return here, list(_records(architecture, here, sha))


def _records(architecture: Architecture, here: str, sha: str) -> Iterator[Record]:
    attributes = _typed(architecture.attributes)
    if architecture.layers:
        attributes["aitia:layerCount"] = len(architecture.layers)
        attributes["aitia:hasLayer"] = [
            Ref(layer_id(here, i)) for i in range(len(architecture.layers))
        ]
    yield Entity(here, architecture.kind, architecture.label, sha, attributes)
    yield from _settings(here, architecture.settings)
    for i, layer in enumerate(architecture.layers):
        node = layer_id(here, i)
        facts = _typed({**layer.attributes, **layer.observed})
        facts["aitia:layerIndex"] = i
        if layer.feeds:
            facts["aitia:feedsInto"] = [Ref(layer_id(here, j)) for j in layer.feeds]
        yield Entity(node, layer.kind, f"{i} {layer.operator}", None, facts)
        yield from _settings(node, layer.settings)


def layer_id(architecture: str, index: int) -> str:
    """Return the id of a layer of the architecture of that id."""
    return f"{architecture}/layer/{index}"


def _typed(facts: Facts) -> dict[str, Value | list[Value]]:
    return {f"aitia:{name}": to_value(fact) for name, fact in facts.items()}


def _settings(subject: str, facts: Facts) -> Iterator[Record]:
    for name, fact in facts.items():
        yield Setting(subject, name, to_value(fact))
