"""Background knowledge as a table with reasons, and the small file that puts it right.

What the graph says is shown first: the tier of each column and why, columns that follow from
others, settings that were drawn at random. A TOML file may overrule any of it, with a reason:

    [[tier]]
    column = "warmup"
    tier = 0
    reason = "chosen before training began"

    [[forbid]]          # or [[require]]
    cause = "width"
    effect = "learningRate"
    reason = "drawn independently"

    [[leave_out]]
    column = "host"
    reason = "one machine"
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from aitia.causal.knowledge import Knowledge
from aitia.causal.sampling import design, is_about_sampling
from aitia.errors import CausalError
from aitia.projection.table import Column, FeatureTable

KINDS: dict[str, tuple[str, ...]] = {
    "tier": ("column", "tier", "reason"),
    "forbid": ("cause", "effect", "reason"),
    "require": ("cause", "effect", "reason"),
    "leave_out": ("column", "reason"),
}


class Belief(NamedTuple):
    """One thing that is known before looking at numbers.

    ``kind`` is tier, derived, random, sampling, forbidden, required or left out; ``about`` a column
    or an arrow; ``source`` is ``graph`` or the file that overrules it.
    """

    kind: str
    about: str
    value: str
    reason: str
    source: str = "graph"


class Overruling(NamedTuple):
    """What a file says: entries by kind, and its name."""

    entries: Mapping[str, tuple[Mapping[str, Any], ...]]
    source: str


NOTHING = Overruling({}, "graph")


def read(path: str | os.PathLike[str]) -> Overruling:
    """Return what a file of background knowledge says.

    Raises
    ------
    CausalError
        When it cannot be read, or an entry lacks something, such as its reason.
    """
    import tomllib

    try:
        data = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CausalError(f"{os.fspath(path)} cannot be read ({error})", expected="TOML") from error
    entries: dict[str, tuple[Mapping[str, Any], ...]] = {}
    for kind, found in data.items():
        if kind not in KINDS or not isinstance(found, list):
            raise CausalError(
                f"{kind!r} in {os.fspath(path)}",
                expected=f"tables of the kinds {', '.join(f'[[{k}]]' for k in KINDS)}",
            )
        for entry in found:
            _check(kind, entry, os.fspath(path))
        entries[kind] = tuple(found)
    return Overruling(entries, os.fspath(path))


def _check(kind: str, entry: Mapping[str, Any], path: str) -> None:
    wanted = KINDS[kind]
    if set(entry) != set(wanted) or not str(entry["reason"]).strip():
        raise CausalError(
            f"[[{kind}]] in {path} has {', '.join(sorted(entry)) or 'nothing'}",
            expected=f"{', '.join(wanted)}, with a reason in words",
        )
    if kind == "tier" and (not isinstance(entry["tier"], int) or entry["tier"] < 0):
        raise CausalError(f"tier = {entry['tier']!r} in {path}", expected="a whole number from 0")


def overruled(table: FeatureTable, file: Overruling) -> FeatureTable:
    """Return the table with the tiers of a file, without the columns that it leaves out."""
    for kind in ("tier", "leave_out"):
        for entry in file.entries.get(kind, ()):
            table[entry["column"]]  # refuses a name that is not there
    tiers = {e["column"]: e["tier"] for e in file.entries.get("tier", ())}
    gone = {e["column"] for e in file.entries.get("leave_out", ())}
    columns = tuple(replace(c, tier=tiers.get(c.name, c.tier)) for c in table if c.name not in gone)
    most = max((c.tier for c in columns if c.tier is not None), default=-1)
    more = tuple(f"tier {tier}" for tier in range(len(table.tiers), most + 1))
    return replace(table, columns=columns, tiers=(*table.tiers, *more))


def knowledge(table: FeatureTable, file: Overruling = NOTHING) -> Knowledge:
    """Return the knowledge of a table and of a file, for a search.

    Raises
    ------
    CausalError
        When rules contradict one another, or name a column that is not there.
    """
    given = overruled(table, file)
    known = Knowledge.of(given.columns, given.tiers)
    random = design(given).random
    for name, why in random.items():
        for other in given:
            if other.tier == 0 and other.name != name:
                known = known.forbid(other.name, name, why)
    for kind in ("forbid", "require"):
        for entry in file.entries.get(kind, ()):
            for end in ("cause", "effect"):
                given[entry[end]]
            add = known.forbid if kind == "forbid" else known.require
            known = add(entry["cause"], entry["effect"], entry["reason"])
    return known


def beliefs(table: FeatureTable, file: Overruling = NOTHING) -> tuple[Belief, ...]:
    """Return all that is known before looking at numbers, each with its reason and its source."""
    given = overruled(table, file)
    drawn = design(given)
    said = {e["column"]: e for e in file.entries.get("tier", ())}
    found = [
        Belief("left out", e["column"], "", e["reason"], file.source)
        for e in file.entries.get("leave_out", ())
    ]
    for column in given:
        found.append(_tier(column, given, said.get(column.name), file.source))
        if column.derived:
            told = ", ".join(column.derived_from)
            found.append(
                Belief("derived", column.name, told, "the query computes it from these columns")
            )
        if column.name in drawn.random:
            found.append(Belief("random", column.name, "experimental", drawn.random[column.name]))
        if is_about_sampling(column):
            why = drawn.adaptive or "tells how runs were chosen"
            found.append(Belief("sampling", column.name, "no cause", why))
    for kind, word in (("forbid", "forbidden"), ("require", "required")):
        found += [
            Belief(word, f"{e['cause']} → {e['effect']}", "", e["reason"], file.source)
            for e in file.entries.get(kind, ())
        ]
    return (*_between(given), *found)


def _tier(
    column: Column, table: FeatureTable, entry: Mapping[str, Any] | None, source: str
) -> Belief:
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
