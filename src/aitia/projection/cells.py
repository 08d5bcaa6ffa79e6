"""Cells of feature tables: what kinds of values there are, and how they are written.

A cell is a number, a text, or None where nothing was recorded. NaN and infinities are values, not
gaps: a loss that became NaN is a fact about its run.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Cell = float | int | str | None
Kind = Literal["continuous", "ordinal", "nominal", "constant"]
Datatype = Literal["string", "integer", "double"]

MOST_ORDINAL = 10
"""Whole numbers of more than this many different values count as continuous."""


class Profile:
    """What the cells of a column are, seen one by one.

    Attributes
    ----------
    count:
        How many cells hold something.
    """

    def __init__(self) -> None:
        self.count = 0
        self._texts = 0
        self._whole = True
        self._small = True
        self._different: set[Cell] = set()

    def see(self, cell: Cell) -> None:
        """Take in a cell; gaps do not count."""
        if cell is None:
            return
        self.count += 1
        if len(self._different) <= MOST_ORDINAL:
            self._different.add(str(cell) if cell != cell else cell)
        if isinstance(cell, str):
            self._texts += 1
        elif not isinstance(cell, int):
            self._whole = False
        elif not -(2**63) <= cell < 2**63:
            self._small = False

    @property
    def mixed(self) -> bool:
        """Whether some cells are texts and some are numbers; all are to be read as texts then."""
        return 0 < self._texts < self.count

    @property
    def kind(self) -> Kind:
        """The kind of the column."""
        different = set(map(str, self._different)) if self.mixed else self._different
        if len(different) <= 1:
            return "constant"
        if self._texts:
            return "nominal"
        return "ordinal" if self._whole and len(different) <= MOST_ORDINAL else "continuous"

    @property
    def datatype(self) -> Datatype:
        """What a description of the column calls its values."""
        if self._texts:
            return "string"
        return "integer" if self._whole and self.count else "double"

    @property
    def storage(self) -> str:
        """The Arrow type that holds the column."""
        if self._texts:
            return "string"
        return "int64" if self._whole and self._small and self.count else "float64"


def profile_of(values: Iterable[Cell]) -> Profile:
    """Return the profile of a column with these values."""
    profile = Profile()
    for value in values:
        profile.see(value)
    return profile


def kind_of(values: Iterable[Cell]) -> Kind:
    """Return the kind of a column with these values; gaps do not count."""
    return profile_of(values).kind


def lexical(cell: Cell) -> str:
    """Return a cell as CSV has it: gaps are empty, NaN is ``NaN``, infinities ``INF``."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        if cell != cell:
            return "NaN"
        return repr(cell).replace("inf", "INF")
    return str(cell)


def stored(values: Iterable[Cell], storage: str) -> list[Cell]:
    """Return cells as an Arrow column of that type takes them."""
    if storage != "string":
        return list(values)
    return [None if value is None else lexical(value) for value in values]
