"""The architecture of a record trail's network, from its list-valued cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple

import orjson

from aitia.importers.source import Source
from aitia.records import Entity, Record, Ref, Value
from aitia.vocabulary.iris import content_iri

_POOLED, _DROPPED = 2, 4

ORDER = (
    "the order of layers: a convolution is followed by pooling where its code in layer_types has "
    "the bit 2, and by dropout where it has the bit 4; the format is undocumented, and this "
    "reading agrees with the number of layers in this file"
)
UNKNOWN_ORDER = (
    "the order of layers: layer_types does not agree with the number of pooling layers, so "
    "these stand after the convolutions"
)


class Layer(NamedTuple):
    """One layer: its class, and what configures it by property."""

    kind: str
    facts: Mapping[str, int | float]


class Architecture(NamedTuple):
    """Layers in order, named by the digest of their canonical form."""

    layers: tuple[Layer, ...]
    notes: tuple[str, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of the canonical JSON of the layers."""
        form = [[layer.kind, dict(layer.facts)] for layer in self.layers]
        return sha256(orjson.dumps(form, option=orjson.OPT_SORT_KEYS)).hexdigest()

    @property
    def iri(self) -> str:
        """The name of the architecture: the same wherever its layers are the same."""
        return content_iri(self.digest)

    def records(self) -> Iterator[Record]:
        """Yield the architecture and its layers, each feeding into the next."""
        names = [f"{self.iri}/layer/{place}" for place in range(len(self.layers))]
        attributes: dict[str, Value | list[Value]] = {
            "aitia:layerCount": len(self.layers),
            "aitia:hasLayer": [Ref(name) for name in names],
        }
        yield Entity(
            self.iri,
            "aitia:NeuralArchitecture",
            f"network of {len(self.layers)} layers",
            digest=self.digest,
            attributes=attributes,
        )
        for place, layer in enumerate(self.layers):
            facts: dict[str, Value] = {f"aitia:{k}": v for k, v in layer.facts.items()}
            facts["aitia:layerIndex"] = place
            if place + 1 < len(names):
                facts["aitia:feedsInto"] = Ref(names[place + 1])
            label = f"{place} {layer.kind.removesuffix('Layer').lower()}"
            yield Entity(names[place], f"aitia:{layer.kind}", label, attributes=facts)


def architecture(cells: Mapping[str, str], source: Source) -> Architecture:
    """Return the architecture that the first row of a trail describes.

    Raises
    ------
    ImportFormatError
        When a list is not of whole numbers, or lists that belong together differ in length.
    """
    read = _Lists(cells, source)
    convolutions = read.layers("ConvolutionLayer", "conv", "convFilters")
    pools = read.layers("PoolingLayer", "pool", None)
    codes = read.numbers("layer_types")
    pooled = [bool(code & _POOLED) for code in codes]
    if len(codes) == len(convolutions) and sum(pooled) == len(pools):
        rate = _rate(cells, "dropout_rate")
        front, note = list(_interleaved(convolutions, pools, codes, rate)), ORDER
    else:
        front, note = [*convolutions, *pools], UNKNOWN_ORDER
    dense = _dense(read.numbers("FCFilters"), read.numbers("FC_dropout_layers"), cells)
    return Architecture((*front, *dense), (note,))


def _interleaved(
    convolutions: list[Layer], pools: list[Layer], codes: list[int], rate: float
) -> Iterator[Layer]:
    waiting = iter(pools)
    for convolution, code in zip(convolutions, codes, strict=True):
        yield convolution
        if code & _POOLED:
            yield next(waiting)
        if code & _DROPPED:
            yield Layer("RegularizationLayer", {"dropoutRate": rate})


def _dense(units: list[int], dropped: list[int], cells: Mapping[str, str]) -> Iterator[Layer]:
    rate = _rate(cells, "FC_dropout_rate")
    for place, count in enumerate(units):
        yield Layer("DenseLayer", {"unitCount": count})
        if place < len(dropped) and dropped[place]:
            yield Layer("RegularizationLayer", {"dropoutRate": rate})


def _rate(cells: Mapping[str, str], column: str) -> float:
    try:
        return float(cells[column])
    except ValueError:
        return 0.0


class _Lists:
    """Reads the cells that hold lists of whole numbers joined by hyphens."""

    def __init__(self, cells: Mapping[str, str], source: Source) -> None:
        self._cells = cells
        self._source = source

    def numbers(self, column: str) -> list[int]:
        """Return the numbers that a cell joins by ``-``; an empty cell has none."""
        cell = self._cells[column]
        try:
            return [int(part) for part in cell.split("-")] if cell else []
        except ValueError:
            raise self._refuse(f"{column} = {cell!r}") from None

    def layers(self, kind: str, prefix: str, units: str | None) -> list[Layer]:
        """Return the layers of one kind, whose properties lie in parallel lists."""
        columns = {
            "kernelSize": self.numbers(f"{prefix}Kernels"),
            "stride": self.numbers(f"{prefix}Strides"),
            "padding": self.numbers(f"{prefix}Paddings"),
        }
        if units is not None:
            columns["unitCount"] = self.numbers(units)
        lengths = {name: len(values) for name, values in columns.items()}
        if len(set(lengths.values())) > 1:
            raise self._refuse(f"{prefix} layers of different number: {lengths}")
        rows = zip(*columns.values(), strict=True)
        return [Layer(kind, dict(zip(columns, row, strict=True))) for row in rows]

    def _refuse(self, got: str) -> Exception:
        return self._source.refuse(
            2,
            got,
            expected="whole numbers joined by hyphens, one per layer",
            next_step="check that no space was added or removed",
        )
