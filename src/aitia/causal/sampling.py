"""How the runs of a table came about: drawn at random, chosen after results, kept or stopped.

A search that draws independently makes an experiment of its runs; one that looks at earlier results
makes them depend on one another; one that stops or keeps runs by their results selects them. What
is recorded of it is read here, from settings that say so and from what training reported.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from aitia.causal import draws
from aitia.causal.draws import TRIALS, is_about_sampling, is_seed, is_setting, names_sampler
from aitia.vocabulary.strategies import strategy

if TYPE_CHECKING:
    from aitia.projection.table import Column, FeatureTable

__all__ = ["Design", "Remark", "clusters", "design", "is_about_sampling", "is_seed", "remarks"]

_STOPPED = re.compile(r"(^|\.)(stopped_?early|early_?stopped|pruned)$", re.IGNORECASE)


class Remark(NamedTuple):
    """Something about how the runs came about: a kind, the column that says so, the sentence."""

    kind: str
    column: str
    text: str


class Design(NamedTuple):
    """What is recorded about how settings were chosen.

    Attributes
    ----------
    random:
        Reason by column, for each setting that was drawn independently of everything else.
    adaptive:
        Why the runs depend on one another, or None when nothing says so.
    """

    random: dict[str, str]
    adaptive: str | None


def design(table: FeatureTable) -> Design:
    """Return how the settings of the runs were chosen, as far as it is recorded.

    What a run, or its campaign, declares of its sampler and of the space that it searched says
    which settings were drawn independently; so does a setting ``randomised`` (names, with commas
    or spaces between). A ``sampler`` alone says it of all that a run was given. Where only some of
    the runs were so drawn, it is told of those (``draws.comparable``).
    """
    given = _compared(table)
    adaptive = next(filter(None, map(_adaptive, filter(names_sampler, given))), None)
    random: dict[str, str] = {}
    if adaptive is None:
        for column in given:
            random.update(draws.declared(column, given))
        if not random and _all_drawn(given):
            random.update(draws.drawn(given).reasons)
    for column in table:
        if column.drawn is not None:
            random.pop(column.name, None)
        if column.drawn:
            random[column.name] = column.drawn
    return Design(random, adaptive)


def _compared(table: FeatureTable) -> FeatureTable:
    """Return the runs that are compared: of those that completed, what ``comparable`` leaves."""
    rows = draws.comparable(table).rows
    for column in table:
        if column.term == "aitia:status":
            rows = [place for place in rows if column.values[place] in ("Completed", None)]
    return table if len(rows) == len(table) else table.take(rows)


def _all_drawn(table: FeatureTable) -> bool:
    how = draws.strategies(table)
    return bool(how) and all(known is not None and known.independent for known in how)


def remarks(table: FeatureTable) -> list[Remark]:
    """Return what is recorded of dependence between runs, and of selection among them."""
    kept = draws.comparable(table)
    found = [] if kept.text is None else [Remark("design", "", kept.text)]
    table = table if len(kept.rows) == len(table) else table.take(kept.rows)
    for column in table:
        if names_sampler(column):
            why = _adaptive(column)
            if why is not None:
                found.append(
                    Remark("dependence", column.name, f"{why}: p-values and shares are too sure")
                )
        found += _stopped(column, len(table))
        found += _kept(column, len(table))
    given = _compared(table)
    if _all_drawn(given):
        found += [Remark("design", *told) for told in draws.drawn(given).remarks]
    found += _repeats(table)
    return found


def _stopped(column: Column, rows: int) -> list[Remark]:
    if not _STOPPED.search(column.name):
        return []
    count = sum(str(value).lower() in ("true", "1", "1.0") for value in column.values)
    text = (
        f"{count} of {rows} runs were stopped early by what they had reached: how long they "
        "trained is a result there, not a setting"
    )
    return [Remark("selection", column.name, text)] if count else []


def _kept(column: Column, rows: int) -> list[Remark]:
    if not TRIALS.search(column.name):
        return []
    numbers = [v for v in column.values if isinstance(v, (int, float)) and v == v]
    planned = int(max(numbers, default=0))
    text = (
        f"{column.name} tells of {planned} trials and {rows} are here: if those were kept by their "
        "results, the answer holds for such runs alone"
    )
    return [Remark("selection", column.name, text)] if planned > rows else []


def _repeats(table: FeatureTable) -> list[Remark]:
    """Return whether runs repeat one another's settings: they are no independent draws of them."""
    settings = [c for c in table if is_setting(c) and len(set(c.values)) > 1]
    if len(settings) < 2:
        return []
    groups = Counter(zip(*(c.values for c in settings), strict=True))
    again = len(table) - len(groups)
    if again < 0.2 * len(table) or len(groups) < 2:
        return []
    text = f"{len(table)} runs have {len(groups)} different configurations: repeats count as one"
    return [Remark("repeats", "", text)]


def clusters(table: FeatureTable) -> list[int]:
    """Return a number for each run, the same for runs with the same settings."""
    settings = [c.values for c in table if is_setting(c) and len(set(c.values)) > 1]
    if not settings:
        return list(range(len(table)))
    seen: dict[tuple[object, ...], int] = {}
    return [seen.setdefault(row, len(seen)) for row in zip(*settings, strict=True)]


def _adaptive(column: Column) -> str | None:
    names = sorted({str(value) for value in column.values if value is not None})
    words = [name for name in names if (known := strategy(name)) and not known.independent]
    if not words:
        return None
    return f"{column.name} is {', '.join(words)}, which chooses after seeing results"
