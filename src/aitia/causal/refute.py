"""Attempts to refute an effect: what should vanish, what should stay, what would explain it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from aitia.causal.effects import Effect, effects
from aitia.errors import CausalError
from aitia.projection.table import Column, FeatureTable


class Refutation(NamedTuple):
    """One attempt: its name, what came of it, whether the effect stood, and what it means."""

    name: str
    value: float
    stood: bool
    text: str


def refute(table: FeatureTable, effect: Effect, *, seed: int = 0) -> tuple[Refutation, ...]:
    """Try to refute an effect by a placebo, a random common cause, half of the runs, an E-value."""
    rng = np.random.default_rng(seed)
    return (
        _placebo(table, effect, rng),
        _random_cause(table, effect, rng),
        _subset(table, effect, rng),
        _e_value(table, effect),
    )


def _again(table: FeatureTable, effect: Effect) -> Effect:
    return effects(table, outcome=effect.outcome, causes=(effect.cause,))[effect.cause]


def _placebo(table: FeatureTable, effect: Effect, rng: np.random.Generator) -> Refutation:
    """Permute the setting: what is left of its effect is what the method makes up."""
    column = table[effect.cause]
    order = rng.permutation(len(table)).tolist()
    mixed = replace(column, values=tuple(column.values[i] for i in order), derived_from=())
    span = _again(_with(table, mixed), effect).span
    text = f"with {effect.cause} permuted its effect spans {span:.3g} instead of {effect.span:.3g}"
    return Refutation("placebo", span, span < effect.span / 2, text)


def _random_cause(table: FeatureTable, effect: Effect, rng: np.random.Generator) -> Refutation:
    """Adjust for noise too: nothing should change."""
    noise = Column("random common cause", tuple(rng.normal(size=len(table)).tolist()), "continuous",
                   tier=0)  # fmt: skip
    span = _again(replace(table, columns=(*table.columns, noise)), effect).span
    text = f"adjusted for a random column too, the effect spans {span:.3g}"
    stood = abs(span - effect.span) < max(0.25 * effect.span, 1e-12)
    return Refutation("random common cause", span, stood, text)


def _subset(table: FeatureTable, effect: Effect, rng: np.random.Generator) -> Refutation:
    """Look at a random half: the effect should come back."""
    rows = sorted(rng.permutation(len(table))[: len(table) // 2].tolist())
    try:
        half = _again(table.take(rows), effect)
    except CausalError as error:
        return Refutation("subset", float("nan"), False, f"could not be tried: {error.got}")
    # Doses of a number move with the sample; its span and direction should not.
    text = f"in a random half of the runs the effect spans {half.span:.3g}"
    stood = abs(half.span - effect.span) < max(0.5 * effect.span, 1e-12)
    return Refutation("subset", half.span, stood, text)


def _e_value(table: FeatureTable, effect: Effect) -> Refutation:
    """Say how strong an unrecorded common cause must be to explain the effect away."""
    values = [v for v in table[effect.outcome].values if isinstance(v, (int, float)) and v == v]
    spread = float(np.std(values)) or 1.0
    value = e_value(effect.span / spread)
    text = (
        f"an unrecorded cause of both would have to be tied to each by a risk ratio of {value:.2f} "
        "to explain the effect away"
    )
    return Refutation("E-value", value, value > 1.5, text)


def e_value(difference: float) -> float:
    """Return the E-value of a standardised difference (VanderWeele and Ding 2017)."""
    ratio = math.exp(0.91 * abs(difference))
    return ratio + math.sqrt(ratio * (ratio - 1))


def _with(table: FeatureTable, column: Column) -> FeatureTable:
    return replace(table, columns=tuple(column if c.name == column.name else c for c in table))
