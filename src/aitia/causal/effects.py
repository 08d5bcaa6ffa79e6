"""What a setting does to an outcome: dose-response, adjusted for the whole recorded configuration.

Provenance guarantees that the configuration is recorded completely, and says what came before what:
that is the adjustment. Where settings were drawn at random the contrast is an experiment's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from aitia.causal.fit import Fit, fitted
from aitia.causal.guards import Line
from aitia.causal.overlap import Bins, chances, shares
from aitia.causal.process import Matrix
from aitia.causal.sampling import Design
from aitia.causal.sampling import design as sampling
from aitia.errors import CausalError
from aitia.projection.table import Cell, Column, FeatureTable

POPULATION = 400
"""How many runs, drawn once, an effect is averaged over."""

OVERLAP = 0.5
"""A dose that fewer than this share of the runs could well have had is not judged."""

FOLDS = 3

APIECE = 15
"""Runs that each dose of an experiment has at least, where its setting is a number."""

ASKED = 500
"""Runs, drawn at random, in which a setting is permuted for its importance."""


class Dose(NamedTuple):
    """What is expected at one value of a setting.

    Attributes
    ----------
    value:
        The value.
    runs:
        How many runs had it, or one near.
    naive:
        Mean outcome of those runs, as it is.
    effect, low, high:
        Expected outcome less the mean over all doses, were every run given the value; the interval.
    doubly:
        The same by augmented inverse-probability weighting, as a check.
    overlap:
        Share of the runs that could well have had the value.
    """

    value: Cell
    runs: int
    naive: float
    effect: float
    low: float
    high: float
    doubly: float
    overlap: float

    @property
    def judged(self) -> bool:
        """Whether enough runs could have had it."""
        return self.overlap >= OVERLAP


@dataclass(frozen=True)
class Effect:
    """The effect of one setting.

    Attributes
    ----------
    cause, outcome:
        Names of the columns.
    doses:
        The dose-response, by value.
    adjusted:
        Columns that were adjusted for.
    experimental:
        Why the setting counts as drawn at random, or None: then the effect is adjusted only.
    importance:
        Loss of explained spread when the setting is permuted: beside the effect, for ranking.
    """

    cause: str
    outcome: str
    doses: tuple[Dose, ...]
    adjusted: tuple[str, ...]
    experimental: str | None
    importance: float

    @property
    def span(self) -> float:
        """The greatest difference between doses that can be judged; 0 with fewer than two."""
        judged = [dose.effect for dose in self.doses if dose.judged]
        return max(judged) - min(judged) if len(judged) > 1 else 0.0

    @property
    def clear(self) -> bool:
        """Whether the intervals of its best and worst dose that can be judged lie apart."""
        judged = [dose for dose in self.doses if dose.judged]
        return len(judged) > 1 and max(d.low for d in judged) > min(d.high for d in judged)


@dataclass(frozen=True, eq=False)
class Effects:
    """The effects of all settings on an outcome, the greatest first."""

    outcome: str
    effects: tuple[Effect, ...]
    lines: tuple[Line, ...]
    assumptions: tuple[str, ...]
    fit: Fit = field(repr=False)

    def __getitem__(self, name: str) -> Effect:
        for effect in self.effects:
            if effect.cause == name:
                return effect
        raise CausalError(
            f"no effect of {name!r} was estimated",
            expected=f"one of {', '.join(e.cause for e in self.effects)}",
        )


def effects(
    table: FeatureTable,
    *,
    outcome: str,
    causes: Sequence[str] = (),
    population: FeatureTable | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Effects:
    """Estimate what settings do to an outcome.

    Parameters
    ----------
    table:
        What was projected.
    outcome:
        The column that is asked about: a number known after the settings.
    causes:
        Settings to ask about; all when empty.
    population:
        Runs whose settings the effect is averaged over; the table's own when None.
    seed:
        Of the draw of that population and of the folds.
    progress:
        Called with the settings done and to do.

    Raises
    ------
    CausalError
        When the table does not allow an answer.
    """
    fit = fitted(table, outcome)
    names = [c.name for c in fit.settings]
    for name in causes:
        if name not in names:
            raise CausalError(
                f"{name!r} is no setting that can be compared",
                expected=f"one of {', '.join(names)}",
                next_step="aitia features NAME --beliefs says what counts as a setting",
            )
    how = sampling(table)
    people = _people(fit, population, np.random.default_rng(seed))
    folds = _folds(fit, seed)
    wanted = [c for c in fit.settings if not causes or c.name in causes]
    found = []
    for place, column in enumerate(wanted):
        found.append(_effect(fit, column, people, folds, outcome, how.random.get(column.name)))
        if progress is not None:
            progress(place + 1, len(wanted))
    found.sort(key=lambda e: (-e.span, e.cause))
    return Effects(outcome, tuple(found), fit.lines, assumptions(fit, how), fit)


def assumptions(fit: Fit, how: Design) -> tuple[str, ...]:
    """Return what effects rest on, in sentences."""
    drawn = sorted(c.name for c in fit.settings if c.name in how.random)
    found = []
    if drawn:
        found.append(f"drawn at random, regardless of all else, as recorded: {', '.join(drawn)}")
    if len(drawn) < len(fit.settings):
        chosen = "a setting that was not drawn" if drawn else "a setting"
        found.append(
            f"whatever acts on both {chosen} and the outcome is itself among the recorded settings"
        )
    found += [
        "settings act on the outcome, and not on it through each other: a setting that was chosen "
        "by looking at another is held fixed",
        "the surface is smooth: a Gaussian process of what one, two and three settings do together",
    ]
    adaptive = how.adaptive
    found.append(f"runs are independent; here {adaptive}" if adaptive else "runs are independent")
    selected = [line.text for line in fit.lines if line.kind == "selection"]
    found.append("; ".join(selected) or "no run was left out by its result")
    return tuple(found)


def _people(
    fit: Fit, population: FeatureTable | None, rng: np.random.Generator
) -> dict[str, list[Cell]]:
    if population is not None:
        columns = {c.name: population[c.name].values for c in fit.settings}
        rows = rng.permutation(len(population))[:POPULATION].tolist()
        return {name: [values[i] for i in rows] for name, values in columns.items()}
    return fit.points(sorted(rng.permutation(len(fit.units))[:POPULATION].tolist()))


def _folds(fit: Fit, seed: int) -> Matrix:
    """Return predictions of each run by the other folds' runs: residuals are honest."""
    rng = np.random.default_rng(seed)
    groups = np.array(fit.groups)
    fold = rng.integers(0, FOLDS, int(groups.max()) + 1)[groups]
    out: Matrix = np.full(len(groups), np.nan)
    out[fit.surface.rows] = fit.surface.left_out(fold[fit.surface.rows])
    return out


