"""Small networks that are really trained: perceptrons on scikit-learn's digits, in plain NumPy.

One network takes some 20 ms, so that ten thousand of them are a few minutes' work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
CLASSES = 10


class Digits(NamedTuple):
    """Images (64 grey levels from 0 to 1) and what they show, to learn from and to be tested on."""

    images: Array
    labels: npt.NDArray[np.int64]
    test_images: Array
    test_labels: npt.NDArray[np.int64]


class Epoch(NamedTuple):
    """What is known after an epoch: mean training loss, and accuracy on the test images."""

    number: int
    loss: float
    accuracy: float


@cache
def digits() -> Digits:
    """Return the images, the last 600 kept for testing."""
    from sklearn.datasets import load_digits

    found = load_digits()
    images = (found.data / 16).astype(np.float32)
    labels = found.target.astype(np.int64)
    return Digits(images[:-600], labels[:-600], images[-600:], labels[-600:])


def train(settings: Mapping[str, Any], seed: int) -> Iterator[Epoch]:
    """Train one network on a split of its own, and tell how it goes, epoch by epoch.

    Parameters
    ----------
    settings:
        ``label_noise``, ``examples``, ``width``, ``depth``, ``optimizer``, ``activation``,
        ``learning_rate``, ``weight_decay``, ``batch_size``, ``epochs``.
    seed:
        Of the split, the wrong labels, the first weights and the order of the batches.
    """
    rng = np.random.default_rng(seed)
    pool = digits()
    drawn = rng.permutation(len(pool.images))[: settings["examples"]]
    images, labels = pool.images[drawn], pool.labels[drawn].copy()
    wrong = rng.random(len(labels)) < settings["label_noise"]
    labels[wrong] = rng.integers(0, CLASSES, int(wrong.sum()))
    network = Network(settings, rng)
    size = settings["batch_size"]
    for epoch in range(1, settings["epochs"] + 1):
        order, losses = rng.permutation(len(labels)), []
        for start in range(0, len(order), size):
            batch = order[start : start + size]
            losses.append(network.step(images[batch], labels[batch]))
        right = network.forward(pool.test_images)[-1].argmax(axis=1) == pool.test_labels
        yield Epoch(epoch, float(np.mean(losses)), float(right.mean()))


class Network:
    """A perceptron with hidden layers of one width, and the optimizer that trains it."""

    def __init__(self, settings: Mapping[str, Any], rng: np.random.Generator) -> None:
        sizes = [64, *[settings["width"]] * settings["depth"], CLASSES]
        self.weights: list[Array] = []
        for inward, outward in pairwise(sizes):
            spread = np.sqrt(2 / inward)
            self.weights.append(rng.normal(0, spread, (inward, outward)).astype(np.float32))
            self.weights.append(np.zeros(outward, dtype=np.float32))
        self.tanh = settings["activation"] == "tanh"
        self.adam = settings["optimizer"] == "adam"
        self.rate = np.float32(settings["learning_rate"])
        self.decay = np.float32(settings["weight_decay"])
        self.first = [np.zeros_like(w) for w in self.weights]
        self.second = [np.zeros_like(w) for w in self.weights]
        self.steps = 0

    def forward(self, images: Array) -> list[Array]:
        """Return the values of all layers, the first being the images."""
        layers, last = [images], len(self.weights) - 2
        for place in range(0, len(self.weights), 2):
            value = layers[-1] @ self.weights[place] + self.weights[place + 1]
            if place != last:
                value = np.tanh(value) if self.tanh else np.maximum(value, 0)
            layers.append(value)
        return layers

    def step(self, images: Array, labels: npt.NDArray[np.int64]) -> float:
        """Learn from one batch; return its cross-entropy before that."""
        layers = self.forward(images)
        logits = layers[-1] - layers[-1].max(axis=1, keepdims=True)
        chances = np.exp(logits)
        chances /= chances.sum(axis=1, keepdims=True)
        rows = np.arange(len(labels))
        loss = float(-np.log(np.maximum(chances[rows, labels], 1e-12)).mean())
        chances[rows, labels] -= 1
        self._descend(self._gradients(layers, chances / len(labels)))
        return loss

    def _gradients(self, layers: list[Array], error: Array) -> list[Array]:
        found: list[Array] = []
        for place in range(len(self.weights) - 2, -1, -2):
            below = layers[place // 2]
            found = [below.T @ error + self.decay * self.weights[place], error.sum(axis=0), *found]
            if place:
                error = error @ self.weights[place].T
                error *= 1 - below * below if self.tanh else below > 0
        return found

    def _descend(self, gradients: list[Array]) -> None:
        self.steps += 1
        if not self.adam:
            for place, gradient in enumerate(gradients):
                self.first[place] = 0.9 * self.first[place] + gradient
                self.weights[place] -= self.rate * np.clip(self.first[place], -10, 10)
            return
        rate = self.rate * np.float32(np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps))
        for place, gradient in enumerate(gradients):
            self.first[place] += 0.1 * (gradient - self.first[place])
            self.second[place] += 0.001 * (gradient * gradient - self.second[place])
            self.weights[place] -= rate * self.first[place] / (np.sqrt(self.second[place]) + 1e-8)
