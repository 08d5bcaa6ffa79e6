"""The study in words: what was found, beside what is true, and what it does not show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from examples.study.judging import (
    HIDDEN,
    MAIN,
    OUTCOMES,
    Curve,
    Errors,
    Sample,
    acts,
    f1,
    root,
    rows,
)
from examples.study.plan import Plan
from examples.study.policies import ARROWS, NAMES
from examples.study.searching import Recovered

from aitia.projection.table import FeatureTable


class Study(NamedTuple):
    """Everything that was found."""

    plan: Plan
    table: FeatureTable
    true: dict[str, dict[str, Curve]]
    samples: list[Sample]
    experiment: list[Errors]
    recovered: list[list[Recovered]]


def tell(study: Study) -> str:
    """Return the report as text."""
    parts = (_trained, _settings, _outcomes, _acting, _structure, _limits)
    return "\n".join(line for part in parts for line in (*part(study), "")) + "\n"


def _trained(study: Study) -> Iterator[str]:
    yield f"{len(study.table)} networks were trained, and each was recorded:"
    words = {
        "randomised": "settings drawn independently",
        "habit": f"settings chosen by habit, in {study.plan.draws} samples: {_habit()}",
        "intervention": f"one setting set, in each of {len(study.plan.population)} configurations",
    }
    for policy, said in words.items():
        values = np.array(rows(study.table, policy=policy)[MAIN].values, dtype=float)
        yield f"  {len(values):6}  {said}; accuracy {values.mean():.3f} ± {values.std():.3f}"


def _habit() -> str:
    return ", ".join(f"{seen} → {chosen}" for seen, chosen in ARROWS)


def _settings(study: Study) -> Iterator[str]:
    yield "Effects on the accuracy: distance from the truth (root mean square over doses)"
    yield "  setting        true span    naive  adjusted  covered  judged"
    for name in NAMES:
        told = [e for s in study.samples for e in s.errors[MAIN] if e.cause == name]
        if not told:
            yield f"  {name:14} {'':9} not judged: too few runs could have had two of its values"
            continue
        span = float(np.ptp(study.true[MAIN][name].means))
        naive, adjusted = root(e.naive for e in told), root(e.adjusted for e in told)
        judged = float(np.mean([e.judged for e in told]))
        yield (f"  {name:14} {span:9.3f} {naive:8.4f} {adjusted:9.4f} {_covered(told):8.0%} "
               f"{judged:7.0%}")  # fmt: skip
    told = [e for s in study.samples for e in s.errors[MAIN]]
    yield f"  {'all':14} {'':9} {_both(told)} {_covered(told):8.0%}"
    yield (f"  The truth itself is known to ± "
           f"{1.96 * _exactness(study):.4f}; an experiment of {study.plan.size} random networks "
           f"errs by {root(e.adjusted for e in study.experiment):.4f}.")  # fmt: skip
    seen = [e for e in told if e.cause != HIDDEN]
    blind = [e for s in study.samples for e in s.without]
    error = [root(e.adjusted for e in told) for told in (blind, seen)]
    yield (f"  Had {HIDDEN} not been recorded, the error on the other settings would be "
           f"{error[0]:.4f} instead of {error[1]:.4f}, "
           f"covered {_covered(blind):.0%} instead of {_covered(seen):.0%}.")  # fmt: skip


def _exactness(study: Study) -> float:
    return float(np.mean([curve.errors.mean() for curve in study.true[MAIN].values()]))


def _covered(told: Sequence[Errors]) -> float:
    return float(np.mean([c for e in told for c in e.covered])) if told else float("nan")


def _both(told: Sequence[Errors]) -> str:
    return f"{root(e.naive for e in told):8.4f} {root(e.adjusted for e in told):9.4f}"


def _outcomes(study: Study) -> Iterator[str]:
    yield "The same for each outcome, in shares of its standard deviation"
    yield f"  {'outcome':16} {'naive':>8} {'adjusted':>9} {'covered':>8}   by sample"
    habit = rows(study.table, policy="habit")
    for outcome in OUTCOMES:
        spread = float(np.std(np.array(habit[outcome].values, dtype=float)))
        told = [[e._replace(naive=e.naive / spread, adjusted=e.adjusted / spread)
                 for e in s.errors[outcome]] for s in study.samples]  # fmt: skip
        every = [e for some in told for e in some]
        each = " ".join(f"{root(e.adjusted for e in some):.3f}" for some in told)
        yield f"  {outcome:16} {_both(every)} {_covered(every):8.0%}   {each}"


def _acting(study: Study) -> Iterator[str]:
    wanted = acts(study.true)
    yield (f"Which settings act on which outcomes: F1 against interventions, which say "
           f"{len(wanted)} of {len(NAMES) * len(OUTCOMES)} do")  # fmt: skip
    words = {
        "forest": "permutation importance of a random forest",
        "effects": "effects whose intervals are clear",
        "naive": "correlation, p < 0.01",
    }
    for key, said in words.items():
        yield f"  {said:44} {_spread([f1(s.acting[key], wanted) for s in study.samples])}"
    for found in zip(*study.recovered, strict=True):
        told = [f1(r.acting, wanted) for r in found]
        yield f"  {'ways of arrows found by ' + found[0].engine:44} {_spread(told)}"


def _spread(values: Sequence[float]) -> str:
    return f"{np.mean(values):.2f} [{min(values):.2f} to {max(values):.2f}]"


def _structure(study: Study) -> Iterator[str]:
    yield f"What a search recovers of the {len(ARROWS)} arrows of the habit, mean of the samples"
    for found in zip(*study.recovered, strict=True):
        mean = [float(np.mean([r[i] for r in found])) for i in range(1, 5)]
        yield (f"  {found[0].engine:10} links {mean[0]:.1f} pairs of settings, {mean[1]:.1f} "
               f"rightly; draws {mean[2]:.1f} arrows, {mean[3]:.1f} rightly")  # fmt: skip


def _limits(study: Study) -> Iterator[str]:
    yield "What this does not show"
    for text in (
        "One task, one kind of network and one habit: other habits confound more, or otherwise.",
        "Whatever confounds here is recorded, except where it is left out on purpose; in real "
        "records nobody knows whether it is.",
        "The truth is that of the listed configurations; an effect holds for those it is averaged "
        "over.",
        "Doses that few runs could have had are not judged, and so count neither for nor against.",
    ):
        yield f"  - {text}"
