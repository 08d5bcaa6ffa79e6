"""What must hold of a table before a search may see it; every repair is said, nothing is silent.

Search libraries draw edges into constants, delete true edges beside sums, return empty graphs on
NaN. So rows and columns that would mislead them are left out here with a line each, and what
cannot be mended is refused with the reason.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from aitia.causal.draws import comparable, is_about_sampling, is_seed
from aitia.causal.sampling import remarks
from aitia.errors import CausalError
from aitia.projection.table import Cell, Column, FeatureTable

MIN_ROWS = 20
"""Fewest complete rows that are analysed."""

MOST_GAPS = 0.2
"""A column that lacks more than this share of its values is left out."""

RARE = 0.05
"""A column, or a level of it, that differs in no more than this share of rows is too rare."""

FEWEST = 3
"""A value that occurs in fewer rows than this is rare whatever the share."""

_NAMES_OF_KEYS = re.compile(r"(^|[._ ])(id|uuid|guid|index|digest|sha256)$", re.IGNORECASE)


class Line(NamedTuple):
    """One repair or remark.

    ``kind`` is one word, ``column`` the one that it is about (or ""), ``text`` the sentence, and
    ``brief`` the reason in a word or two when a column was left out.
    """

    kind: str
    column: str
    text: str
    brief: str = ""


@dataclass(frozen=True)
class Guarded:
    """The rows and columns that may be analysed, and what was done to get there."""

    units: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


def guard(table: FeatureTable, *, target: str | None = None) -> Guarded:
    """Return the rows and columns of ``table`` that may be analysed.

    Parameters
    ----------
    table:
        What was projected.
    target:
        The column that the question is about: it is never left out; what would leave it out is
        refused.

    Raises
    ------
    CausalError
        When there is no such target, or it cannot be analysed, or too little is left.
    """
    sieve = _Sieve(table, target)
    sieve.sampling(table)
    sieve.failed_runs()
    sieve.empty_columns()
    sieve.derived_columns()
    sieve.identifiers()
    sieve.gaps()
    sieve.few_rows()
    sieve.constants()
    sieve.levels()
    return sieve.result()


class _Sieve:
    """The table while it is being guarded."""

    def __init__(self, table: FeatureTable, target: str | None) -> None:
        if target is not None and target not in table:
            from difflib import get_close_matches

            near = get_close_matches(target, table.names, n=3, cutoff=0.4)
            named = list(dict.fromkeys((*near, *table.names)))[:12]
            raise CausalError(
                f"no column {target!r} to explain", expected=f"one of {', '.join(named)}"
            )
        self.target = target
        self.table = table.columns
        self.columns = {column.name: column for column in table.columns}
        self.units = list(table.units)
        self.rows = list(range(len(table.units)))
        self.lines: list[Line] = [Line("projection", "", note) for note in table.notes]

    def result(self) -> Guarded:
        """Return the guarded table; refuse one of fewer than two columns."""
        columns = tuple(self._cut(column) for column in self.columns.values())
        if len(columns) < 2:
            raise CausalError(
                f"{len(columns)} of {len(self.table)} columns left to relate; {self._told()}",
                expected="at least two columns that vary",
            )
        return Guarded(tuple(self.units[i] for i in self.rows), columns, tuple(self.lines))

    def _told(self) -> str:
        return "; ".join(line.text for line in self.lines[-4:]) or "nothing was left out"

    def _cut(self, column: Column) -> Column:
        from dataclasses import replace

        return replace(column, values=tuple(column.values[i] for i in self.rows))

    def say(self, kind: str, column: str, text: str) -> None:
        """Add a line to the report."""
        self.lines.append(Line(kind, column, text))

    def drop(self, name: str, kind: str, why: str, brief: str = "") -> None:
        """Leave a column out, or refuse when it is the target."""
        if name == self.target:
            raise CausalError(
                f"the target {name} {why}",
                expected="a target that varies and was observed",
                next_step="choose another with target=…",
            )
        del self.columns[name]
        self.lines.append(Line(kind, name, f"{name} {why}: left out", brief))

    def values(self, name: str) -> list[Cell]:
        """Return the cells of a column in the rows that are kept."""
        column = self.columns[name]
        return [column.values[i] for i in self.rows]

    def sampling(self, table: FeatureTable) -> None:
        """Say how runs were chosen; leave out what only tells so, and runs of another design."""
        self.lines += [Line(*remark) for remark in remarks(table)]
        self.rows = comparable(table).rows
        for name, column in list(self.columns.items()):
            if is_about_sampling(column):
                self.drop(name, "sampling", "tells how runs were chosen", "how runs were chosen")

    def failed_runs(self) -> None:
        """Leave out runs that did not complete; what they would have reached is unknown."""
        for name, column in list(self.columns.items()):
            if column.term != "aitia:status":
                continue
            kept = [i for i in self.rows if column.values[i] in ("Completed", None)]
            lost = Counter(str(column.values[i]) for i in self.rows if i not in set(kept))
            if lost:
                told = ", ".join(f"{count} {status}" for status, count in sorted(lost.items()))
                if not kept:
                    raise CausalError(
                        f"none of the {len(self.rows)} runs completed ({told})",
                        expected="runs that did",
                        next_step="aitia ls tells what each ended with",
                    )
                self.say(
                    "selection",
                    name,
                    f"{sum(lost.values())} of {len(self.rows)} runs did not complete ({told}) and "
                    "were left out: the answer holds for runs that complete",
                )
                self.rows = kept
            if name != self.target:
                del self.columns[name]

    def empty_columns(self) -> None:
        """Leave out columns that have no value."""
        for name in list(self.columns):
            if all(value is None for value in self.values(name)):
                self.drop(name, "missing", "has no value in any run", "all of them")

    def derived_columns(self) -> None:
        """Leave out what sums up other columns: beside them it would look like a cause."""
        for name, column in list(self.columns.items()):
            sources = [source for source in column.derived_from if source in self.columns]
            if sources and name != self.target:
                told = listed(sources)
                self.drop(name, "derived", f"sums up the same as {told}", told)
            elif sources:
                for source in sources:
                    self.drop(source, "derived", f"is what the target {name} sums up", name)

    def identifiers(self) -> None:
        """Leave out names, digests, counters and seeds: they tell runs apart, and cause nothing."""
        for name in list(self.columns):
            present = [value for value in self.values(name) if value is not None]
            different = len(set(map(str, present)))
            if different < len(present) * 0.9 or different <= 5:
                continue
            if any(isinstance(value, str) for value in present):
                self.drop(name, "identifier", f"has {different} values in {len(present)} runs")
            elif all(isinstance(value, int) for value in present) and _counts(name, present):
                self.drop(name, "identifier", "only numbers the runs")

    def gaps(self) -> None:
        """Leave out columns with many gaps, then rows with any; NaN and infinities are gaps."""
        for name in list(self.columns):
            values = self.values(name)
            odd = sum(isinstance(v, float) and not math.isfinite(v) for v in values)
            lacking = sum(value is None for value in values)
            if odd:
                self.say(
                    "not-finite",
                    name,
                    f"{name} is NaN or infinite in {odd} of {len(values)} runs: gaps, from here on",
                )
            if (odd + lacking) > MOST_GAPS * len(values) and name != self.target:
                share = (odd + lacking) / len(values)
                why = f"lacks a finite value in {share:.0%} of the runs"
                self.drop(name, "missing", why, f"{share:.0%}")
        self._complete_rows()

    def _complete_rows(self) -> None:
        columns = list(self.columns)
        whole = [i for i in self.rows if all(_finite(self.columns[n].values[i]) for n in columns)]
        lost = len(self.rows) - len(whole)
        if lost:
            gone = set(self.rows) - set(whole)
            guilty = [
                n for n in columns if any(not _finite(self.columns[n].values[i]) for i in gone)
            ]
            self.say(
                "selection",
                "",
                f"{lost} of {len(self.rows)} runs lack {listed(guilty, 'or')} and were left out: "
                "the answer holds for runs that have them",
            )
        self.rows = whole

    def few_rows(self) -> None:
        """Refuse a table of too few complete runs."""
        if len(self.rows) < MIN_ROWS:
            raise CausalError(
                f"{len(self.rows)} complete runs of {len(self.units)}; {self._told()}",
                expected=f"at least {MIN_ROWS}",
                next_step="record more runs, or leave out columns with gaps by table.select(…)",
            )

    def constants(self) -> None:
        """Leave out columns that never, or hardly ever, vary."""
        for name in list(self.columns):
            counts = Counter(self.values(name))
            value, most = counts.most_common(1)[0]
            others = len(self.rows) - most
            if len(counts) == 1:
                self.drop(name, "constant", f"is always {_short(value)}", _short(value))
            elif others < max(FEWEST, RARE * len(self.rows)):
                told = f"{_short(value)} in all but {others} of the runs"
                self.drop(name, "near-constant", f"is {told}", told)

    @staticmethod
    def _next_rarest(counts: Counter[str], rarest: str) -> str:
        return min((n, level) for level, n in counts.items() if level != rarest)[1]

    def levels(self) -> None:
        """Leave out texts with too many levels, and put rare levels together."""
        from dataclasses import replace

        for name, column in list(self.columns.items()):
            values = self.values(name)
            if not is_text(column):
                continue
            counts = Counter(map(str, values))
            most = max(2, len(values) // 8)
            if len(counts) > most:
                why = f"has {len(counts)} levels in {len(values)} runs, more than can be compared"
                self.drop(name, "levels", why, str(len(counts)))
                continue
            rare = [level for level, n in counts.items() if n < max(FEWEST, RARE * len(values))]
            if len(rare) == 1:
                rare += [self._next_rarest(counts, rare[0])] if len(counts) > 2 else []
            if len(rare) > 1:
                told = listed(sorted(rare))
                self.say("rare-level", name, f"{name}: the rare levels {told} were put together")
                merged = dict.fromkeys(rare, "other")
                self.columns[name] = replace(
                    column, values=tuple(merged.get(str(v), str(v)) for v in column.values)
                )


def is_text(column: Column) -> bool:
    """Return whether a column's values are names, to be compared and not measured."""
    return column.kind == "nominal" or any(isinstance(value, str) for value in column.values)


def _finite(value: Cell) -> bool:
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def _counts(name: str, present: Sequence[Cell]) -> bool:
    """Return whether whole numbers that all differ merely number the runs."""
    if _NAMES_OF_KEYS.search(name) or is_seed(name):
        return True
    numbers = [value for value in present if isinstance(value, int)]
    return max(numbers) - min(numbers) < len(numbers) * 1.2


def _short(value: Cell) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 72 else text[:69] + "…"


def listed(names: Iterable[str], word: str = "and", *, most: int = 4) -> str:
    """Return names as one phrase; of more than ``most`` the last are only counted."""
    items = [_short(name) for name in names]
    if len(items) > most:
        items = [*items[: most - 1], f"{len(items) - most + 1} more"]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}"
