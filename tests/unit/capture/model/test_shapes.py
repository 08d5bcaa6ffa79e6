import pytest

from aitia.capture.model.architecture import Layer
from aitia.capture.model.shapes import Call, Trace, observed

CONV = Layer("aitia:ConvolutionLayer", "Conv2d")
RELU = Layer("aitia:ActivationLayer", "ReLU")
POOL = Layer("aitia:PoolingLayer", "MaxPool2d")
GLOBAL = Layer("aitia:PoolingLayer", "AdaptiveAvgPool2d")
DENSE = Layer("aitia:DenseLayer", "Linear")
WORDS = Layer("aitia:EmbeddingLayer", "Embedding")
LSTM = Layer("aitia:RecurrentLayer", "LSTM")
NORM = Layer("aitia:NormalizationLayer", "LayerNorm")

Step = tuple[int, tuple[int, ...], tuple[int, ...]]


class Leaf:
    """Stands for a module: only its identity counts."""


def seen(layers: list[Layer], steps: list[Step]) -> list[Layer]:
    """Return the layers as observed when each step's tensor goes into the next one."""
    leaves = [Leaf() for _ in layers]
    trace = Trace()
    for number, (index, taken, given) in enumerate(steps):
        trace.calls.append(Call(id(leaves[index]), taken, given, (number,), (number + 1,)))
    return observed(layers, leaves, trace)


def shapes(layers: list[Layer]) -> list[tuple[list[int | None], list[int | None]]]:
    return [(layer.observed["inputShape"], layer.observed["outputShape"]) for layer in layers]


def test_before_a_flattening_all_sizes_are_decided() -> None:
    found = seen(
        [CONV, RELU, POOL, DENSE],
        [
            (0, (1, 28, 28), (8, 26, 26)),
            (1, (8, 26, 26), (8, 26, 26)),
            (2, (8, 26, 26), (8, 13, 13)),
            (3, (1352,), (10,)),
        ],
    )
    assert shapes(found) == [
        ([1, 28, 28], [8, 26, 26]),
        ([8, 26, 26], [8, 26, 26]),
        ([8, 26, 26], [8, 13, 13]),
        ([1352], [10]),
    ]


def test_before_a_global_pooling_the_size_of_the_image_is_the_data_s() -> None:
    steps: list[Step] = [
        (0, (3, 32, 32), (8, 30, 30)),
        (1, (8, 30, 30), (8, 1, 1)),
        (2, (8,), (5,)),
    ]
    large: list[Step] = [
        (0, (3, 64, 64), (8, 62, 62)),
        (1, (8, 62, 62), (8, 1, 1)),
        (2, (8,), (5,)),
    ]
    found = seen([CONV, GLOBAL, DENSE], steps)
    assert shapes(found) == [
        ([3, None, None], [8, None, None]),
        ([8, None, None], [8, 1, 1]),
        ([8], [5]),
    ]
    assert shapes(found) == shapes(seen([CONV, GLOBAL, DENSE], large))


def test_the_length_of_a_sequence_is_the_data_s() -> None:
    found = seen(
        [WORDS, LSTM, NORM, DENSE],
        [
            (0, (7,), (7, 16)),
            (1, (7, 16), (7, 32)),
            (2, (7, 32), (7, 32)),
            (3, (7, 32), (7, 2)),
        ],
    )
    assert shapes(found) == [
        ([None], [None, 16]),
        ([None, 16], [None, 32]),
        ([None, 32], [None, 32]),
        ([None, 32], [None, 2]),
    ]


def test_a_tensor_that_is_passed_on_shows_the_connection() -> None:
    leaves = [Leaf() for _ in range(3)]
    trace = Trace()
    trace.calls = [
        Call(id(leaves[0]), (4,), (4,), (100,), (1,)),
        Call(id(leaves[1]), (4,), (4,), (1,), (2,)),
        Call(id(leaves[2]), (4,), (4,), (1, 2), (3,)),
    ]
    found = observed([DENSE, RELU, DENSE], leaves, trace)
    assert [layer.feeds for layer in found] == [(1, 2), (2,), ()]


def test_where_code_stands_between_the_layer_before_feeds_in() -> None:
    leaves = [Leaf() for _ in range(2)]
    trace = Trace()
    trace.calls = [
        Call(id(leaves[0]), (4,), (4,), (100,), (1,)),
        Call(id(leaves[1]), (4,), (4,), (200,), (2,)),
    ]
    assert observed([DENSE, DENSE], leaves, trace)[0].feeds == (1,)


def test_a_layer_that_is_used_twice_makes_no_cycle() -> None:
    found = seen([DENSE, RELU, DENSE], [(i, (4,), (4,)) for i in (0, 1, 2, 1)])
    assert [layer.feeds for layer in found] == [(1,), (2,), ()]


def test_layers_that_were_not_called_and_calls_of_others_are_left_out() -> None:
    leaves = [Leaf(), Leaf()]
    trace = Trace()
    trace.calls = [Call(1, (9,), (9,), (), ()), Call(id(leaves[0]), (4,), (4,), (5,), (6,))]
    found = observed([DENSE, DENSE], leaves, trace)
    assert found[0].observed == {"inputShape": [4], "outputShape": [4]}
    assert found[1] == DENSE


@pytest.mark.parametrize("shape", [(), (3,)])
def test_small_shapes_are_told_as_they_are(shape: tuple[int, ...]) -> None:
    assert shapes(seen([RELU], [(0, shape, shape)])) == [(list(shape), list(shape))]
