"""Columns of feature tables, with and without their values, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aitia.projection.cells import Cell, Datatype, Kind, profile_of


@dataclass(frozen=True)
class Column:
    """One variable.

    Attributes
    ----------
    name:
        Name of the column, unique in its table.
    values:
        One cell per unit, in the order of the table's units.
    kind:
        ``continuous``, ``ordinal`` (few whole numbers), ``nominal`` (texts) or ``constant``.
    term:
        CURIE of the ontology term that the values are of, or None.
    module:
        Module of the ontology that the values come from: ``system``, ``platform``, ``model``,
        ``application`` or ``core``; None when unknown.
    unit:
        Unit code (UCUM) or None.
    tier:
        Place in the order in which things came to be: what has a higher tier cannot have caused
        what has a lower one. None when the graph does not say.
    derived_from:
        Names of the columns that this one sums up or was computed from; empty when it was observed.
    drawn:
        Why the values count as drawn at random, whatever was recorded of it; empty when they do
        not; None where the record alone decides.
    """

    name: str
    values: tuple[Cell, ...]
    kind: Kind
    term: str | None = None
    module: str | None = None
    unit: str | None = None
    tier: int | None = None
    derived_from: tuple[str, ...] = ()
    drawn: str | None = None

    @property
    def derived(self) -> bool:
        """Whether the column says again what others tell."""
        return bool(self.derived_from)

    @property
    def missing(self) -> float:
        """Share of units, from 0 to 1, for which nothing was recorded."""
        return self.values.count(None) / len(self.values) if self.values else 0.0

    @property
    def datatype(self) -> Datatype:
        """What a description of the column calls its values."""
        return profile_of(self.values).datatype

    def schema(self) -> dict[str, Any]:
        """Return all but the values, as JSON data."""
        return schema_of(self)


@dataclass(frozen=True)
class Outline:
    """A column without its values; the attributes are those of ``Column``.

    ``missing`` is the share of units for which nothing was recorded, ``storage`` the Arrow type
    that holds the values.
    """

    name: str
    kind: Kind
    term: str | None
    module: str | None
    unit: str | None
    tier: int | None
    derived_from: tuple[str, ...]
    missing: float
    datatype: Datatype
    storage: str

    def schema(self) -> dict[str, Any]:
        """Return the column as JSON data."""
        return schema_of(self)


Described = Column | Outline
"""What says of itself what it is."""


def schema_of(column: Described) -> dict[str, Any]:
    """Return what a column says of itself as JSON data."""
    return {
        "name": column.name,
        "kind": column.kind,
        "term": column.term,
        "module": column.module,
        "unit": column.unit,
        "tier": column.tier,
        "derivedFrom": list(column.derived_from),
        "missing": round(column.missing, 6),
    }


def metadata(schema: Mapping[str, Any]) -> dict[str, str]:
    """Return what a column says of itself as metadata of an Arrow field."""
    found = {}
    for key, value in schema.items():
        if value is not None and value != []:
            found[f"aitia:{key}"] = " ".join(value) if isinstance(value, list) else str(value)
    return found
