"""The statements of PROV-DM, as PROV-CONSTRAINTS reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

SPACE = "urn:aitia:prov-dm#"
SOME = "urn:aitia:prov-dm:some/"
"""Start of the name of something that is said to exist without being named."""

NONE = SPACE + "none"
"""What fills an optional place that says that there is nothing, where it may not be unknown."""

PROV = "http://www.w3.org/ns/prov#"

REQUIRED, UNKNOWN, ABSENT, TIME = "required", "unknown", "absent", "time"
"""What a place is that a statement leaves empty: an error, something unknown, or nothing."""


class Kind(NamedTuple):
    """A relation: its places in the order of PROV-N, and whether it may have an identifier."""

    places: Mapping[str, str]
    identified: bool = True


KINDS: dict[str, Kind] = {
    "entity": Kind({}),
    "activity": Kind({"startTime": TIME, "endTime": TIME}),
    "agent": Kind({}),
    "wasGeneratedBy": Kind({"entity": REQUIRED, "activity": UNKNOWN, "time": TIME}),
    "used": Kind({"activity": REQUIRED, "entity": UNKNOWN, "time": TIME}),
    "wasInformedBy": Kind({"informed": REQUIRED, "informant": REQUIRED}),
    "wasStartedBy": Kind(
        {"activity": REQUIRED, "trigger": UNKNOWN, "starter": UNKNOWN, "time": TIME}
    ),
    "wasEndedBy": Kind({"activity": REQUIRED, "trigger": UNKNOWN, "ender": UNKNOWN, "time": TIME}),
    "wasInvalidatedBy": Kind({"entity": REQUIRED, "activity": UNKNOWN, "time": TIME}),
    "wasDerivedFrom": Kind(
        {
            "generatedEntity": REQUIRED,
            "usedEntity": REQUIRED,
            "activity": ABSENT,
            "generation": ABSENT,
            "usage": ABSENT,
        }
    ),
    "wasAttributedTo": Kind({"entity": REQUIRED, "agent": REQUIRED}),
    "wasAssociatedWith": Kind({"activity": REQUIRED, "agent": UNKNOWN, "plan": ABSENT}),
    "actedOnBehalfOf": Kind({"delegate": REQUIRED, "responsible": UNKNOWN, "activity": ABSENT}),
    "wasInfluencedBy": Kind({"influencee": REQUIRED, "influencer": REQUIRED}),
    "specializationOf": Kind({"specificEntity": REQUIRED, "generalEntity": REQUIRED}, False),
    "alternateOf": Kind({"alternate1": REQUIRED, "alternate2": REQUIRED}, False),
    "hadMember": Kind({"collection": REQUIRED, "entity": REQUIRED}, False),
    "mentionOf": Kind(
        {"specificEntity": REQUIRED, "generalEntity": REQUIRED, "bundle": REQUIRED}, False
    ),
}
ELEMENTS = ("entity", "activity", "agent")


class Statement(NamedTuple):
    """One statement: its kind, its identifier, what fills its places, and its types.

    Names are IRIs (or ``_:`` and a label, for something unnamed); an empty identifier is none.
    """

    kind: str
    id: str
    values: Mapping[str, str]
    types: tuple[str, ...] = ()

    def text(self, names: Mapping[str, str]) -> str:
        """Return the statement in PROV-N, names shortened by the prefixes in ``names``."""
        filled = [self.values.get(place, "") for place in KINDS[self.kind].places]
        while filled and not filled[-1]:
            filled.pop()
        told = [compact(value, names) if value else "-" for value in filled]
        if self.kind in ELEMENTS:
            told.insert(0, compact(self.id, names))
        head = f"{compact(self.id, names)}; " if self.id and self.kind not in ELEMENTS else ""
        return f"{self.kind}({head}{', '.join(told)})"


class Instance(NamedTuple):
    """Statements that are judged together: the top of a document, or one of its bundles."""

    name: str
    statements: tuple[Statement, ...]
    prefixes: Mapping[str, str] = {}


def compact(name: str, prefixes: Mapping[str, str]) -> str:
    """Return an IRI as a prefixed name where a prefix is known for it."""
    for prefix, space in prefixes.items():
        if space and name.startswith(space) and len(name) > len(space):
            return f"{prefix}:{name[len(space) :]}"
    return name


def missing(statement: Statement) -> list[str]:
    """Return the places that the statement must fill and does not."""
    places = KINDS[statement.kind].places
    return [p for p, need in places.items() if need == REQUIRED and not statement.values.get(p)]


def distinct(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Return statements once each."""
    seen: dict[tuple[object, ...], Statement] = {}
    for one in statements:
        seen.setdefault((one.kind, one.id, tuple(sorted(one.values.items())), one.types), one)
    return tuple(seen.values())
