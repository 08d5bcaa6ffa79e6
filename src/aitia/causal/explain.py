"""Why one run did better than another, and what would have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from math import factorial
from typing import NamedTuple

import numpy as np

from aitia.causal.effects import assumptions
from aitia.causal.fit import Fit, fitted
from aitia.causal.process import Matrix
from aitia.causal.surface import Axis
from aitia.errors import CausalError, NotFoundError
from aitia.projection.table import Cell, Column, FeatureTable
from aitia.query.wording import named

EXACT = 7
"""Up to so many differing settings all orders are tried; beyond, orders drawn at random."""

ORDERS = 100


class Share(NamedTuple):
    """What one differing setting contributes: its two values, the part, and its interval."""

    setting: str
    better: Cell
    worse: Cell
    part: float
    low: float
    high: float


class Comparison(NamedTuple):
    """Why run ``one`` and run ``other`` differ in an outcome.

    ``shares`` and ``unexplained`` add up to ``difference``.
    """

    one: str
    other: str
    outcome: str
    values: tuple[float, float]
    shares: tuple[Share, ...]
    unexplained: float
    assumptions: tuple[str, ...]

    @property
    def difference(self) -> float:
        """The outcome of the first less that of the second."""
        return self.values[0] - self.values[1]


class Counterfactual(NamedTuple):
    """What an outcome of a run would have been with other settings."""

    run: str
    outcome: str
    actual: float
    expected: float
    low: float
    high: float
    near: int
    assumptions: tuple[str, ...]


SAME = "what is particular to the run (its seed, its noise) would have stayed as it was"


def why_better(table: FeatureTable, one: str, other: str, *, outcome: str) -> Comparison:
    """Divide the difference of two runs among their differing settings (Shapley values).

    Parameters
    ----------
    table:
        What was projected; both runs are among its units.
    one, other:
        The runs: an IRI, or a part of it that only one unit has.
    outcome:
        The column that they differ in.
    """
    fit = fitted(table, outcome)
    places = [_unit(fit, name) for name in (one, other)]
    first, second = ({c.name: c.values[p] for c in fit.settings} for p in places)
    differ = [name for name in first if first[name] != second[name]]
    level, parts, halves = _shapley(fit, first, second, differ)
    values = (float(fit.values[places[0]]), float(fit.values[places[1]]))
    shares = [
        Share(n, first[n], second[n], float(p), float(p - half), float(p + half))
        for n, p, half in zip(differ, parts, halves, strict=True)
    ]
    shares.sort(key=lambda share: -abs(share.part))
    return Comparison(
        fit.units[places[0]],
        fit.units[places[1]],
        outcome,
        values,
        tuple(shares),
        values[0] - values[1] - level,
        _assumed(fit),
    )


def what_if(
    table: FeatureTable, run: str, changes: Mapping[str, Cell], *, outcome: str
) -> Counterfactual:
    """Return what the outcome of a run would have been with other settings.

    Raises
    ------
    CausalError
        When a change names no setting that can be compared, or a level that no run had.
    """
    fit = fitted(table, outcome)
    place = _unit(fit, run)
    here = {c.name: c.values[place] for c in fit.settings}
    there = {**here, **_checked(fit, changes)}
    both = {n: [there[n], here[n]] for n in here}
    level = fit.surface.at(both)
    half = fit.surface.width * float(fit.surface.error(both, np.array([[1.0, -1.0]]))[0])
    actual = float(fit.values[place])
    expected = actual + float(level[0] - level[1])
    names = [c.name for c in fit.settings]
    rows = (dict(zip(names, r, strict=True)) for r in zip(*(c.values for c in fit.settings),
            strict=True))  # fmt: skip
    near = sum(_near(row, here, there, changes) for row in rows)
    told = (*_assumed(fit), SAME)
    low, high = expected - half, expected + half
    return Counterfactual(fit.units[place], outcome, actual, expected, low, high, near, told)


def _assumed(fit: Fit) -> tuple[str, ...]:
    from aitia.causal.sampling import design

    return assumptions(fit, design(fit.table))


def _unit(fit: Fit, name: str) -> int:
    found = [i for i, unit in enumerate(fit.units) if unit == name]
    found = found or [i for i, unit in enumerate(fit.units) if name in unit]
    if len(found) != 1:
        why = "not among the complete runs" if not found else f"{len(found)} of the runs"
        raise NotFoundError(
            f"{name!r} is {why}", expected="part of the IRI of one unit", next_step="aitia features"
        )
    return found[0]


def _checked(fit: Fit, changes: Mapping[str, Cell]) -> dict[str, Cell]:
    axes = {axis.name: axis for axis in fit.surface.axes}
    made: dict[str, Cell] = {}
    for name, value in changes.items():
        if name not in axes:
            raise CausalError(
                f"{name!r} is no setting that can be compared",
                expected=f"one of {', '.join(axes)}",
            )
        made[name] = _level(axes[name], value, fit.table.called)
    return made


def _level(axis: Axis, value: Cell, called: Sequence[tuple[str, str]]) -> Cell:
    if not axis.few:
        try:
            return float(value) if value is not None else None
        except ValueError:
            raise CausalError(f"{axis.name} = {value!r}", expected="a number") from None
    for level in axis.levels:
        same = str(level) == str(value)
        if same or (isinstance(level, (int, float)) and str(float(level)) == str(value)):
            return level
    meant = [level for level, name in called if level in axis.levels and name == str(value)]
    if len(meant) == 1:
        return meant[0]
    levels = named(", ".join(str(level) for level in axis.levels), called)
    raise CausalError(f"{axis.name} = {value!r}, which no run had", expected=f"one of {levels}")


def _near(
    row: Mapping[str, Cell],
    here: Mapping[str, Cell],
    there: Mapping[str, Cell],
    changes: Mapping[str, Cell],
) -> bool:
    """Return whether a run lies on the side of the changed values, as texts or as numbers."""
    for name in changes:
        new, old, its = there[name], here[name], row[name]
        if isinstance(new, str) or isinstance(its, str):
            if its != new:
                return False
        elif _far(new, old, its):
            return False
    return True


def _far(new: float | None, old: Cell, its: float | None) -> bool:
    if new is None or its is None or not isinstance(old, (int, float)):
        return True
    return abs(its - new) > abs(new - old) / 2


def _shapley(
    fit: Fit, first: Mapping[str, Cell], second: Mapping[str, Cell], differ: Sequence[str]
) -> tuple[float, Matrix, Matrix]:
    """Return the whole difference expected, the part of each setting, and its half-width."""
    orders = _orders(len(differ))
    masks = sorted({frozenset(order[:k]) for order in orders for k in range(len(differ) + 1)},
                   key=sorted)  # fmt: skip
    place = {mask: i for i, mask in enumerate(masks)}
    points = {
        name: [
            (first if name not in differ or differ.index(name) in mask else second)[name]
            for mask in masks
        ]
        for name in first
    }
    weights = np.zeros((len(differ), len(masks)))
    for order in orders:
        for k, item in enumerate(order):
            weights[item, place[frozenset(order[: k + 1])]] += 1 / len(orders)
            weights[item, place[frozenset(order[:k])]] -= 1 / len(orders)
    level = fit.surface.at(points)
    whole = level[place[frozenset(range(len(differ)))]] - level[place[frozenset()]]
    half = fit.surface.width * fit.surface.error(points, weights)
    return float(whole), weights @ level, half


def _orders(count: int) -> list[tuple[int, ...]]:
    if factorial(count) <= factorial(EXACT):
        return list(permutations(range(count)))
    rng = np.random.default_rng(0)
    return [tuple(rng.permutation(count).tolist()) for _ in range(ORDERS)]


CHOSEN = "what chose the settings"


def dot(columns: Sequence[Column], outcome: str) -> str:
    """Return the graph that effects assume, as DoWhy reads it (DOT).

    Every setting acts on the outcome. What chose the settings is not recorded and is a node that no
    column has: so DoWhy adjusts the effect of each setting for all others, as is done here.
    """
    names = [c.name for c in columns if c.name != outcome and c.tier == 0]
    chosen = CHOSEN
    while chosen in (*names, outcome):
        chosen += "_"
    quoted = {name: '"' + name.replace('"', "'") + '"' for name in (*names, outcome, chosen)}
    lines = [f"{quoted[name]} -> {quoted[outcome]};" for name in names]
    if len(names) > 1:
        lines += [f"{quoted[chosen]} -> {quoted[name]};" for name in names]
    return "digraph {\n" + "\n".join(lines) + "\n}\n"
