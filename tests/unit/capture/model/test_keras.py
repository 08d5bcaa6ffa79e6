import os

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")

from aitia.capture.application import arrays  # noqa: E402
from aitia.capture.model.keras import KerasAdapter  # noqa: E402
from aitia.capture.model.keras_layers import architecture_of, kind_of  # noqa: E402
from aitia.capture.model.keras_training import weights_digest  # noqa: E402
from aitia.capture.model.torch import TorchAdapter  # noqa: E402
from aitia.records import Ended, Entity, Generated, Point, Started, Used  # noqa: E402

pytestmark = pytest.mark.frameworks

RNG = np.random.default_rng(0)
X = RNG.normal(size=(64, 6)).astype("float32")
y = (X[:, 0] > 0).astype("int32")


@pytest.fixture(autouse=True)
def _arrays() -> None:
    arrays.register()


def network(rate: float = 0.01):
    model = keras.Sequential(
        [keras.layers.Dense(8, activation="relu"), keras.layers.Dense(2, activation="softmax")]
    )
    model.compile(
        keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


def test_a_fit_tells_configuration_data_epochs_and_model_once(observe) -> None:
    model = network()
    with observe(TorchAdapter(), KerasAdapter()) as observed:
        model.fit(X, y, epochs=3, batch_size=16, validation_data=(X, y), verbose=0)
    records = observed.records
    (start,), (end,) = records.of(Started), records.of(Ended)
    assert (start.name, start.type) == ("Sequential.fit", "aitia:TrainingRun")
    assert end.generated == {"epochs": 3}
    points = records.of(Point)
    assert [point.step for point in points] == [1, 2, 3]
    assert set(points[0].values) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    told = {e.type: e for e in records.of(Entity)}
    chosen = told["aitia:TrainingConfiguration"].attributes
    assert chosen["aitia:learningRate"] == pytest.approx(0.01)
    assert (chosen["aitia:batchSize"], chosen["aitia:epochBudget"]) == (16, 3)
    assert told["aitia:Optimizer"].label == "Adam"
    assert told["aitia:LossFunction"].label == "CrossEntropy"
    assert told["aitia:NeuralArchitecture"].attributes["aitia:parameterCount"] == 74
    assert told["aitia:Model"].digest is not None
    assert len(records.of(Generated)) == 1
    relations = {used.role: used.relation for used in records.of(Used) if used.role}
    assert relations == {
        "x": "aitia:trainedOn",
        "y": "aitia:trainedOn",
        "x_val": "prov:used",
        "y_val": "prov:used",
    }


def test_a_training_that_stops_early_says_so(observe) -> None:
    stop = keras.callbacks.EarlyStopping(monitor="loss", patience=1, min_delta=100.0)
    with observe(KerasAdapter()) as observed:
        network().fit(X, y, epochs=9, verbose=0, callbacks=[stop])
    (end,) = observed.records.of(Ended)
    assert end.generated["stopped_early"] is True
    assert end.generated["epochs"] < 9


def test_what_is_trained_on_uses_the_model_before(observe) -> None:
    model = network()
    with observe(KerasAdapter()) as observed:
        model.fit(X, y, epochs=1, verbose=0)
        model.fit(X, y, epochs=1, verbose=0)
    first, second = [made.entity for made in observed.records.of(Generated)]
    used = [u.entity for u in observed.records.of(Used) if u.role == "model"]
    assert first != second
    assert used == [first]


def test_an_evaluation_tells_model_data_and_measures(observe) -> None:
    model = network()
    with observe(KerasAdapter()) as observed:
        model.fit(X, y, epochs=1, verbose=0)
        loss, accuracy = model.evaluate(X, y, verbose=0)
    start = observed.records.of(Started)[-1]
    assert start.type == "aitia:EvaluationRun"
    measured = observed.records.of(Point)[-1]
    assert measured.values == {"loss": loss, "accuracy": accuracy}
    assert measured.step is None
    used = {u.role: u for u in observed.records.of(Used) if u.activity == start.id}
    assert used["model"].entity == observed.records.of(Generated)[0].entity
    assert used["x"].relation == "aitia:evaluatedOn"


def test_a_broken_off_training_keeps_its_epochs_and_its_model(observe) -> None:
    class Break(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None) -> None:
            if epoch == 1:
                raise KeyboardInterrupt

    with observe(KerasAdapter()) as observed, pytest.raises(KeyboardInterrupt):
        network().fit(X, y, epochs=5, verbose=0, callbacks=[Break()])
    (end,) = observed.records.of(Ended)
    assert end.error.startswith("KeyboardInterrupt")
    assert [point.step for point in observed.records.of(Point)] == [1, 2]
    assert [e for e in observed.records.of(Entity) if e.type == "aitia:Model"]


def test_a_model_that_is_read_is_the_content_of_its_file(observe, tmp_path) -> None:
    path = str(tmp_path / "net.keras")
    model = network()
    model.fit(X, y, epochs=1, verbose=0)
    model.save(path)
    with observe(KerasAdapter()) as observed:
        again = keras.saving.load_model(path)
        again.evaluate(X, y, verbose=0)
    (read,) = [e for e in observed.records.of(Entity) if e.type == "aitia:Model"]
    assert read.label == "net.keras"
    assert read.id in [u.entity for u in observed.records.of(Used)]


def test_everything_is_put_back() -> None:
    before = keras.Model.fit, keras.Model.evaluate, keras.saving.load_model
    from aitia.capture.scopes import CurrentScope

    adapter = KerasAdapter()
    adapter.start(CurrentScope())
    assert keras.Model.fit is not before[0]
    assert keras.Model.fit.__wrapped__ is before[0]
    adapter.stop(CurrentScope())
    assert (keras.Model.fit, keras.Model.evaluate, keras.saving.load_model) == before


def test_the_same_weights_are_the_same_model() -> None:
    model, other = network(), network()
    model.build((None, 6))
    other.build((None, 6))
    structure = architecture_of(model)
    assert weights_digest(model, structure, 1 << 20) != weights_digest(other, structure, 1 << 20)
    other.set_weights(model.get_weights())
    assert weights_digest(model, structure, 1 << 20) == weights_digest(other, structure, 1 << 20)
    assert weights_digest(model, structure, 10) is None


def test_a_schedule_gives_its_first_rate(observe) -> None:
    model = network()
    model.compile(
        keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.5, 10, 0.9)), "mse"
    )
    with observe(KerasAdapter()) as observed:
        model.fit(X, np.zeros((64, 2)), epochs=1, verbose=0)
    (chosen,) = [e for e in observed.records.of(Entity) if "Configuration" in e.type]
    assert chosen.attributes["aitia:learningRate"] == 0.5


def test_the_kind_of_a_layer_is_that_of_its_module() -> None:
    layers = keras.layers
    kinds = {
        layers.Conv2D(4, 3): "Convolution",
        layers.MaxPooling2D(): "Pooling",
        layers.BatchNormalization(): "Normalization",
        layers.Dropout(0.1): "Regularization",
        layers.LSTM(4): "Recurrent",
        layers.MultiHeadAttention(2, 4): "Attention",
        layers.Embedding(10, 4): "Embedding",
        layers.Dense(2): "Dense",
        layers.ReLU(): "Activation",
        layers.Flatten(): "",
    }
    assert {kind_of(layer) for layer in kinds} == {f"aitia:{kind}Layer" for kind in kinds.values()}
    assert all(kind_of(layer) == f"aitia:{kind}Layer" for layer, kind in kinds.items())
