"""Background knowledge as a table with reasons: what the graph says, and what a file overrules.

What the graph says comes first: the tier of each column and why, columns that follow from others,
settings that were drawn at random. A file (``causal.knowledge_file``) may overrule any of it; each
belief keeps who stated it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from aitia.causal.knowledge import Knowledge, Rule, find_cycle
from aitia.causal.knowledge_file import COMPUTED, NOTHING, Entry, Given, Overruling, stated
from aitia.causal.sampling import design, is_about_sampling
from aitia.projection.table import Column, FeatureTable

GRAPH = "graph"
"""The source of what is read from the graph."""


class Belief(NamedTuple):
    """One thing that is known before looking at numbers.

    ``kind`` is tier, derived, random, sampling, forbidden, required or left out; ``about`` a column
    or an arrow; ``source`` is ``graph``, or who overrules it and in which file.
    """

    kind: str
    about: str
    value: str
    reason: str
    source: str = GRAPH

    def __str__(self) -> str:
        value = f": {self.value}" if self.value else ""
        return f"{self.kind}, {self.about}{value}, as {self.reason}"


def overruled(table: FeatureTable, file: Overruling = NOTHING) -> FeatureTable:
    """Return the table as a file states it: its tiers, derivations, draws; without what it leaves.

    Raises
    ------
    CausalError
        When the file names a column that is not there, or one twice; with the line.
    """
    tier = _about(table, file, "tier")
    derived = _about(table, file, "derived")
    random = _about(table, file, "random")
    gone = _about(table, file, "leave_out")
    for entry in derived.values():
        for source in entry["from"]:
            _known(table, file, entry, source)
    columns = []
    for column in table:
        if column.name in gone:
            continue
        made = column
        if column.name in tier:
            made = replace(made, tier=tier[column.name]["tier"])
        if column.name in derived:
            made = replace(made, derived_from=tuple(derived[column.name]["from"]))
        if column.name in random:
            made = replace(made, drawn=_drawn(random[column.name], file))
        columns.append(made)
    most = max((c.tier for c in columns if c.tier is not None), default=-1)
    more = tuple(f"tier {place}" for place in range(len(table.tiers), most + 1))
    return replace(table, columns=tuple(columns), tiers=(*table.tiers, *more))


def given(table: FeatureTable, path: Given) -> FeatureTable:
    """Return the table as a file of background knowledge states it.

    Raises
    ------
    CausalError
        When the file contradicts itself or names what is not there; with the line.
    """
    file = stated(path)
    knowledge(table, file)  # refuses arrows that contradict the rest
    return overruled(table, file)


def _drawn(entry: Entry, file: Overruling) -> str:
    """Return why a setting counts as drawn at random, or nothing when it does not."""
    return f"{entry['reason']} ({file.source})" if entry["random"] else ""


def _about(table: FeatureTable, file: Overruling, kind: str) -> dict[str, Entry]:
    """Return the entries of a kind by their columns, each of which is there, and once."""
    found: dict[str, Entry] = {}
    for entry in file.of(kind):
        name = entry["column"]
        _known(table, file, entry, name)
        if name in found:
            raise file.refuse(
                entry,
                f"[[{kind}]] of {name} again",
                f"one for each column; the other is on line {found[name].line}",
            )
        found[name] = entry
    return found


def _known(table: FeatureTable, file: Overruling, entry: Entry, name: str) -> None:
    if name not in table:
        from difflib import get_close_matches

        near = get_close_matches(name, table.names, n=3, cutoff=0.5)
        raise file.refuse(
            entry,
            f"no column {name!r}",
            f"one of {', '.join(near or table.names[:12])}",
            f"aitia features {table.question or 'NAME'} lists the columns",
        )


def knowledge(table: FeatureTable, file: Overruling = NOTHING) -> Knowledge:
    """Return the knowledge of a table and of a file, for a search.

    Parameters
    ----------
    table:
        What was projected, before the file overrules it.
    file:
        What overrules it.

    Raises
    ------
    CausalError
        When rules contradict one another, make a cycle, or name a column that is not there; with
        the line.
    """
    given = overruled(table, file)
    known = Knowledge.of(given.columns, given.tiers)
    forbidden = [Rule(*pair, why) for pair, why in _between_draws(given)]
    forbidden += [_rule(table, file, entry) for entry in file.of("forbid")]
    required = [(_rule(table, file, entry), entry) for entry in file.of("require")]
    known = replace(known, forbidden=tuple(forbidden))
    for rule, entry in required:
        why = known.forbids(rule.cause, rule.effect)
        if why is not None:
            raise file.refuse(
                entry,
                f"{rule.cause} → {rule.effect} is required ({rule.reason}) and forbidden ({why})",
                "rules and tiers that agree",
                f"edit {file.path}: the tier of {rule.cause} or {rule.effect}, or the arrow",
            )
    _in_order(file, required)
    return replace(known, required=tuple(rule for rule, _ in required))


def _rule(table: FeatureTable, file: Overruling, entry: Entry) -> Rule:
    for end in ("cause", "effect"):
        _known(table, file, entry, entry[end])
    if entry["cause"] == entry["effect"]:
        raise file.refuse(entry, f"an arrow from {entry['cause']} to itself", "two columns")
    return Rule(entry["cause"], entry["effect"], entry["reason"])


def _in_order(file: Overruling, required: Sequence[tuple[Rule, Entry]]) -> None:
    cycle = find_cycle((rule.cause, rule.effect) for rule, _ in required)
    if cycle:
        on_it = set(pairwise(cycle))
        lines = sorted(entry.line for rule, entry in required if (rule.cause, rule.effect) in on_it)
        raise file.refuse(
            lines[-1],
            f"the required arrows of lines {', '.join(map(str, lines))} make a cycle: "
            f"{' → '.join(cycle)}",
            "an order in which things came to be",
        )


def _between_draws(table: FeatureTable) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield arrows into settings that were drawn at random, from others of the first tier."""
    for name, why in design(table).random.items():
        for other in table:
            if other.tier == 0 and other.name != name and not is_about_sampling(other):
                yield (other.name, name), why


