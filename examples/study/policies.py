"""How settings are chosen: at random, by a habit that confounds them, or by intervention.

Every choice is drawn by a seeded generator, so that a study can be repeated network by network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

Settings = dict[str, Any]
Policy = Callable[[np.random.Generator], Settings]

LEVELS: Mapping[str, tuple[Any, ...]] = {
    "label_noise": (0.0, 0.1, 0.2, 0.4),
    "examples": (100, 200, 400, 800),
    "width": (4, 8, 16, 32),
    "depth": (1, 2, 3),
    "optimizer": ("sgd", "adam"),
    "activation": ("relu", "tanh"),
    "batch_size": (16, 32, 64),
    "epochs": (4, 8, 16),
}
"""Settings with a few values each."""

RANGES: Mapping[str, tuple[float, float]] = {
    "learning_rate": (1e-3, 1e-1),
    "weight_decay": (1e-4, 1e-1),
}
"""Settings that are drawn evenly on a logarithmic scale between two ends."""

NAMES = (*LEVELS, *RANGES)

GRID: Mapping[str, tuple[Any, ...]] = {
    **LEVELS,
    **{
        name: tuple(float(f"{v:.4g}") for v in np.geomspace(low, high, 7))
        for name, (low, high) in RANGES.items()
    },
}
"""The values that interventions set."""


class Arrow(NamedTuple):
    """One choice of the habit that looks at another."""

    seen: str
    chosen: str


ARROWS = (
    Arrow("label_noise", "examples"),
    Arrow("label_noise", "weight_decay"),
    Arrow("label_noise", "epochs"),
    Arrow("examples", "width"),
    Arrow("depth", "optimizer"),
    Arrow("width", "learning_rate"),
    Arrow("optimizer", "learning_rate"),
)
"""The whole habit: who sees what before choosing what."""


def randomised(rng: np.random.Generator) -> Settings:
    """Draw every setting independently of all others."""
    found: Settings = {name: _pick(rng, levels) for name, levels in LEVELS.items()}
    for name, (low, high) in RANGES.items():
        found[name] = _round(low * (high / low) ** rng.random())
    return found


def habitual(rng: np.random.Generator) -> Settings:
    """Draw settings as a team might that knows how good its labels are.

    With poor labels it gathers more examples, decays weights more and trains for fewer epochs; with
    more examples it takes wider networks; deep ones it trains with Adam; and it lowers the rate for
    Adam and for wide networks. The quality of the labels acts on the accuracy as well: it
    confounds.
    """
    noise = _pick(rng, LEVELS["label_noise"])
    poor = LEVELS["label_noise"].index(noise) / 3
    examples = _lean(rng, LEVELS["examples"], poor)
    many = LEVELS["examples"].index(examples) / 3
    width = _lean(rng, LEVELS["width"], many)
    depth = _pick(rng, LEVELS["depth"])
    optimizer = "adam" if rng.random() < 0.15 + 0.35 * (depth - 1) else "sgd"
    wide = LEVELS["width"].index(width) / 3
    place = 0.85 - 0.25 * wide - 0.35 * (optimizer == "adam")
    return {
        "label_noise": noise,
        "examples": examples,
        "width": width,
        "depth": depth,
        "optimizer": optimizer,
        "activation": _pick(rng, LEVELS["activation"]),
        "batch_size": _pick(rng, LEVELS["batch_size"]),
        "epochs": _lean(rng, LEVELS["epochs"], 1 - poor),
        "learning_rate": _near(rng, "learning_rate", place),
        "weight_decay": _near(rng, "weight_decay", 0.2 + 0.6 * poor),
    }


def _pick(rng: np.random.Generator, levels: tuple[Any, ...]) -> Any:
    return levels[int(rng.integers(len(levels)))]


def _lean(rng: np.random.Generator, levels: tuple[Any, ...], place: float) -> Any:
    """Draw a level, those near ``place`` (0 is the first, 1 the last) more often."""
    at = np.linspace(0, 1, len(levels))
    weights = np.exp(-3 * np.abs(at - place)) + 0.05
    return levels[int(rng.choice(len(levels), p=weights / weights.sum()))]


def _near(rng: np.random.Generator, name: str, place: float) -> float:
    low, high = RANGES[name]
    return _round(low * (high / low) ** float(np.clip(rng.normal(place, 0.2), 0, 1)))


def _round(value: float) -> float:
    return float(f"{value:.4g}")
