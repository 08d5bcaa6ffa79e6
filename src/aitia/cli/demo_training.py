"""The demo's training job: a random search over small networks on scikit-learn's digits.

``aitia demo`` runs it as ``python -m aitia.cli.demo_training``, in a process of its own, as a
user's script would be. What is recorded is recorded by the public API and the adapters; only the
faulty record is written by hand.
"""

from __future__ import annotations

import argparse
import random
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

import aitia
from aitia.capture.context import here
from aitia.records import Entity

EPOCHS = 24
WIDTHS = (8, 16, 32, 64)


class Split(NamedTuple):
    """Training and test data of one variant of the images."""

    name: str
    x_train: Any
    x_test: Any
    y_train: Any
    y_test: Any


SPACE: dict[str, Any] = {
    "hidden_layer_sizes": f"1, 1, 2 or 3 layers of {', '.join(map(str, WIDTHS))} units each",
    "activation": ("relu", "tanh", "logistic"),
    "solver": ("sgd", "adam"),
    "learning_rate_init": "loguniform(1e-4, 1e-1)",
    "alpha": "loguniform(1e-5, 1e-1)",
    "batch_size": (32, 64, 128),
}
"""What ``draw`` draws from, as the search tells it."""


def draw(rng: random.Random) -> dict[str, Any]:
    """Return one configuration, every choice drawn independently."""
    depth = rng.choice((1, 1, 2, 3))
    return {
        "hidden_layer_sizes": tuple(rng.choice(WIDTHS) for _ in range(depth)),
        "activation": rng.choice(SPACE["activation"]),
        "solver": rng.choice(SPACE["solver"]),
        "learning_rate_init": round(10 ** rng.uniform(-4.0, -1.0), 6),
        "alpha": round(10 ** rng.uniform(-5.0, -1.0), 7),
        "batch_size": rng.choice(SPACE["batch_size"]),
    }


def planted() -> Iterator[dict[str, Any]]:
    """Yield two configurations that fail in known ways: one diverges, one never learns."""
    base = {"hidden_layer_sizes": (32, 16), "activation": "relu", "solver": "sgd"}
    yield {**base, "learning_rate_init": 400.0, "alpha": 1.0, "batch_size": 32}
    yield {**base, "learning_rate_init": 1e-7, "alpha": 0.0, "batch_size": 128}


@aitia.task
def prepare(noise: float, seed: int) -> tuple[Any, Any]:
    """Load the images and add Gaussian noise of this standard deviation (in grey levels of 16)."""
    digits = load_digits()
    images = digits.data / 16.0
    generator = np.random.default_rng(seed)
    return images + generator.normal(0.0, noise, images.shape), digits.target


@aitia.task
def split(images: Any, labels: Any, test_size: float, seed: int) -> tuple[Any, ...]:
    """Split into training and test data."""
    return tuple(train_test_split(images, labels, test_size=test_size, random_state=seed))


def train(
    name: str, data: Split, configuration: dict[str, Any], seed: int, sampler: str | None
) -> MLPClassifier | None:
    """Train one network as a run of its own; return None when it diverged beyond repair.

    ``sampler`` is what chose its configuration, if it was not that of the search.
    """
    model = MLPClassifier(
        **configuration,
        max_iter=EPOCHS,
        early_stopping=True,
        n_iter_no_change=EPOCHS,
        validation_fraction=0.15,
        random_state=seed,
    )
    with aitia.run(name, sampler=sampler, data=data.name, seed=seed):
        try:
            model.fit(data.x_train, data.y_train)
        except ValueError as error:
            aitia.params(outcome=f"diverged: {error}")
            return None
        aitia.log(
            train_accuracy=model.score(data.x_train, data.y_train),
            test_accuracy=model.score(data.x_test, data.y_test),
        )
    return model


def search(out: Path, networks: int, seed: int) -> None:
    """Train all networks, keep the best, and report progress on standard output."""
    rng = random.Random(seed)
    variants = []
    for name, noise in (("digits", 0.0), ("digits-noisy", 0.35)):
        images, labels = prepare(noise, seed)
        variants.append(Split(name, *split(images, labels, 0.25, seed)))
    by_hand = list(planted())
    configurations = [*by_hand, *(draw(rng) for _ in range(networks - len(by_hand)))]
    best: tuple[float, MLPClassifier | None] = (-1.0, None)
    with aitia.run(
        "random search",
        type="aitia:Campaign",
        sampler="random",
        space=SPACE,
        networks=networks,
        search_seed=seed,
    ):
        for i in aitia.loop(range(networks), "network"):
            data = variants[i % 2]
            sampler = "manual" if i < len(by_hand) else None
            model = train(f"net-{i:02d}", data, configurations[i], seed + i, sampler)
            if model is not None:
                score = float(model.score(data.x_test, data.y_test))
                best = max(best, (score, model), key=lambda pair: pair[0])
            show(i + 1, networks, best[0])
    if best[1] is not None:
        save(best[1], out / "best-model.npz")


@aitia.task
def save(model: MLPClassifier, path: Path) -> None:
    """Write the weights of a model to a file."""
    np.savez(path, *model.coefs_, *model.intercepts_)
    aitia.make(path, role="model")


def show(done: int, total: int, best: float) -> None:
    """Draw how far the search is: a bar that moves on a terminal, a line now and then elsewhere."""
    filled = 30 * done // total
    line = f"  training {'█' * filled}{'░' * (30 - filled)} {done}/{total}  best {best:.3f}"
    if sys.stderr.isatty():
        print(f"\r{line}", end="\n" if done == total else "", file=sys.stderr, flush=True)
    elif done % 16 == 0 or done == total:
        print(line, file=sys.stderr, flush=True)


def plant_fault() -> None:
    """Record a dataset whose digest was mistyped, for the gate to refuse."""
    running = here()
    if running is not None:
        running[0].emit(Entity("mistyped", "aitia:Dataset", "labels", digest="9f86d0-not-a-digest"))


def main() -> None:
    """Parse the command line and search."""
    parser = argparse.ArgumentParser(description="Random search over small networks on digits.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--networks", type=int, default=64)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore", ConvergenceWarning)
    plant_fault()
    with np.errstate(all="ignore"):
        search(options.out, options.networks, options.seed)


if __name__ == "__main__":
    main()
