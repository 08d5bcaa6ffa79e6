"""An architecture is its structure: weights never matter, and any change of structure does."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from aitia.capture.model.architecture import digest, records
from aitia.capture.model.estimators import architecture_of
from aitia.records import Entity

widths = st.lists(st.integers(1, 5), min_size=2, max_size=5)
functions = st.sampled_from(["relu", "tanh", "logistic", "identity"])


@dataclass
class Network:
    """A fitted network as scikit-learn leaves one."""

    coefs_: list[np.ndarray]
    activation: str
    out_activation_: str = "softmax"


def network(sizes: list[int], activation: str, seed: int) -> Network:
    generator = np.random.default_rng(seed)
    weights = [generator.normal(size=pair) for pair in pairwise(sizes)]
    return Network(weights, activation)


@given(widths, functions, st.integers(0, 9), st.integers(0, 9))
@settings(deadline=None)
def test_weights_do_not_matter(sizes: list[int], function: str, one: int, two: int) -> None:
    first = architecture_of(network(sizes, function, one))
    second = architecture_of(network(sizes, function, two))
    assert digest(first) == digest(second)
    assert records(first) == records(second)


@given(widths, widths, functions, functions)
@settings(deadline=None)
def test_structure_does(sizes: list[int], others: list[int], function: str, other: str) -> None:
    first = architecture_of(network(sizes, function, 0))
    second = architecture_of(network(others, other, 0))
    # The activation of a network without hidden layers is never used.
    same = sizes == others and (function == other or len(sizes) == 2)
    assert (digest(first) == digest(second)) == same


@given(widths, functions)
@settings(deadline=None)
def test_the_records_say_what_the_shapes_require(sizes: list[int], function: str) -> None:
    here, found = records(architecture_of(network(sizes, function, 0)))
    entities = [record for record in found if isinstance(record, Entity)]
    whole, layers = entities[0], entities[1:]
    assert whole.id == here
    assert whole.attributes["aitia:layerCount"] == len(layers) == len(sizes) - 1
    assert [layer.attributes["aitia:layerIndex"] for layer in layers] == list(range(len(layers)))
    assert whole.attributes["aitia:parameterCount"] == sum(
        layer.attributes["aitia:parameterCount"] for layer in layers
    )
