"""Effects of the settings on what an analysis asks about, beside the graph that was found."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from aitia.errors import CausalError

if TYPE_CHECKING:
    from aitia.causal.edges import Edge
    from aitia.causal.effects import Dose, Effect
    from aitia.causal.mediation import Mediation, Part
    from aitia.causal.refute import Refutation
    from aitia.projection.table import FeatureTable

TRIED = 3
"""Effects that are tried to be refuted, or divided: those that span most."""

MOST_DIVIDED = 6
"""Divisions that are made unasked."""


class Estimates(NamedTuple):
    """The effects of settings, the greatest first, and what they rest on.

    Attributes
    ----------
    effects:
        One for each setting that can be compared.
    refutations:
        Attempts to refute the first few, by setting.
    assumptions:
        What they hold under, in sentences.
    refused:
        Why there are none; empty when there are.
    divided:
        Effects, divided by what goes through a column in between and what does not.
    """

    effects: tuple[Effect, ...] = ()
    refutations: tuple[tuple[str, tuple[Refutation, ...]], ...] = ()
    assumptions: tuple[str, ...] = ()
    refused: str = ""
    divided: tuple[Mediation, ...] = ()

    def tried(self, cause: str) -> tuple[Refutation, ...]:
        """Return the attempts to refute the effect of one setting."""
        return dict(self.refutations).get(cause, ())


def estimate(
    table: FeatureTable,
    outcome: str,
    *,
    through: Sequence[str] = (),
    edges: Sequence[Edge] = (),
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Estimates:
    """Estimate the effects of all settings on an outcome, and try to refute the greatest.

    Parameters
    ----------
    table:
        What was projected.
    outcome:
        The column that is asked about.
    through:
        Columns in between, by which the greatest effects are divided; when none are named, those
        that the edges lead through.
    edges:
        What a search found.
    seed:
        Of the draws of runs.
    progress:
        Called with the settings done and to do.

    Raises
    ------
    CausalError
        When a column of ``through`` does not lie between the settings and the outcome.
    """
    from aitia.causal.effects import effects
    from aitia.causal.refute import refute

    try:
        found = effects(table, outcome=outcome, seed=seed, progress=progress)
    except CausalError as error:
        return Estimates(refused=error.diagnosis())
    tried = [
        (effect.cause, refute(table, effect, seed=seed))
        for effect in found.effects[:TRIED]
        if effect.span > 0
    ]
    pairs = _ways(found.effects, outcome, through, edges)
    divided = _divided(table, outcome, pairs, seed=seed, asked=bool(through))
    return Estimates(found.effects, tuple(tried), found.assumptions, divided=divided)


def _ways(
    effects: Sequence[Effect], outcome: str, through: Sequence[str], edges: Sequence[Edge]
) -> list[tuple[str, str]]:
    """Return which effects to divide by which columns."""
    from aitia.causal.edges import DIRECTED

    causes = [effect.cause for effect in effects[:TRIED] if effect.span > 0]
    if through:
        return [(cause, column) for column in through for cause in causes]
    arrows = {edge[:2] for edge in edges if edge.marks == DIRECTED}
    between = sorted(source for source, target in arrows if target == outcome)
    ways = [(c, m) for c in causes for m in between if (c, m) in arrows]
    return ways[:MOST_DIVIDED]


def _divided(
    table: FeatureTable,
    outcome: str,
    pairs: Sequence[tuple[str, str]],
    *,
    seed: int,
    asked: bool,
) -> tuple[Mediation, ...]:
    from aitia.causal.mediation import mediation

    found = []
    for cause, column in pairs:
        try:
            found.append(mediation(table, cause, column, outcome=outcome, seed=seed))
        except CausalError:
            # What the search suggests may be a level, or a column that is not known to lie between.
            if asked:
                raise
    return tuple(found)


def doses(effect: Effect) -> list[dict[str, Any]]:
    """Return the dose-response as JSON data."""
    return [{**dose._asdict(), "judged": dose.judged} for dose in effect.doses]


def division(found: Mediation) -> dict[str, Any]:
    """Return how an effect divides as JSON data."""
    start, end = found.values
    parts = {"total": found.total, "direct": found.direct, "indirect": found.indirect}
    told = {name: part._asdict() for name, part in parts.items()}
    return {"from": start, "to": end, "runs": found.runs, **told}


def divided(found: Mediation) -> str:
    """Return how an effect divides, in words."""
    from aitia.causal.curves import shown

    def told(part: Part) -> str:
        word = "" if part.clear else ", not told apart from none"
        return f"{part.value:+.3g} ({part.low:+.3g} to {part.high:+.3g}{word})"

    start, end = map(shown, found.values)
    return (
        f"{found.cause} from {start} to {end}: {told(found.total)} in all; {told(found.indirect)} "
        f"through {found.through}, {told(found.direct)} not through it"
    )


def best_and_worst(effect: Effect) -> tuple[Dose, Dose] | None:
    """Return the doses of the greatest and of the least effect that can be judged."""
    judged = [dose for dose in effect.doses if dose.judged]
    if len(judged) < 2:
        return None
    return max(judged, key=lambda dose: dose.effect), min(judged, key=lambda dose: dose.effect)


def way(effect: Effect) -> str:
    """Return how an effect was identified, in words."""
    if effect.experimental is not None:
        return f"experimental, as {effect.experimental}"
    return f"adjusted for {len(effect.adjusted)} other settings"


def verdict(attempt: Refutation) -> str:
    """Return whether an effect stood an attempt to refute it, in words."""
    if math.isnan(attempt.value):
        return "not tried"
    return "stood" if attempt.stood else "fell"


def sentences(found: Estimates) -> Iterator[str]:
    """Yield each effect in words, with the attempts to refute it."""
    from aitia.causal.curves import shown

    if found.refused:
        yield f"none were estimated: {found.refused}"
    for effect in found.effects:
        ends = best_and_worst(effect)
        if ends is None:
            yield f"{effect.cause}: too few runs could have had other values to judge it"
            continue
        told = ", ".join(
            f"{dose.effect:+.3g} ({dose.low:+.3g} to {dose.high:+.3g}) at {shown(dose.value)}"
            for dose in ends
        )
        word = "" if effect.clear else "; not told apart from none"
        yield f"{effect.cause}: {told}; {way(effect)}{word}"
        for attempt in found.tried(effect.cause):
            yield f"{effect.cause}, {attempt.name}: {verdict(attempt)}: {attempt.text}"
    for each in found.divided:
        yield divided(each)
