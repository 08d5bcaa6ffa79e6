import os

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")

from keras import layers  # noqa: E402

from aitia.capture.model.architecture import digest  # noqa: E402
from aitia.capture.model.keras_layers import architecture_of  # noqa: E402

pytestmark = pytest.mark.frameworks


def branched(width: int = 8):
    given = keras.Input((8, 8, 1))
    hidden = layers.Flatten()(layers.Conv2D(4, (3, 5), activation="relu", padding="same")(given))
    left, right = layers.Dense(width)(hidden), layers.Dropout(0.25)(layers.Dense(width)(hidden))
    return keras.Model(given, layers.Dense(2)(layers.Concatenate()([left, right])))


def test_layers_tell_kinds_shapes_choices_and_connections() -> None:
    found = architecture_of(branched())
    names = [layer.operator for layer in found.layers]
    assert names[:2] == ["Conv2D", "Flatten"]
    convolution = found.layers[0]
    assert convolution.attributes == {
        "unitCount": 4,
        "kernelSize": [3, 5],
        "stride": 1,
        "padding": "same",
        "activationFunction": "relu",
        "parameterCount": 64,
    }
    assert convolution.observed == {"inputShape": [8, 8, 1], "outputShape": [8, 8, 4]}
    (dropout,) = [layer for layer in found.layers if layer.operator == "Dropout"]
    assert dropout.attributes["dropoutRate"] == 0.25
    joined = names.index("Concatenate")
    assert sum(joined in layer.feeds for layer in found.layers) == 2
    assert len(found.layers[1].feeds) == 2
    total = branched().count_params()
    assert found.attributes["parameterCount"] == total


def test_names_and_weights_are_no_part_of_the_form_and_widths_are() -> None:
    assert digest(architecture_of(branched())) == digest(architecture_of(branched()))
    assert digest(architecture_of(branched())) != digest(architecture_of(branched(9)))


def test_a_frozen_layer_has_its_parameters_all_the_same() -> None:
    model = branched()
    before = digest(architecture_of(model))
    model.layers[1].trainable = False
    assert digest(architecture_of(model)) == before


def test_nested_models_are_looked_into() -> None:
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.ReLU()])
    outer = keras.Sequential([keras.Input((4,)), inner, layers.Dense(1)])
    found = architecture_of(outer)
    assert [layer.operator for layer in found.layers] == ["Dense", "ReLU", "Dense"]


class Own(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = layers.Dense(3), layers.Dense(1)

    def call(self, x):
        return self.second(self.first(x))


def test_the_code_of_a_model_of_the_users_is_part_of_the_form() -> None:
    model = Own()
    model(np.zeros((1, 2), "float32"))
    found = architecture_of(model)
    assert list(found.settings) == ["call of Own"]
    assert [layer.operator for layer in found.layers] == ["Dense", "Dense"]
    assert found.layers[0].feeds == (1,)