def _effect(
    fit: Fit,
    column: Column,
    people: dict[str, list[Cell]],
    honest: Matrix,
    outcome: str,
    random: str | None,
) -> Effect:
    if random is not None:
        return _experiment(fit, column, outcome, random)
    bins = Bins(column)
    others = [c for c in fit.settings if c.name != column.name]
    likely = chances(column, bins, others)
    level, error = fit.surface.curve(people, column.name, bins.doses)
    effect, half = level - level.mean(), fit.surface.width * error
    doubly = _doubly(fit, bins, likely, honest, level)
    overlap = shares(likely, bins.place)
    doses = tuple(
        Dose(
            value,
            int((bins.place == k).sum()),
            float(fit.values[bins.place == k].mean()),
            float(effect[k]),
            float(effect[k] - half[k]),
            float(effect[k] + half[k]),
            float(doubly[k]),
            float(overlap[k]),
        )
        for k, value in enumerate(bins.doses)
    )
    adjusted = tuple(c.name for c in others)
    return Effect(column.name, outcome, doses, adjusted, random, _importance(fit, column))


def _experiment(fit: Fit, column: Column, outcome: str, random: str) -> Effect:
    """Return contrasts of means: the setting was drawn at random, so they need no adjustment.

    Intervals are Student's, by the configurations of each dose.
    """
    from scipy.stats import t

    bins = Bins(column, most=max(3, min(10, len(fit.units) // APIECE)))
    groups = np.array(fit.groups)
    level, error, width = np.zeros(bins.count), np.zeros(bins.count), np.zeros(bins.count)
    for k in range(bins.count):
        had = bins.place == k
        values, which = fit.values[had], np.unique(groups[had], return_inverse=True)[1]
        level[k] = values.mean()
        sums = np.bincount(which, values - level[k])
        count = len(sums)
        error[k] = np.sqrt((sums**2).sum() * count / max(1, count - 1)) / len(values)
        width[k] = t.ppf(0.975, max(1, count - 1))
    effect = level - level.mean()
    half = width * np.sqrt(error**2 * (1 - 2 / bins.count) + (error**2).mean() / bins.count)
    doses = tuple(
        Dose(
            value,
            int((bins.place == k).sum()),
            float(level[k]),
            float(effect[k]),
            float(effect[k] - half[k]),
            float(effect[k] + half[k]),
            float(effect[k]),
            1.0,
        )
        for k, value in enumerate(bins.doses)
    )
    return Effect(column.name, outcome, doses, (), random, _importance(fit, column))


def _doubly(fit: Fit, bins: Bins, likely: Matrix, honest: Matrix, level: Matrix) -> Matrix:
    """Return the level of each dose, put right by weighted residuals of the runs that had it."""
    # Runs that the surface was not fitted to tell nothing here.
    known = ~np.isnan(honest)
    left = np.where(known, fit.values - honest, 0.0)
    found = []
    for k in range(bins.count):
        had = (bins.place == k) & known
        weight = had / np.maximum(likely[:, k], 0.02)
        found.append(level[k] + float((weight * left).sum() / max(weight.sum(), 1e-300)))
    made: Matrix = np.array(found)
    made -= made.mean()
    return made


def _importance(fit: Fit, column: Column) -> float:
    """Return how much of the explained spread goes when the setting is permuted."""
    rng = np.random.default_rng(0)
    rows = rng.permutation(len(fit.units))[:ASKED].tolist()
    points, values = fit.points(rows), fit.values[rows]
    whole = ((values - fit.surface.at(points)) ** 2).mean()
    points[column.name] = [column.values[i] for i in rng.permutation(rows).tolist()]
    less = ((values - fit.surface.at(points)) ** 2).mean()
    return float((less - whole) / fit.values.var())
