"""Gathering what is read of units into rows, and what their columns are, in bounded memory.

Rows beyond a number of cells go to a file of SQLite, whose sorter brings the parts of a unit that
several bundles tell of together again.
"""

from __future__ import annotations

import marshal
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from aitia.projection.cells import Cell, Profile
from aitia.projection.columns import Outline
from aitia.projection.facts import BEFORE, FIRST, LAST, LATER, Fact, cell_of, module_of, stage_of
from aitia.projection.reading import Read, Row, put

MOST_CELLS = 600_000
"""Cells that are held in memory before they go to a file: some 100 MB."""

WORDS = {
    BEFORE: "what the run used",
    FIRST: "known at its first step",
    LAST: "known when it ended",
    LATER: "measured afterwards",
}
_UNITLESS = frozenset({"aitia:bestStep", "aitia:pointCount", "aitia:indexOfBest"})


class Shape(NamedTuple):
    """The columns of a table, without values, and what was noted while they were made.

    ``mixed`` names columns whose numbers have to be read as texts.
    """

    columns: tuple[Outline, ...]
    tiers: tuple[str, ...]
    mixed: frozenset[str]
    notes: tuple[str, ...]


@dataclass
class _About:
    """What is known of a variable."""

    first: Fact
    stages: set[int | None] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    derived: set[str] = field(default_factory=set)
    profile: Profile = field(default_factory=Profile)
    units: int = 0
    clashes: int = 0

    def tell(self, fact: Fact) -> None:
        """Take in what a fact tells of the variable."""
        self.stages.add(stage_of(fact))
        self.derived |= set(fact.derived.split()) - {fact.variable}
        if fact.unitCode:
            self.codes.add(fact.unitCode)


class Gathering:
    """Rows of units as they are read, and what their columns are."""

    def __init__(self, most_cells: int = MOST_CELLS) -> None:
        self.sources: set[str] = set()
        self._most = most_cells
        self._about: dict[str, _About] = {}
        self._rows: dict[str, Row] = {}
        self._cells = 0
        self._file: sqlite3.Connection | None = None
        self._path = ""

    def __enter__(self) -> Gathering:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
            os.unlink(self._path)

    def take(self, read: Read) -> None:
        """Take in what was read of a page."""
        for fact in read.about:
            self.tell(fact)
        for (unit, recorded), row in zip(read.page, read.rows, strict=True):
            if row:
                self.add(unit, recorded, row)

    def tell(self, fact: Fact) -> None:
        """Take in what a fact tells of its variable."""
        self._about.setdefault(fact.variable, _About(fact)).tell(fact)

    def add(self, unit: str, recorded: str, row: Row) -> None:
        """Take in cells of a unit that a bundle tells."""
        if recorded:
            self.sources.add(recorded)
        old = self._rows.setdefault(unit, row)
        if old is not row:
            _merge(old, row)
        self._cells += len(row)
        if self._cells > self._most:
            self._spill()

    def rows(self) -> Iterator[tuple[str, dict[str, Cell]]]:
        """Yield each unit with its cells, units sorted; texts that differ are joined.

        Numbers that differ are left out, and ``shape`` says so afterwards.
        """
        parts = sorted(self._rows.items()) if self._file is None else self._sorted()
        for unit, row in parts:
            yield (
                unit,
                {
                    name: cell
                    for name, found in row.items()
                    if (cell := self._settled(name, found)) is not None
                },
            )

    def shape(self, units: int) -> Shape:
        """Return what the columns of all rows are, once these were gone through.

        Parameters
        ----------
        units:
            How many units there are.
        """
        notes = [note for name in sorted(self._about) for note in self._notes(name)]
        found = {name: self._stage(name) for name in self._about}
        stages = sorted({stage for stage in found.values() if stage is not None})
        columns = [
            self._column(name, units, None if stage is None else stages.index(stage))
            for name, stage in found.items()
        ]
        columns.sort(
            key=lambda c: (len(stages) if c.tier is None else c.tier, bool(c.derived_from), c.name)
        )
        mixed = (name for name, about in self._about.items() if about.profile.mixed)
        words = tuple(WORDS[stage] for stage in stages)
        return Shape(tuple(columns), words, frozenset(mixed), tuple(notes))

    def _settled(self, name: str, found: Cell | tuple[Cell, ...]) -> Cell:
        about = self._about[name]
        about.units += 1
        if isinstance(found, tuple):
            if not all(isinstance(cell, str) for cell in found):
                about.clashes += 1
                return None
            found = " + ".join(sorted(map(str, found)))
        about.profile.see(found)
        return found

    def _stage(self, name: str) -> int | None:
        stages = self._about[name].stages
        return next(iter(stages)) if len(stages) == 1 else None

    def _notes(self, name: str) -> Iterator[str]:
        about = self._about[name]
        if about.clashes:
            count = f"{about.clashes} of {about.units} units"
            yield f"{name} has several values in {count}: they were left out there"
        if about.profile.mixed:
            yield f"{name} holds numbers and texts: all were read as texts"
        if len(about.stages) > 1:
            yield f"{name} is recorded as both used and generated: it was given no tier"

    def _column(self, name: str, units: int, tier: int | None) -> Outline:
        about = self._about[name]
        fact, codes, profile = about.first, about.codes, about.profile
        return Outline(
            name=name,
            kind=profile.kind,
            term=fact.term or None,
            module=module_of(fact),
            unit=min(codes) if len(codes) == 1 and fact.term not in _UNITLESS else None,
            tier=tier,
            derived_from=tuple(sorted(about.derived)),
            missing=1 - profile.count / units if units else 0.0,
            datatype=profile.datatype,
            storage=profile.storage,
        )

    def _spill(self) -> None:
        if self._file is None:
            handle, self._path = tempfile.mkstemp(suffix=".sqlite", prefix="aitia-features-")
            os.close(handle)
            self._file = sqlite3.connect(self._path)
            self._file.executescript(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                "CREATE TABLE part (unit TEXT NOT NULL, row BLOB NOT NULL)"
            )
        parts = ((unit, marshal.dumps(row)) for unit, row in self._rows.items())
        self._file.executemany("INSERT INTO part VALUES (?, ?)", parts)
        self._rows, self._cells = {}, 0

    def _sorted(self) -> Iterator[tuple[str, Row]]:
        assert self._file is not None
        self._spill()
        found = self._file.execute("SELECT unit, row FROM part ORDER BY unit")
        for unit, parts in groupby(found, key=itemgetter(0)):
            rows = (marshal.loads(data) for _, data in parts)
            whole = next(rows)
            for row in rows:
                _merge(whole, row)
            yield unit, whole


def gathered(rows: Iterable[Fact]) -> Gathering:
    """Return rows of the long form gathered by unit."""
    gathering = Gathering(sys.maxsize)
    for fact in rows:
        gathering.tell(fact)
        gathering.add(fact.unit, fact.recorded, {fact.variable: cell_of(fact.value)})
    return gathering


def _merge(row: Row, other: Mapping[str, Cell | tuple[Cell, ...]]) -> None:
    for name, found in other.items():
        for cell in found if isinstance(found, tuple) else (found,):
            put(row, name, cell)
