"""The long form of a feature table: one value of one variable of one unit, and where it is from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from aitia.errors import ProjectionError
from aitia.projection.cells import Cell
from aitia.vocabulary.terms import ANCESTORS, MODULES, NAMESPACES

BEFORE, FIRST, LAST, LATER = range(4)
STAGES = {"first": FIRST, "last": LAST, "later": LATER}
_NEEDED = ("unit", "variable", "value")


class Fact(NamedTuple):
    """One value of one variable of one unit, and how it is tied to it: a row of the long form.

    ``term``, ``relation`` and ``type`` are CURIEs; ``stage`` is ``first``, ``last``, ``later`` or
    empty; ``derived`` holds names of columns, separated by spaces.
    """

    unit: str
    variable: str
    value: Any
    recorded: str = ""
    term: str = ""
    relation: str = ""
    type: str = ""
    stage: str = ""
    derived: str = ""
    unitCode: str = ""  # noqa: N815 - the name of the query's column


def facts(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[Fact]:
    """Return the rows of an answer in long form.

    Raises
    ------
    ProjectionError
        When a column that the long form needs is not there.
    """
    lacking = [name for name in _NEEDED if name not in columns]
    if lacking:
        raise ProjectionError(
            f"the answer has the columns {', '.join(columns)}",
            expected=f"the long form with {', '.join(_NEEDED)}; {', '.join(lacking)} is lacking",
            next_step="aitia query --list features",
        )
    places = [(name, columns.index(name)) for name in Fact._fields if name in columns]
    return [fact({name: row[place] for name, place in places}) for row in rows]


def fact(given: Mapping[str, Any]) -> Fact:
    """Return the fact of some values by column; those that are None were not given."""
    known = {name: value for name, value in given.items() if value is not None}
    for key in ("term", "relation", "type"):
        if key in known:
            known[key] = curie(str(known[key]))
    return Fact(**{"unit": "", "variable": "", "value": None, **known})


def stage_of(fact: Fact) -> int | None:
    """Return when, in the life of its run, a value came to be; None when the graph is silent."""
    relations = {fact.relation, *ANCESTORS.get(fact.relation, ())}
    if "prov:used" in relations or "aitia:Specification" in ANCESTORS.get(fact.type, ()):
        return BEFORE
    if fact.stage in STAGES:
        return STAGES[fact.stage]
    return LAST if relations & {"prov:generated", "prov:wasGeneratedBy"} else None


def module_of(fact: Fact) -> str | None:
    """Return the module of what the value is about, else of the value's own term."""
    for term in (fact.type, fact.relation, fact.term):
        module = MODULES.get(term)
        if module is not None and module != "core":
            return module
    return MODULES.get(fact.term)


def cell_of(value: Any) -> Cell:
    """Return a value of an answer as a cell: truth values and structures are texts."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, str)):
        return value
    if value is None or isinstance(value, (list, tuple, Mapping)):
        return json.dumps(value)
    return str(value)


def curie(iri: str) -> str:
    """Return an IRI with the prefix of its namespace; as it is where none is known."""
    for prefix, namespace in NAMESPACES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