def beliefs(table: FeatureTable, file: Overruling = NOTHING) -> tuple[Belief, ...]:
    """Return all that is known before looking at numbers, each with its reason and who states it.

    What a file states just as the graph does is the graph's.
    """
    given = overruled(table, file)
    before = {belief[:2]: belief for belief in _of_columns(table, NOTHING)}
    found = [
        Belief("left out", entry["column"], "", entry["reason"], file.source)
        for entry in file.of("leave_out")
    ]
    for belief in _of_columns(given, file):
        same = before.get(belief[:2])
        found.append(same if same is not None and same[:4] == belief[:4] else belief)
    found += _unmade(table, file)
    for kind, word in (("forbid", "forbidden"), ("require", "required")):
        found += [
            Belief(word, f"{entry['cause']} → {entry['effect']}", "", entry["reason"], file.source)
            for entry in file.of(kind)
        ]
    return (*_between(given), *found)


def _unmade(table: FeatureTable, file: Overruling) -> Iterator[Belief]:
    """Yield what the graph says and a file takes back."""
    drawn = design(table).random
    for entry in file.of("random"):
        if not entry["random"] and entry["column"] in drawn:
            yield Belief("random", entry["column"], "no", entry["reason"], file.source)
    for entry in file.of("derived"):
        if not entry["from"] and table[entry["column"]].derived:
            yield Belief("derived", entry["column"], "no", entry["reason"], file.source)


def _of_columns(table: FeatureTable, file: Overruling) -> Iterator[Belief]:
    """Yield what is known of each column; ``table`` is as the file overrules it."""
    drawn = design(table)
    said: Callable[[str], dict[str, Entry]] = lambda kind: {e["column"]: e for e in file.of(kind)}  # noqa: E731
    tiers, derived, random = said("tier"), said("derived"), said("random")
    for column in table:
        yield _tier(column, table, tiers.get(column.name), file.source)
        if column.derived:
            told = ", ".join(column.derived_from)
            yield _stated("derived", column.name, told, COMPUTED, derived, file)
        if column.name in drawn.random:
            why = drawn.random[column.name]
            yield _stated("random", column.name, "experimental", why, random, file)
        if is_about_sampling(column):
            why = drawn.adaptive or "tells how runs were chosen"
            yield Belief("sampling", column.name, "no cause", why)


def _stated(
    kind: str, name: str, value: str, why: str, said: dict[str, Entry], file: Overruling
) -> Belief:
    if name in said:
        return Belief(kind, name, value, said[name]["reason"], file.source)
    return Belief(kind, name, value, why)


def _tier(column: Column, table: FeatureTable, entry: Entry | None, source: str) -> Belief:
    if entry is not None:
        return Belief("tier", column.name, str(entry["tier"]), entry["reason"], source)
    if column.tier is None:
        return Belief("tier", column.name, "none", "the graph does not say when it came to be")
    return Belief("tier", column.name, str(column.tier), table.tiers[column.tier])


def _between(table: FeatureTable) -> list[Belief]:
    """Return which arrows the tiers forbid, tier by tier."""
    used = sorted({c.tier for c in table if c.tier is not None})
    return [
        Belief(
            "forbidden",
            f"tier {after} → tier {before}",
            "",
            f"{table.tiers[before]} came before {table.tiers[after]}",
        )
        for before in used
        for after in used
        if after > before
    ]
