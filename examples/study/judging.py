"""Set what an analysis of the habit's runs says beside what interventions show to be true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from examples.study.plan import Plan
from examples.study.policies import GRID, NAMES, RANGES

from aitia.causal.effects import Effect, effects
from aitia.projection.table import FeatureTable

Numbers = npt.NDArray[np.float64]
OUTCOMES = ("accuracy.last", "loss.last", "accuracy.first", "loss.first")
MAIN = OUTCOMES[0]
HIDDEN = "label_noise"
MATTERS = 0.005
"""A setting acts if its interventions account for this share of the outcome's variance."""


class Curve(NamedTuple):
    """What interventions show: mean outcome at each value of a grid, and its standard error."""

    values: tuple[Any, ...]
    means: Numbers
    errors: Numbers
    share: float

    def at(self, name: str, doses: Sequence[Any]) -> tuple[Numbers, Numbers]:
        """Return mean and standard error at other values: between the grid's, on its scale."""
        if name not in RANGES:
            places = [self.values.index(dose) for dose in doses]
            return self.means[places], self.errors[places]
        grid, wanted = np.log(self.values), np.log(np.array(doses, dtype=float))
        return np.interp(wanted, grid, self.means), np.interp(wanted, grid, self.errors)


class Errors(NamedTuple):
    """How far an effect, and the mean outcomes as they are, lie from the truth, dose by dose."""

    cause: str
    adjusted: Numbers
    naive: Numbers
    covered: list[bool]
    judged: float


def rows(table: FeatureTable, **wanted: object) -> FeatureTable:
    """Return the units that have these values in these columns."""
    kept = np.ones(len(table), dtype=bool)
    for name, value in wanted.items():
        kept &= np.array([cell == value for cell in table[name].values])
    return table.take(np.flatnonzero(kept).tolist())


def truths(table: FeatureTable, outcome: str) -> dict[str, Curve]:
    """Return what interventions on each setting do to an outcome."""
    done = rows(table, policy="intervention")
    named = np.array(done["intervened"].values)
    base = np.array(done["base"].values, dtype=int)
    values = np.array(done[outcome].values, dtype=float)
    found = {}
    for name, grid in GRID.items():
        cells = np.array(done[name].values, dtype=object)
        groups = [(named == name) & (cells == value) for value in grid]
        means = np.array([values[group].mean() for group in groups])
        errors = np.array([_error(values[group], base[group]) for group in groups])
        share = max(0.0, float(means.var() - (errors**2).mean()) / float(values.var()))
        found[name] = Curve(grid, means, errors, share)
    return found


def _error(values: Numbers, base: npt.NDArray[np.int64]) -> float:
    """Return the standard error of a mean over fixed configurations: seeds alone vary."""
    within = [float(np.var(values[base == b], ddof=1)) for b in np.unique(base)]
    return float(np.sqrt(np.mean(within) / len(values)))


def errors(effect: Effect, truth: Curve) -> Errors | None:
    """Return the errors of an effect where it was judged; None where fewer than two doses were."""
    doses = [dose for dose in effect.doses if dose.judged]
    if len(doses) < 2:
        return None
    means, spread = truth.at(effect.cause, [dose.value for dose in doses])

    def off(found: Iterable[float]) -> Numbers:
        left = np.array(list(found)) - means
        centred: Numbers = left - left.mean()
        return centred

    adjusted = off(dose.effect for dose in doses)
    half = np.array([(dose.high - dose.low) / 2 for dose in doses])
    covered = (np.abs(adjusted) <= np.hypot(half, 1.96 * spread)).tolist()
    naive = off(dose.naive for dose in doses)
    return Errors(effect.cause, adjusted, naive, covered, len(doses) / len(effect.doses))


def root(parts: Iterable[Numbers]) -> float:
    """Return the mean, over settings and samples, of the root of the mean squared error."""
    found = [float(np.sqrt((part**2).mean())) for part in parts]
    return float(np.mean(found)) if found else float("nan")


class Sample(NamedTuple):
    """The analysis of one sample of the habit: effects and errors by outcome, and by what else."""

    effects: dict[str, tuple[Effect, ...]]
    errors: dict[str, list[Errors]]
    without: list[Errors]
    acting: dict[str, set[tuple[str, str]]]


