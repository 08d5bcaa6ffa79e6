"""Which settings of which runs were drawn at random, as far as it is recorded.

A run, or the campaign that it is part of, says by which strategy its settings were chosen, which
they are, and from what each was drawn: the columns ``samplingStrategy`` and ``drawn.NAME``. A
setting ``sampler`` or ``randomised`` of the runs says the same in less. Only what was drawn from
one distribution in all runs that are compared is an experiment of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from aitia.vocabulary.strategies import Strategy, strategy

if TYPE_CHECKING:
    from aitia.projection.table import Cell, Column, FeatureTable

FEWEST = 20
"""Runs that were drawn at random that are an experiment without the others."""

REPEATS = 10
"""Runs in which a column must agree with another to count as a function of it."""

STRATEGY, DRAWN_FROM = "aitia:samplingStrategy", "aitia:drawnFrom"
CAMPAIGN = "campaign"

ARCHITECTURE = frozenset(
    {
        "aitia:layerCount",
        "aitia:unitCount",
        "aitia:parameterCount",
        "aitia:treeCount",
        "aitia:treeDepth",
    }
)
"""Terms of what an architecture is counted by: such a column follows from what configured it."""

_NAMES_OF_SEEDS = re.compile(r"(^|[._ ])((random_)?seed|random_state)$", re.IGNORECASE)
_SAMPLER = re.compile(r"(^|\.)(search_?)?(sampler|strategy|algorithm)$|(^|\.)search$")
_RANDOMISED = re.compile(r"(^|\.)randomi[sz]ed$")
TRIALS = re.compile(r"(^|\.)(n_?trials|trial_?count|candidate_?count|planned_?runs)$")


class Kept(NamedTuple):
    """Runs that may be compared, by their places, and what is said of those that are left out."""

    rows: list[int]
    text: str | None


class Drawn(NamedTuple):
    """Reason by setting that was drawn at random, and what is said of those that were not."""

    reasons: dict[str, str]
    remarks: list[tuple[str, str]]


def is_about_sampling(column: Column) -> bool:
    """Return whether a column tells how runs were chosen, and is no cause of what they reached."""
    if column.term in (STRATEGY, DRAWN_FROM):
        return True
    return any(p.search(column.name) for p in (_RANDOMISED, TRIALS)) or names_sampler(column)


def names_sampler(column: Column) -> bool:
    """Return whether a column says how settings were chosen.

    A training's own ``sampler`` with the name of such a class is that of its data loader, which
    draws rows and no settings.
    """
    if column.term == STRATEGY:
        return True
    if not _SAMPLER.search(column.name):
        return False
    own = column.term == "aitia:settingValue" and "." not in column.name
    return not (own and any(str(value).endswith("Sampler") for value in column.values))


def is_seed(name: str) -> bool:
    """Return whether a column of this name holds seeds of random numbers."""
    return _NAMES_OF_SEEDS.search(name) is not None


def is_setting(column: Column) -> bool:
    """Return whether a column is a setting that somebody, or a sampler, chose."""
    known = column.tier == 0 and not column.derived and not is_about_sampling(column)
    known = known and column.name != CAMPAIGN and not is_seed(column.name)
    return known and column.module not in ("system", "platform")


def strategies(table: FeatureTable) -> list[Strategy | None]:
    """Return how the settings of each run were chosen; None where it is not recorded.

    What a run or its campaign declares comes before a setting that names a sampler; of several
    such settings the one that names a search that looks at results.
    """
    declared = [c for c in table if c.term == STRATEGY]
    named = [c for c in table if c.term != STRATEGY and names_sampler(c)]
    return [
        _one(declared, place) or _one(named, place) for place in range(len(table))
    ]  # fmt: skip


def _one(columns: Sequence[Column], place: int) -> Strategy | None:
    values = [str(c.values[place]) for c in columns if c.values[place] is not None]
    found = [known for known in map(strategy, values) if known is not None]
    return min(found, key=lambda known: known.independent, default=None)


def comparable(table: FeatureTable) -> Kept:
    """Return the runs that are compared where only some were drawn at random.

    Those that were drawn are, if they are at least half of all and enough; else all are, and none
    of them makes an experiment.
    """
    how = strategies(table)
    drawn = [place for place, known in enumerate(how) if known is not None and known.independent]
    rows = list(range(len(how)))
    if len(drawn) in (0, len(how)):
        return Kept(rows, None)
    others = Counter(
        "without a record of how" if known is None else f"by {known.words}"
        for known in how
        if known is None or not known.independent
    )
    told = ", ".join(f"{count} {words}" for words, count in sorted(others.items()))
    if len(drawn) >= max(FEWEST, len(how) / 2):
        text = (
            f"{len(how) - len(drawn)} of {len(how)} runs were not drawn at random ({told}) and "
            "were left out: the others make an experiment"
        )
        return Kept(drawn, text)
    text = f"only {len(drawn)} of {len(how)} runs were drawn at random ({told}): no experiment"
    return Kept(rows, text)


def drawn(table: FeatureTable) -> Drawn:
    """Return which settings were drawn at random in every run of a table that was so chosen."""
    told = {c.name.partition(".")[2]: c for c in table if c.term == DRAWN_FROM}
    how = strategies(table)
    words = " and ".join(sorted({known.words for known in how if known is not None}))
    found = _by_dimension(table, told, words) if told else _by_sampler(table, words)
    if any(known is not None and known.name == "Factorial" for known in how):
        found = _whole(table, found)
    reasons = {**found.reasons, **_followers(table, found.reasons)}
    return Drawn(reasons, [*found.remarks, *_chosen(table, reasons if told else {})])


def _by_dimension(table: FeatureTable, told: dict[str, Column], words: str) -> Drawn:
    """Return the settings that the search names, each of them drawn in the same way everywhere."""
    reasons, remarks = {}, []
    campaigns = _levels(table[CAMPAIGN].values) if CAMPAIGN in table else set()
    for name, source in told.items():
        columns = [c.name for c in table if is_setting(c) and name in (c.name, _last(c.name))]
        sources = _levels(source.values)
        lacking = sum(value is None for value in source.values)
        if not columns:
            remarks.append((source.name, f"{name} was searched over, and no setting has that name"))
        elif lacking:
            text = f"{name} was not drawn in {lacking} of {len(table)} runs: adjusted for"
            remarks.append((source.name, text))
        elif len(sources) > 1 or (sources == {"not recorded"} and len(campaigns) > 1):
            known = " or ".join(sorted(sources))
            text = (
                f"{name} was drawn from {known}, by {max(2, len(campaigns))} campaigns: adjusted "
                "for; among the runs of one it is an experiment"
            )
            remarks.append((source.name, text))
        else:
            why = f"randomised by {words} in every run: {name} from {sources.pop()}"
            reasons.update(dict.fromkeys(columns, why))
    return Drawn(reasons, remarks)


def _by_sampler(table: FeatureTable, words: str) -> Drawn:
    """Return all settings, where a sampler that draws at random says no more."""
    campaigns = _levels(table[CAMPAIGN].values) if CAMPAIGN in table else set()
    if len(campaigns) > 1:
        text = (
            f"{len(campaigns)} campaigns drew settings and none says from what: adjusted for; "
            "among the runs of one they are an experiment"
        )
        return Drawn({}, [(CAMPAIGN, text)])
    teller = next(c for c in table if names_sampler(c) and any(map(_independent, c.values)))
    why = f"randomised by {words}: {teller.name} says so of every run"
    return Drawn({c.name: why for c in table if is_setting(c)}, [])


def _independent(value: Cell) -> bool:
    found = None if value is None else strategy(str(value))
    return found is not None and found.independent


def _whole(table: FeatureTable, found: Drawn) -> Drawn:
    """Return nothing where combinations of a grid are lacking: what is there is not balanced."""
    columns = [table[name].values for name in found.reasons if len(_levels(table[name].values)) > 1]
    counts = Counter(zip(*columns, strict=True))
    full = prod(len(_levels(values)) for values in columns)
    if not columns or (len(counts) == full and len(set(counts.values())) == 1):
        return found
    text = (
        f"{len(counts)} of the {full} combinations of the grid are here, or not equally often: "
        "adjusted for, for what is compared is not balanced"
    )
    return Drawn({}, [*found.remarks, ("", text)])


def _followers(table: FeatureTable, reasons: dict[str, str]) -> dict[str, str]:
    """Return columns that say the same as one that was drawn, or what it makes of a model."""
    found = {}
    for column in table:
        if column.name in reasons or column.tier != 0 or is_about_sampling(column):
            continue
        for name, why in reasons.items():
            if _same(table[name].values, column.values):
                found[column.name] = f"the same as {name}, {why}"
                break
            if column.term in ARCHITECTURE and _follows(table[name].values, column.values):
                found[column.name] = f"a consequence of {name}, {why}"
                break
    return found


def _same(one: Sequence[Cell], other: Sequence[Cell]) -> bool:
    """Return whether two columns that vary have equal values, or levels that stand for levels."""
    levels = len(set(one))
    if levels < 2 or levels != len(set(other)):
        return False
    if one == other:
        return True
    return len(one) - levels >= REPEATS and len(set(zip(one, other, strict=True))) == levels


def _follows(one: Sequence[Cell], other: Sequence[Cell]) -> bool:
    """Return whether a column that varies is a function of another, as far as runs can show it."""
    levels = len(set(one))
    shown = len(one) - levels >= REPEATS and len(set(other)) > 1
    return shown and len(set(zip(one, other, strict=True))) == levels


def _chosen(table: FeatureTable, reasons: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what is said of settings that vary beside those that were drawn."""
    if not reasons:
        return
    others = [
        c.name
        for c in table
        if is_setting(c) and c.name not in reasons and len(_levels(c.values)) > 1
    ]
    if others:
        yield "", f"not drawn by the sampler, and so adjusted for: {', '.join(sorted(others))}"


def declared(column: Column, table: FeatureTable) -> dict[str, str]:
    """Return the settings that a setting ``randomised`` names in every run."""
    if not _RANDOMISED.search(column.name):
        return {}
    lists = [set(re.findall(r"[\w.]+", str(value or ""))) for value in column.values]
    every = (set.intersection(*lists) if lists else set()) - {""}
    why = f"{column.name} names it in every run"
    return {c.name: why for c in table if c.name in every or _last(c.name) in every}


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _levels(values: Sequence[Cell]) -> set[str]:
    return {str(value) for value in values if value is not None}
