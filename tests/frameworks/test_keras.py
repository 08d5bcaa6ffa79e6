"""Keras 3 on PyTorch, without a change to the script: training, checkpoints, files, evaluation."""

import os

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
pytest.importorskip("torch")
pytest.importorskip("keras")

pytestmark = pytest.mark.frameworks

TRAINING = """
    import numpy as np
    import keras
    from keras import layers

    rng = np.random.default_rng(0)
    X = rng.normal(size=(256, 8, 8, 1)).astype("float32")
    y = (X.mean(axis=(1, 2, 3)) > 0).astype("int32")
    model = keras.Sequential([
        keras.Input((8, 8, 1)),
        layers.Conv2D(4, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dropout(0.1),
        layers.Dense(2, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(
        X[:200], y[:200], epochs=6, batch_size=20, verbose=0, validation_data=(X[200:], y[200:]),
        callbacks=[
            keras.callbacks.EarlyStopping(monitor="loss", patience=0, min_delta=10.0),
            keras.callbacks.ModelCheckpoint("epoch-{epoch}.keras"),
        ],
    )
    model.save("net.keras")
    again = keras.saving.load_model("net.keras")
    again.evaluate(X[200:], y[200:], verbose=0)
"""


def test_a_training_with_its_curves_checkpoints_files_and_evaluation(observe):
    recorded = observe(TRAINING, KERAS_BACKEND="torch")

    trainings = recorded.rows("?t a aitia:TrainingRun ; rdfs:label ?name", "?t ?name")
    assert [name for _, name in trainings] == ["Sequential.fit"]
    curves = recorded.rows(
        "?t aitia:hasLearningCurve ?c . ?c rdfs:label ?name ; aitia:pointCount ?n", "?name ?n"
    )
    assert {name for name, _ in curves} >= {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert len({n for _, n in curves}) == 1
    stopped = recorded.rows('?e rdfs:label "stopped_early" ; prov:value ?value', "?value")
    assert stopped == [(True,)]
    layers = recorded.rows(
        "?a aitia:hasLayer ?l . ?l a ?kind ; aitia:layerIndex ?i ."
        " FILTER(?kind IN (aitia:ConvolutionLayer, aitia:PoolingLayer, aitia:DenseLayer,"
        " aitia:RegularizationLayer))",
        "DISTINCT ?i ?kind",
    )
    assert len(layers) == 4
    checkpoints = recorded.rows(
        "?c a aitia:Checkpoint ; aitia:checkpointStep ?step ; prov:wasDerivedFrom ?m ."
        " ?m prov:wasGeneratedBy ?t . ?t a aitia:TrainingRun",
        "DISTINCT ?step",
    )
    assert (10,) in checkpoints
    evaluated = recorded.rows(
        "?e a aitia:EvaluationRun ; prov:used ?file . ?file rdfs:label 'net.keras' ;"
        " prov:wasDerivedFrom ?m . ?m aitia:hasArchitecture ?a . ?t aitia:trainedOn ?d ."
        " ?m prov:wasGeneratedBy ?t",
        "DISTINCT ?file",
    )
    assert len(evaluated) == 1
