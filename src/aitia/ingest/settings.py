"""The values of settings: one that changed has its last, and a note says what it was before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from aitia.ingest.triples import Triple, term


class Told(NamedTuple):
    """One value that a setting was told to have: the record that says so, and its text."""

    index: int  # type: ignore[assignment]  # hides tuple.index, on purpose
    text: str


class SettingValues:
    """Collects what settings were told to be, by their subject."""

    def __init__(self) -> None:
        self._told: dict[str, dict[str, list[Told]]] = {}

    def tell(self, here: str, setting: str, told: Told) -> None:
        """Note a value of the node ``setting`` of the subject ``here``."""
        self._told.setdefault(here, {}).setdefault(setting, []).append(told)

    def subjects(self) -> list[str]:
        """Return the subjects that have settings still."""
        return list(self._told)

    def sources(self, here: str) -> dict[str, list[int]]:
        """Return the records that each setting of a subject rests on."""
        found = self._told.get(here, {})
        return {setting: [one.index for one in told] for setting, told in found.items()}

    def records_of(self, setting: str) -> list[int]:
        """Return the records that a setting rests on."""
        for settings in self._told.values():
            if setting in settings:
                return [one.index for one in settings[setting]]
        return []

    def settle(self, here: str, *, used: bool) -> Iterator[tuple[list[Triple], str, int]]:
        """Yield triples of each setting of a subject, what changed in words, and how often.

        ``used`` says that it is an activity, and so used its settings.
        """
        for setting, told in self._told.get(here, {}).items():
            values = [text for _, text in sorted(told)]
            found = [(setting, term("aitia:settingValue"), values[-1])]
            if used:
                found.append((here, term("prov:used"), setting))
            before = [value for value in dict.fromkeys(values) if value != values[-1]]
            said = f"{setting} had other values before: {', '.join(before)}" if before else ""
            yield found, said, len(before)

    def forget(self, here: str) -> None:
        """Forget a subject."""
        self._told.pop(here, None)
