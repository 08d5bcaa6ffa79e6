"""The operational rule that names a learning curve's type.

Recorded with each classification as an activity, so that a curve's type has its own provenance.
The taxonomy is ``ontology/taxonomies/learning-curve-type.ttl``; the words late and never learner
are those of the record trails of neural networks (Rorabaugh et al., Data in Brief 2022), whose
public text gives no numeric rule: this one is ours.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from aitia.ingest.triples import COMMENT, LABEL, A, Triple, term
from aitia.vocabulary import literals

VERSION = "1"
MIN_POINTS = 5
"""Fewer values than this are not a curve."""

RULE = (
    "Values are oriented so that higher is better; gain is best minus first. Diverger: a value "
    "is not finite, or the last is worse than the first by more than a tenth of its size. "
    "NeverLearner: the gain is under 0.05 and the best under 0.5 where all values lie in 0..1 "
    "and higher is better (with a best of 0.5 or more: EarlyLearner, it had learned before "
    "the first value), else the gain is under 5 % of the first value's size. Overfitter: the "
    "best lies in the first three quarters and a fifth of the gain was lost since. Else by the "
    "share of the curve at which half of the gain is reached: EarlyLearner up to 0.2, "
    "LateLearner from 0.5, SteadyLearner between. At least 5 values."
)

_HIGHER = (
    *("acc", "f1", "auc", "precision", "recall", "r2", "score"),
    *("bleu", "rouge", "map", "iou", "dice"),
)
_LOWER = (
    *("loss", "err", "mse", "mae", "rmse", "perplexity", "nll"),
    *("cost", "divergence", "fid", "wer"),
)


def higher_is_better(quantity: str) -> bool | None:
    """Return the direction of goodness that a quantity's name implies, or None when unknown."""
    words = quantity.lower().replace("-", "_").replace("/", "_").split("_")
    if any(word.startswith(_LOWER) or word.endswith("loss") for word in words):
        return False
    if any(word.startswith(_HIGHER) or word.endswith("acc") for word in words):
        return True
    return None


def classify(values: Sequence[float], *, higher: bool) -> str | None:
    """Return the local name of the type of a learning curve, or None for fewer than 5 values.

    Parameters
    ----------
    values:
        The fitness by step, NaN and infinities included.
    higher:
        Whether higher values are better.
    """
    if len(values) < MIN_POINTS:
        return None
    if not all(map(math.isfinite, values)):
        return "Diverger"
    curve = list(values) if higher else [-value for value in values]
    first, last, best = curve[0], curve[-1], max(curve)
    if last < first - 0.1 * abs(first) - 1e-12:
        return "Diverger"
    gain = best - first
    flat = _flat(values, gain, higher=higher)
    if flat is not None or gain <= 0:
        return flat or "EarlyLearner"
    share = len(curve) - 1
    if curve.index(best) < 0.75 * share and best - last > 0.2 * gain:
        return "Overfitter"
    half = next(i for i, value in enumerate(curve) if value >= first + gain / 2) / share
    return "EarlyLearner" if half <= 0.2 else "LateLearner" if half >= 0.5 else "SteadyLearner"


def _flat(values: Sequence[float], gain: float, *, higher: bool) -> str | None:
    """Return the type of a curve that gains next to nothing, or None for one that gains."""
    if higher and min(values) >= 0 and max(values) <= 1:
        if gain >= 0.05:
            return None
        return "NeverLearner" if max(values) < 0.5 else "EarlyLearner"
    return "NeverLearner" if gain < 0.05 * abs(values[0]) else None


def classifier(here: str, agent: str) -> Iterator[Triple]:
    """Yield what the activity is that names the types of curves."""
    yield here, A, term("prov:Activity")
    yield here, LABEL, literals.quote(f"learning-curve classifier {VERSION}")
    yield here, COMMENT, literals.quote(RULE)
    yield here, term("prov:wasAssociatedWith"), agent
