"""Effects of settings from confounded runs, beside the truth of randomised ones.

Five draws of half of the confounded runs, none of which was used while the method was developed;
dose-response of four outcomes for nine settings, averaged over the configurations of the randomised
runs; the truth is the mean outcome of the randomised runs with that value. Give the folder of the
full data as ``TINY_NN_RUNS``.
"""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
from bench.table import Figure, show

from aitia.causal.effects import Effect, Effects, effects
from aitia.causal.overlap import Bins
from aitia.projection.table import FeatureTable

SETTINGS = ("bs", "depth", "width", "wd", "epochs", "opt", "act", "n", "lr")
OUTCOMES = ("val_acc", "train_loss", "loss_ep3", "val_ep1")
SAMPLES = Path(__file__).resolve().parent.parent / "tests/data/tiny_nn_runs"
SEEDS = range(10, 15)
FRESH = range(20, 25)
FARTHEST = "loss_ep3"
"""The outcome whose randomised values lie farthest from the recorded ones."""
DENSE = 0.2
"""How dense runs must be in the records, beside the experiment, for these to go there."""


def load(name: str) -> FeatureTable:
    folder = Path(os.environ.get("TINY_NN_RUNS", SAMPLES))
    with open(folder / f"{name}.csv", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    names = (*SETTINGS, *OUTCOMES)
    columns = {n: [_number(row[n]) for row in rows] for n in names}
    return FeatureTable.of(columns, tiers={n: int(n in OUTCOMES) for n in names})


def drawn(table: FeatureTable, share: float, seed: int) -> FeatureTable:
    rows = np.random.default_rng(seed).permutation(len(table))[: int(share * len(table))].tolist()
    columns = {c.name: [c.values[i] for i in rows] for c in table}
    return FeatureTable.of(columns, tiers={c.name: c.tier or 0 for c in table})


def truth(effect: Effect, seen: FeatureTable, random: FeatureTable) -> tuple[Any, Any]:
    """Return mean and standard error of the randomised outcome at each dose."""
    bins = Bins(seen[effect.cause])
    values = np.array(random[effect.cause].values, dtype=float)
    outcome = np.array(random[effect.outcome].values, dtype=float)
    if bins.edges is None:
        place = np.array([int(np.argmin([abs(float(d) - v) for d in bins.doses])) for v in values])  # type: ignore[arg-type]
    else:
        place = np.searchsorted(bins.edges, values, side="right")
    groups = [outcome[place == k] for k in range(bins.count)]
    means = np.array([g.mean() if len(g) > 5 else np.nan for g in groups])
    errors = np.array([g.std() / max(1, len(g)) ** 0.5 for g in groups])
    return means, errors


def errors(effect: Effect, seen: FeatureTable, random: FeatureTable) -> dict[str, Any]:
    """Return the errors of the effect, the check and the naive means, where doses are judged."""
    means, spread = truth(effect, seen, random)
    judged = np.array([d.judged for d in effect.doses]) & ~np.isnan(means)

    def off(values: list[float]) -> Any:
        found = (np.array(values) - means)[judged]
        return found - found.mean()

    mine = off([d.effect for d in effect.doses])
    half = np.array([(d.high - d.low) / 2 for d in effect.doses])[judged]
    return {
        "effect": float(np.sqrt((mine**2).mean())),
        "doubly": float(np.sqrt((off([d.doubly for d in effect.doses]) ** 2).mean())),
        "naive": float(np.sqrt((off([d.naive for d in effect.doses]) ** 2).mean())),
        "covered": (np.abs(mine) <= np.hypot(half, 1.96 * spread[judged])).tolist(),
        "judged": judged.tolist(),
    }


def _number(text: str) -> float | int:
    number = float(text)
    return int(number) if number.is_integer() and "." not in text and "e" not in text else number


def partial(table: FeatureTable, outcome: str) -> dict[str, float]:
    """Return how much of an outcome each setting tells beyond the others (additive, quadratic)."""
    blocks = []
    for name in SETTINGS:
        x = np.array(table[name].values, dtype=float)
        x = np.log(x) if name in ("lr", "wd") else x
        x = (x - x.mean()) / x.std()
        blocks.append(np.column_stack([x, x**2 - 1]))
    y = np.array(table[outcome].values, dtype=float)

    def left(kept: list[Any]) -> float:
        terms = np.hstack([np.ones((len(y), 1)), *kept])
        return float(((y - terms @ np.linalg.lstsq(terms, y, rcond=None)[0]) ** 2).mean())

    whole = left(blocks)
    return {n: left([b for b in blocks if b is not blocks[i]]) / y.var() - whole / y.var()
            for i, n in enumerate(SETTINGS)}  # fmt: skip


def forest(table: FeatureTable, outcome: str) -> dict[str, float]:
    """Return the permutation importances of a random forest on the settings."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.inspection import permutation_importance

    x = np.column_stack([np.array(table[n].values, dtype=float) for n in SETTINGS])
    y = np.array(table[outcome].values, dtype=float)
    half = len(y) // 2
    model = RandomForestRegressor(100, min_samples_leaf=5, random_state=0).fit(x[:half], y[:half])
    found = permutation_importance(model, x[half:], y[half:], n_repeats=3, random_state=0)
    return dict(zip(SETTINGS, found.importances_mean.tolist(), strict=True))


def f1(found: set[Any], true: set[Any]) -> float:
    return 2 * len(found & true) / max(1, len(found) + len(true))


def ancestors(seen: FeatureTable, random: FeatureTable) -> dict[str, float]:
    """Return the F1 of telling which settings act on which outcomes (partial R² above 0.005)."""
    true, mine, theirs = set(), set(), set()
    for outcome in OUTCOMES:
        true |= {(n, outcome) for n, v in partial(random, outcome).items() if v > 0.005}
        made: Effects = effects(seen, outcome=outcome)
        spread = float(np.std(np.array(seen[outcome].values, dtype=float)))
        mine |= {(e.cause, outcome) for e in made.effects if e.clear and e.span > 0.1 * spread}
        theirs |= {(n, outcome) for n, v in forest(seen, outcome).items() if v > 0.005}
    return {"effects": f1(mine, true), "forest": f1(theirs, true)}


def judged(confounded: FeatureTable, random: FeatureTable, outcome: str) -> list[dict[str, Any]]:
    """Return the errors of the effects on an outcome, over all draws and settings."""
    found = []
    for seed in SEEDS:
        seen = drawn(confounded, 0.5, seed)
        made = effects(seen, outcome=outcome, population=random, seed=seed)
        found += [errors(effect, seen, random) for effect in made.effects]
    return found


def reached(confounded: FeatureTable, random: FeatureTable, cause: str) -> FeatureTable:
    """Return the randomised runs whose other settings the confounded records go to.

    Where runs like them are at least a fifth as dense in the records as in the experiment: density
    ratios by classification (Sugiyama, Suzuki and Kanamori 2012), each run judged without itself;
    leaving out the rest is the trimming of Crump, Hotz, Imbens and Mitnik (2009).
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import cross_val_predict

    others = [name for name in SETTINGS if name != cause]
    tables = [np.column_stack([np.array(t[n].values, dtype=float) for n in others])
              for t in (confounded, random)]  # fmt: skip
    which = np.repeat([1, 0], [len(confounded), len(random)])
    model = HistGradientBoostingClassifier(random_state=0)
    share = cross_val_predict(model, np.vstack(tables), which, method="predict_proba")[:, 1]
    odds = (share / (1 - share))[len(confounded) :] * len(random) / len(confounded)
    return random.take(np.flatnonzero(odds > DENSE).tolist())


def within(confounded: FeatureTable, random: FeatureTable, outcome: str) -> tuple[float, float]:
    """Return the coverage among configurations that the records go to, and their share."""
    found, share = [], []
    for cause in SETTINGS:
        known = reached(confounded, random, cause)
        share.append(len(known) / len(random))
        for seed in FRESH:
            seen = drawn(confounded, 0.5, seed)
            made = effects(seen, outcome=outcome, causes=[cause], population=known, seed=seed)
            found.append(errors(made[cause], seen, known))
    return _share(found, "covered"), float(np.mean(share))


def main() -> None:
    confounded, random = load("obs_2"), load("rnd_1")
    figures, covers = [], []
    began = time.process_time()
    for outcome in OUTCOMES:
        found = judged(confounded, random, outcome)
        spread = float(np.std(np.array(confounded[outcome].values, dtype=float)))
        covers.append(_share(found, "covered"))
        first = outcome == OUTCOMES[0]
        figures += [
            Figure(f"{outcome}: RMSE of effects", 1000 * _mean(found, "effect"), "1e-3",
                   20 if first else None),
            Figure("  of effects, weighted by chances", 1000 * _mean(found, "doubly"), "1e-3"),
            Figure("  of naive means, same doses", 1000 * _mean(found, "naive"), "1e-3"),
            Figure("  of effects, by the outcome's spread", 100 * _mean(found, "effect") / spread,
                   "%"),
            Figure("  intervals that hold the truth (goal 90 to 97)", 100 * covers[-1], "%"),
            Figure("  doses that are judged", 100 * _share(found, "judged"), "%"),
        ]  # fmt: skip
    each = (time.process_time() - began) / len(SEEDS) / len(OUTCOMES)
    ranks = ancestors(confounded, random)
    inside, share = within(confounded, random, FARTHEST)
    show([
        *figures,
        Figure(f"{FARTHEST}: intervals that hold it where records go", 100 * inside, "%"),
        Figure("  share of the randomised configurations that they go to", 100 * share, "%"),
        Figure("intervals that hold the truth, all outcomes", 100 * float(np.mean(covers)), "%"),
        Figure("F1 of ancestors by effects", 100 * ranks["effects"], "%"),
        Figure("F1 of ancestors by a forest's permutations", 100 * ranks["forest"], "%"),
        Figure("CPU for nine settings", each, "s"),
    ])  # fmt: skip


def _share(found: list[dict[str, Any]], key: str) -> float:
    return float(np.mean([one for f in found for one in f[key]]))


def _mean(found: list[dict[str, Any]], key: str) -> float:
    return float(np.mean([f[key] for f in found]))
