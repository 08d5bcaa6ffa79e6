"""How the runs of a table came about: drawn at random, chosen after results, kept or stopped.

A search that draws independently makes an experiment of its runs; one that looks at earlier results
makes them depend on one another; one that stops or keeps runs by their results selects them. What
is recorded of it is read here, from settings that say so and from what training reported.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from aitia.projection.table import Column, FeatureTable

RANDOM = re.compile(
    r"^(random(ised|ized)?|uniform|random ?(search|sampler)|randomi[sz]ed ?search( ?cv)?"
    r"|grid ?(search|sampler)?( ?cv)?|sobol|halton|qmc( ?sampler)?|latin ?hypercube|factorial)$"
)
ADAPTIVE = re.compile(
    r"bayes|tpe|gaussian ?process|\bgp\b|cma|nsga|genetic|evolution|neat|population|\bpbt\b"
    r"|hyperband|bohb|halving|asha|annealing|bandit|adaptive|manual|reinforce"
)
_NAMES_OF_SEEDS = re.compile(r"(^|[._ ])((random_)?seed|random_state)$", re.IGNORECASE)
_SAMPLER = re.compile(r"(^|\.)(search_?)?(sampler|strategy|algorithm)$|(^|\.)search$")
_RANDOMISED = re.compile(r"(^|\.)randomi[sz]ed$")
_STOPPED = re.compile(r"(^|\.)(stopped_?early|early_?stopped|pruned)$", re.IGNORECASE)
_TRIALS = re.compile(r"(^|\.)(n_?trials|trial_?count|candidate_?count|planned_?runs)$")


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

    A setting ``randomised`` (names, with commas or spaces between) says which settings were drawn
    independently; a ``sampler`` that draws so, in every run, says it of all that a run was given.
    """
    samplers = [c for c in table if _names_sampler(c)]
    adaptive = next(filter(None, map(_adaptive, samplers)), None)
    random: dict[str, str] = {}
    for column in table:
        if _RANDOMISED.search(column.name) and adaptive is None:
            random.update(_declared(column, table))
    drawn = next((c for c in samplers if _all_random(c)), None)
    if drawn is not None and adaptive is None and not random:
        why = f"{drawn.name} says that every run was drawn independently ({_levels(drawn)})"
        random.update({c.name: why for c in table if _is_setting(c)})
    for column in table:
        if column.drawn is not None:
            random.pop(column.name, None)
        if column.drawn:
            random[column.name] = column.drawn
    return Design(random, adaptive)


def is_about_sampling(column: Column) -> bool:
    """Return whether a column tells how runs were chosen, and is no cause of what they reached."""
    other = any(p.search(column.name) for p in (_RANDOMISED, _TRIALS))
    return other or _names_sampler(column)


def remarks(table: FeatureTable) -> list[Remark]:
    """Return what is recorded of dependence between runs, and of selection among them."""
    found = []
    for column in table:
        if _names_sampler(column):
            why = _adaptive(column)
            if why is not None:
                found.append(
                    Remark("dependence", column.name, f"{why}: p-values and shares are too sure")
                )
        found += _stopped(column, len(table))
        found += _kept(column, len(table))
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
    if not _TRIALS.search(column.name):
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
    settings = [c for c in table if _is_setting(c) and len(set(c.values)) > 1]
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
    settings = [c.values for c in table if _is_setting(c) and len(set(c.values)) > 1]
    if not settings:
        return list(range(len(table)))
    seen: dict[tuple[object, ...], int] = {}
    return [seen.setdefault(row, len(seen)) for row in zip(*settings, strict=True)]


def is_seed(name: str) -> bool:
    """Return whether a column of this name holds seeds of random numbers."""
    return _NAMES_OF_SEEDS.search(name) is not None


def _names_sampler(column: Column) -> bool:
    """Return whether a column says how settings were chosen.

    A training's own ``sampler`` with the name of such a class is that of its data loader, which
    draws rows and no settings.
    """
    if not _SAMPLER.search(column.name):
        return False
    own = column.term == "aitia:settingValue" and "." not in column.name
    return not (own and any(str(value).endswith("Sampler") for value in column.values))


def _is_setting(column: Column) -> bool:
    known = column.tier == 0 and not column.derived and not is_about_sampling(column)
    return known and not is_seed(column.name) and column.module not in ("system", "platform")


def _adaptive(column: Column) -> str | None:
    words = {str(v) for v in column.values if v is not None and ADAPTIVE.search(_plain(v))}
    if not words:
        return None
    return f"{column.name} is {', '.join(sorted(words))}, which chooses after seeing results"


def _all_random(column: Column) -> bool:
    return bool(column.values) and all(
        v is not None and RANDOM.search(_plain(v)) for v in column.values
    )


def _plain(value: object) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(value)).replace("_", " ").replace("-", " ")
    return words.lower().strip()


def _levels(column: Column) -> str:
    return ", ".join(sorted({str(value) for value in column.values}))


def _declared(column: Column, table: FeatureTable) -> dict[str, str]:
    """Return the settings that every run declares as drawn independently."""
    lists = [set(re.findall(r"[\w.]+", str(value or ""))) for value in column.values]
    every = set.intersection(*lists) if lists else set()
    why = f"{column.name} names it in every run"
    return {
        c.name: why for c in table if c.name in every or c.name.rpartition(".")[2] in every - {""}
    }
