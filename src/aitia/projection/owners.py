"""What units are part of: the tasks, runs and campaigns around each, as its bundle tells it.

They are looked up once for all families that are about them, and for all units of a bundle at a
time: whether something holds other units too is then known without a search for each unit.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from aitia.projection.families import Owned, Owners, Pair

MOST_BUNDLES = 1024
"""Bundles of which it is kept what their units are part of."""

Ask = Callable[[Sequence[str]], Iterable[tuple[int, str, str]]]
"""Asks for all units of some bundles: place of the bundle, unit, and what that is part of."""


class _Held(NamedTuple):
    """What the units of a bundle are part of, and how many units each of these holds."""

    owners: Mapping[str, Sequence[str]]
    units: Mapping[str, int]


class Around:
    """What units are part of, by bundle.

    Parameters
    ----------
    ask:
        Where that is looked up.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._known: dict[str, _Held] = {}

    def of(self, page: Sequence[Pair], which: Owners) -> list[Owned]:
        """Return what the units of a page are part of, as far as a family is about it."""
        with self._lock:
            self._learn(dict.fromkeys(recorded for _, recorded in page))
            return [
                (place, owner)
                for place, (unit, recorded) in enumerate(page)
                for owner in _owners(self._known[recorded], unit, which)
            ]

    def _learn(self, bundles: Iterable[str]) -> None:
        new = [bundle for bundle in bundles if bundle not in self._known]
        if not new:
            return
        while self._known and len(self._known) + len(new) > MOST_BUNDLES:
            del self._known[next(iter(self._known))]
        found: list[dict[str, list[str]]] = [{} for _ in new]
        for place, unit, owner in self._ask(new):
            found[place].setdefault(unit, []).append(owner)
        for bundle, owners in zip(new, found, strict=True):
            counts = Counter(owner for each in owners.values() for owner in each)
            self._known[bundle] = _Held(owners, counts)


def _owners(held: _Held, unit: str, which: Owners) -> list[str]:
    """Return what a unit is part of; whatever holds no other unit is alone."""
    above = held.owners.get(unit, ())
    found = list(above)
    if which.value.startswith("*") and unit not in found:
        found.append(unit)
    if not which.value.endswith("alone"):
        return found
    return [owner for owner in found if held.units.get(owner, 0) == (owner in above)]
