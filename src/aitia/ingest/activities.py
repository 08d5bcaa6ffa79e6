"""When activities began and ended, as far as that is known."""

from __future__ import annotations

from collections.abc import Iterator

from aitia.ingest.triples import Triple, term, unended
from aitia.records import prov
from aitia.vocabulary import literals

ABOUT: dict[type, str] = {
    prov.Started: "id",
    prov.Ended: "id",
    prov.Setting: "subject",
    prov.Point: "subject",
    prov.Points: "subject",
    prov.Used: "activity",
    prov.Generated: "activity",
}
"""The field of a record that names the activity which it tells of, by the class of the record."""


class Activities:
    """The run and its tasks: what kind each is, and when it began and ended."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        self._began: dict[str, int] = {}
        self._ended: dict[str, int | None] = {}

    def __contains__(self, here: str) -> bool:
        return here in self._kinds

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._kinds))

    def began(self, here: str, kind: str, time: int) -> None:
        """Learn that an activity of this class began, in nanoseconds since the epoch."""
        self._kinds[here] = kind
        self._began[here] = time

    def ended(self, here: str, time: int | None) -> None:
        """Learn that an activity ended; None when nobody said at what time."""
        self._ended[here] = time

    def kind(self, here: str) -> str:
        """Return the class of an activity; empty for what is none."""
        return self._kinds.get(here, "")

    def settle(self, here: str) -> Iterator[Triple]:
        """Yield how long an activity took, when both ends are known."""
        began, ended = self._began.get(here), self._ended.get(here)
        if began is not None and ended is not None:
            seconds = literals.double(max(0, ended - began) / 1e9)
            yield here, term("aitia:durationSeconds"), seconds

    def unended(self, here: str, *, alive: bool) -> Iterator[Triple]:
        """Yield the status of an activity that began and has no end."""
        if here in self._began and here not in self._ended:
            yield from unended(here, alive=alive)

    def forget(self, here: str) -> None:
        """Forget an activity."""
        for held in (self._kinds, self._began, self._ended):
            held.pop(here, None)
