"""What is known before looking at numbers: what came first, and what is certain or impossible.

The tiers come from the graph (``projection.project``): what a run used precedes what it generated,
so no arrow may lead from the later to the earlier. Every rule carries its reason, which goes into
the report and into the assumptions of each claim.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from aitia.errors import CausalError

if TYPE_CHECKING:
    from aitia.projection.table import Column


class Rule(NamedTuple):
    """An arrow that must be, or must not be, and why."""

    cause: str
    effect: str
    reason: str


@dataclass(frozen=True)
class Knowledge:
    """Background knowledge about named variables.

    Attributes
    ----------
    tiers:
        Tier of each variable; a variable without one may cause, and be caused by, any other.
    words:
        What each tier means; ``words[tier]``.
    forbidden:
        Arrows that must not be, beside those that the tiers forbid.
    required:
        Arrows that are known, such as recorded derivations.

    Raises
    ------
    CausalError
        When the rules contradict the tiers, one another, or make a cycle.
    """

    tiers: Mapping[str, int]
    words: tuple[str, ...] = ()
    forbidden: tuple[Rule, ...] = ()
    required: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        for rule in self.required:
            reason = self.forbids(rule.cause, rule.effect)
            if reason is not None:
                raise CausalError(
                    f"{rule.cause} → {rule.effect} is required ({rule.reason}) and forbidden "
                    f"({reason})",
                    expected="rules that agree",
                )
        cycle = find_cycle((rule.cause, rule.effect) for rule in self.required)
        if cycle:
            raise CausalError(
                f"the required arrows make a cycle: {' → '.join(cycle)}",
                expected="an order in which things came to be",
            )

    @classmethod
    def of(cls, columns: Sequence[Column], words: Sequence[str] = ()) -> Knowledge:
        """Return what the columns of a feature table know: their tiers."""
        tiers = {column.name: column.tier for column in columns if column.tier is not None}
        return cls(tiers, tuple(words))

    def forbid(self, cause: str, effect: str, reason: str) -> Knowledge:
        """Return this knowledge with one more arrow that must not be."""
        return replace(self, forbidden=(*self.forbidden, Rule(cause, effect, reason)))

    def require(self, cause: str, effect: str, reason: str) -> Knowledge:
        """Return this knowledge with one more arrow that is known to be."""
        return replace(self, required=(*self.required, Rule(cause, effect, reason)))

    def forbids(self, cause: str, effect: str) -> str | None:
        """Return why there can be no arrow from ``cause`` to ``effect``, or None if there can."""
        reason = self._forbidden.get((cause, effect))
        if reason is not None:
            return reason
        before, after = self.tiers.get(effect), self.tiers.get(cause)
        if before is None or after is None or after <= before:
            return None
        return f"{effect} ({self.word(before)}) came before {cause} ({self.word(after)})"

    @cached_property
    def _forbidden(self) -> dict[tuple[str, str], str]:
        return {(rule.cause, rule.effect): rule.reason for rule in reversed(self.forbidden)}

    def among(self, names: Sequence[str]) -> Knowledge:
        """Return what is known of these variables alone."""
        known = set(names)
        return Knowledge(
            {name: tier for name, tier in self.tiers.items() if name in known},
            self.words,
            tuple(rule for rule in self.forbidden if {rule.cause, rule.effect} <= known),
            tuple(rule for rule in self.required if {rule.cause, rule.effect} <= known),
        )

    def word(self, tier: int) -> str:
        """Return what a tier means, in words."""
        return self.words[tier] if tier < len(self.words) else f"tier {tier}"

    def apart(self, one: str, other: str) -> str | None:
        """Return why two variables cannot be linked in either direction, or None."""
        reason = self.forbids(one, other)
        return reason if reason is not None and self.forbids(other, one) is not None else None

    def sentences(self, names: Sequence[str]) -> list[str]:
        """Return the knowledge about the variables ``names`` in words, rule by rule."""
        groups: dict[int, list[str]] = defaultdict(list)
        for name in names:
            if name in self.tiers:
                groups[self.tiers[name]].append(name)
        found = [f"{self.word(tier)}: {', '.join(groups[tier])}" for tier in sorted(groups)]
        free = [name for name in names if name not in self.tiers]
        if free:
            found.append(f"the graph does not say when these came to be: {', '.join(free)}")
        here = self.among(names)
        found += [f"no arrow {told}" for told in _in_words(here.forbidden)]
        found += [f"an arrow {rule.cause} → {rule.effect}: {rule.reason}" for rule in here.required]
        return found

    def check_names(self, names: Sequence[str]) -> None:
        """Refuse rules that name something that is not among the variables.

        Raises
        ------
        CausalError
            When a rule names an unknown variable.
        """
        known = set(names)
        for rule in (*self.forbidden, *self.required):
            for name in (rule.cause, rule.effect):
                if name not in known:
                    raise CausalError(
                        f"the rule on {rule.cause} → {rule.effect} names {name!r}, "
                        "which is not among the variables",
                        expected=f"one of {', '.join(names)}",
                    )


def _in_words(rules: Sequence[Rule]) -> list[str]:
    """Return rules in words, those with one reason together where they form a pattern."""
    groups: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        groups[rule.reason].append(rule)
    found = []
    for reason, group in groups.items():
        names = list(dict.fromkeys(name for rule in group for name in rule[:2]))
        if len(names) > 2 and len({rule[:2] for rule in group}) == len(names) * (len(names) - 1):
            found.append(f"between any two of {', '.join(names)}: {reason}")
            continue
        causes: dict[str, list[str]] = defaultdict(list)
        for rule in group:
            causes[rule.effect].append(rule.cause)
        found += [f"{', '.join(them)} → {effect}: {reason}" for effect, them in causes.items()]
    return found


def find_cycle(arrows: Iterable[tuple[str, str]]) -> list[str]:
    """Return the nodes of one directed cycle, the first repeated at the end, or an empty list."""
    after: dict[str, list[str]] = defaultdict(list)
    for cause, effect in arrows:
        after[cause].append(effect)
    done: set[str] = set()

    def walk(node: str, path: list[str]) -> list[str]:
        """Return the cycle that a walk on from a node closes; nothing where there is none."""
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return []
        for following in after.get(node, ()):
            found = walk(following, [*path, node])
            if found:
                return found
        done.add(node)
        return []

    for start in list(after):
        found = walk(start, [])
        if found:
            return found
    return []
