"""Architectures of record trails: kinds, order, properties, and a name by content."""

from __future__ import annotations

from pathlib import Path

from aitia.importers.record_trails import HEADER, parse
from aitia.importers.source import Source, open_source
from aitia.importers.trail_architecture import ORDER, UNKNOWN_ORDER, Architecture, architecture
from aitia.records import Entity, Ref

DATA = Path(__file__).parents[2] / "data" / "record_trails"
NONE = Source("x", "x", "00" * 32, 0)
CONV, POOL, DENSE, DROP = (
    *("ConvolutionLayer", "PoolingLayer", "DenseLayer", "RegularizationLayer"),
)


def of_file(name: str) -> Architecture:
    source = open_source(DATA / name)
    return architecture(parse(source).metadata, source)


def kinds(found: Architecture) -> list[str]:
    return [layer.kind for layer in found.layers]


def test_layers_in_the_order_that_the_codes_give() -> None:
    found = of_file("2021_02_15_13_55_26_539263.txt")
    assert kinds(found) == [CONV, POOL, CONV, POOL, CONV, DENSE]
    assert found.layers[0].facts == {"kernelSize": 24, "stride": 12, "padding": 4, "unitCount": 301}
    assert found.layers[1].facts == {"kernelSize": 1, "stride": 1, "padding": 0}
    assert found.layers[5].facts == {"unitCount": 100}
    assert found.notes == (ORDER,)


def test_dropout_stands_where_the_codes_say() -> None:
    found = of_file("2021_02_15_13_56_59_917381.txt")
    assert kinds(found) == [CONV, DROP, CONV, CONV, POOL, DENSE, DROP, DENSE]
    assert found.layers[1].facts == {"dropoutRate": 0.46221952533637445}
    assert found.layers[6].facts == {"dropoutRate": 0.4343604085634797}


def cells(**changes: str) -> dict[str, str]:
    row = dict.fromkeys(HEADER, "")
    row |= {"convKernels": "3-3", "convStrides": "1-1", "convPaddings": "1-1", "convFilters": "8-9"}
    row |= {"poolKernels": "2", "poolStrides": "2", "poolPaddings": "0", "FCFilters": "10"}
    return {**row, "layer_types": "1-3", **changes}


def test_codes_that_do_not_agree_put_pooling_last_and_say_so() -> None:
    assert kinds(architecture(cells(), NONE)) == [CONV, CONV, POOL, DENSE]
    wrong = architecture(cells(layer_types="3-3"), NONE)
    assert kinds(wrong) == [CONV, CONV, POOL, DENSE]
    assert wrong.notes == (UNKNOWN_ORDER,)


def test_the_name_is_the_content() -> None:
    assert architecture(cells(), NONE).iri == architecture(cells(ID="other"), NONE).iri
    assert architecture(cells(), NONE).iri != architecture(cells(convFilters="8-8"), NONE).iri
    empty = architecture(dict.fromkeys(HEADER, ""), NONE)
    assert empty.layers == ()


def test_layers_are_numbered_and_feed_into_the_next() -> None:
    found = architecture(cells(), NONE)
    first, *layers = found.records()
    assert isinstance(first, Entity)
    assert first.attributes["aitia:layerCount"] == 4
    names = [layer.id for layer in layers if isinstance(layer, Entity)]
    assert first.attributes["aitia:hasLayer"] == [Ref(name) for name in names]
    for place, layer in enumerate(layers):
        assert isinstance(layer, Entity)
        assert layer.attributes["aitia:layerIndex"] == place
        after = names[place + 1] if place + 1 < len(names) else None
        assert layer.attributes.get("aitia:feedsInto") == (Ref(after) if after else None)
