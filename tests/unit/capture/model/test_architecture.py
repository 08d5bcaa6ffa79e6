from aitia.capture.model.architecture import Architecture, Layer, canonical, chain, digest, records
from aitia.records import Entity, Json, Ref, Setting
from aitia.vocabulary.iris import content_iri

LAYERS = [
    Layer("aitia:ConvolutionLayer", "Conv2d", {"unitCount": 8, "kernelSize": 3}, {"groups": 2}),
    Layer("aitia:DenseLayer", "Linear", {"unitCount": 10}),
]


def network(**changes: object) -> Architecture:
    whole = Architecture("aitia:NeuralArchitecture", "net", layers=chain(LAYERS))
    return whole._replace(**changes)


def test_the_same_structure_is_the_same_architecture() -> None:
    assert digest(network()) == digest(network(label="another name"))


def test_what_was_only_observed_is_not_part_of_it() -> None:
    seen = tuple(layer._replace(observed={"inputShape": [3]}, feeds=()) for layer in LAYERS)
    assert digest(network(layers=seen)) == digest(network())


def test_every_choice_is_part_of_it() -> None:
    first, second = LAYERS
    others = [
        network(kind="aitia:Architecture"),
        network(operator="MLP"),
        network(attributes={"parameterCount": 3}),
        network(settings={"steps": []}),
        network(layers=(second, first)),
        network(layers=(first,)),
        network(layers=(first._replace(kind="aitia:PoolingLayer"), second)),
        network(layers=(first._replace(operator="Conv1d"), second)),
        network(layers=(first._replace(attributes={"unitCount": 9}), second)),
        network(layers=(first._replace(settings={"groups": 1}), second)),
    ]
    assert len({digest(other) for other in [network(), *others]}) == 11


def test_the_form_is_json_with_sorted_keys() -> None:
    assert canonical(network(layers=())) == (
        b'{"attributes":{},"form":1,"kind":"aitia:NeuralArchitecture","layers":[],'
        b'"operator":"","settings":{}}'
    )


def test_the_records_describe_each_layer_in_order() -> None:
    here, found = records(network(attributes={"parameterCount": 98}))
    whole, conv, groups, dense = found
    assert here == content_iri(digest(network(attributes={"parameterCount": 98})))
    assert whole == Entity(
        here,
        "aitia:NeuralArchitecture",
        "net",
        digest(network(attributes={"parameterCount": 98})),
        {
            "aitia:parameterCount": 98,
            "aitia:layerCount": 2,
            "aitia:hasLayer": [Ref(f"{here}/layer/0"), Ref(f"{here}/layer/1")],
        },
    )
    assert conv.attributes == {
        "aitia:unitCount": 8,
        "aitia:kernelSize": 3,
        "aitia:layerIndex": 0,
        "aitia:feedsInto": [Ref(f"{here}/layer/1")],
    }
    assert groups == Setting(f"{here}/layer/0", "groups", 2)
    assert dense.attributes == {"aitia:unitCount": 10, "aitia:layerIndex": 1}
    assert (conv.type, dense.type) == ("aitia:ConvolutionLayer", "aitia:DenseLayer")


def test_lists_are_recorded_as_json() -> None:
    layer = LAYERS[0]._replace(attributes={"kernelSize": [3, 5]})
    _, found = records(network(layers=(layer,)))
    assert found[1].attributes["aitia:kernelSize"] == Json([3, 5])