def judge(
    table: FeatureTable, plan: Plan, progress: Callable[[int, int], None]
) -> tuple[dict[str, dict[str, Curve]], list[Sample], list[Errors]]:
    """Return the truth by outcome, the analysis of each sample, and the errors of the experiment.

    Parameters
    ----------
    table:
        All networks of the study.
    plan:
        What was trained.
    progress:
        Called with the analyses done and to do.
    """
    true = {outcome: truths(table, outcome) for outcome in OUTCOMES}
    settings = plan.population
    people = FeatureTable.of({n: [s[n] for s in settings] for n in NAMES})
    kept = [*NAMES, "sampler", *OUTCOMES]
    found = []
    for draw in range(plan.draws):
        seen = rows(table, policy="habit", draw=draw).select(kept)
        found.append(_sample(seen, people, true, draw))
        progress(draw + 1, plan.draws + 1)
    random = rows(table, policy="randomised").select(kept)
    made = effects(random, outcome=MAIN).effects
    progress(plan.draws + 1, plan.draws + 1)
    return true, found, [e for m in made if (e := errors(m, true[MAIN][m.cause])) is not None]


def _sample(
    seen: FeatureTable, people: FeatureTable, true: dict[str, dict[str, Curve]], seed: int
) -> Sample:
    made: dict[str, tuple[Effect, ...]] = {}
    acting: dict[str, set[tuple[str, str]]] = {"effects": set(), "forest": set(), "naive": set()}
    for outcome in OUTCOMES:
        others = [name for name in OUTCOMES if name != outcome]
        small = seen.select([n for n in seen.names if n not in others])
        made[outcome] = effects(small, outcome=outcome, population=people, seed=seed).effects
        spread = float(np.std(np.array(seen[outcome].values, dtype=float)))
        clear = {e.cause for e in made[outcome] if e.clear and e.span > 0.1 * spread}
        acting["effects"] |= {(name, outcome) for name in clear}
        acting["forest"] |= {(name, outcome) for name in forest(seen, outcome)}
        acting["naive"] |= {(name, outcome) for name in correlated(seen, outcome)}
    told = {o: _told(made[o], true[o]) for o in OUTCOMES}
    blind = seen.select([n for n in seen.names if n not in (HIDDEN, *OUTCOMES[1:])])
    without = effects(blind, outcome=MAIN, population=people, seed=seed).effects
    return Sample(made, told, _told(without, true[MAIN]), acting)


def _told(made: Iterable[Effect], true: dict[str, Curve]) -> list[Errors]:
    return [e for effect in made if (e := errors(effect, true[effect.cause])) is not None]


def matrix(table: FeatureTable) -> Numbers:
    """Return the settings as numbers; names become their places in the alphabet."""
    columns = []
    for name in NAMES:
        cells = table[name].values
        places = {cell: i for i, cell in enumerate(sorted(set(cells), key=str))}
        text = any(isinstance(cell, str) for cell in cells)
        columns.append([float(places[c]) if text else float(c) for c in cells])  # type: ignore[arg-type]
    return np.column_stack(columns)


def forest(table: FeatureTable, outcome: str) -> set[str]:
    """Return the settings that a random forest's permutation importance names."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.inspection import permutation_importance

    x, y = matrix(table), np.array(table[outcome].values, dtype=float)
    half = len(y) // 2
    model = RandomForestRegressor(100, min_samples_leaf=5, random_state=0).fit(x[:half], y[:half])
    told = permutation_importance(model, x[half:], y[half:], n_repeats=3, random_state=0)
    pairs = zip(NAMES, told.importances_mean.tolist(), strict=True)
    return {name for name, value in pairs if value > MATTERS}


def correlated(table: FeatureTable, outcome: str) -> set[str]:
    """Return the settings that are correlated with an outcome (Spearman, p < 0.01)."""
    from scipy.stats import spearmanr

    x, y = matrix(table), np.array(table[outcome].values, dtype=float)
    return {name for i, name in enumerate(NAMES) if spearmanr(x[:, i], y).pvalue < 0.01}


def acts(true: dict[str, dict[str, Curve]]) -> set[tuple[str, str]]:
    """Return which settings act on which outcomes, as interventions show."""
    return {(n, o) for o, curves in true.items() for n, c in curves.items() if c.share > MATTERS}


def f1(found: set[Any], wanted: set[Any]) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * len(found & wanted) / max(1, len(found) + len(wanted))
