"""Ask a feature question of the library, and pivot its long answer into a table.

The order in which things came to be is read from the graph: what a run used, and the
specifications that it followed, came before what it generated; a curve's first value before the
whole curve; what was measured after the run ended, last.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from aitia.errors import ProjectionError
from aitia.projection.table import Cell, Column, FeatureTable, kind_of
from aitia.store.port import Store
from aitia.vocabulary.terms import ANCESTORS, MODULES, NAMESPACES

BEFORE, FIRST, LAST, LATER = range(4)
STAGES = {"first": FIRST, "last": LAST, "later": LATER}
WORDS = {
    BEFORE: "what the run used",
    FIRST: "known at its first step",
    LAST: "known when it ended",
    LATER: "measured afterwards",
}
_NEEDED = ("unit", "variable", "value")
_UNITLESS = frozenset({"aitia:bestStep", "aitia:pointCount", "aitia:indexOfBest"})


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


def project(store: Store, name: str = "training-runs", **parameters: object) -> FeatureTable:
    """Return the feature table that a question of the family ``features`` projects.

    Parameters
    ----------
    store:
        Where to ask.
    name:
        Name of the question.
    parameters:
        Its parameters.

    Raises
    ------
    NotFoundError
        When there is no such question.
    ProjectionError
        When the answer is empty, or is not in long form.
    """
    from aitia.query.catalog import load
    from aitia.query.run import ask

    question = load()[name]
    answer = ask(store, question, **parameters)
    return pivot(facts(answer.columns, answer.rows), question=name)


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
    found = []
    for row in rows:
        given = {name: row[place] for name, place in places if row[place] is not None}
        for key in ("term", "relation", "type"):
            if key in given:
                given[key] = _curie(str(given[key]))
        found.append(Fact(**{"value": None, **given}))
    return found


def pivot(rows: Sequence[Fact], *, question: str = "") -> FeatureTable:
    """Return the table of long rows: units sorted, columns by tier and then by name.

    Raises
    ------
    ProjectionError
        When there is no row.
    """
    if not rows:
        raise ProjectionError(
            "nothing to project: no unit was recorded",
            expected="at least one training run in the store",
            next_step="aitia run python train.py, or: aitia demo",
        )
    units = sorted({row.unit for row in rows})
    groups: dict[str, list[Fact]] = defaultdict(list)
    for row in rows:
        groups[row.variable].append(row)
    notes: list[str] = []
    made = [_column(name, group, units, notes) for name, group in groups.items()]
    stages = sorted({stage for _, stage in made if stage is not None})
    columns = [_placed(column, stage, stages) for column, stage in made]
    columns.sort(key=lambda c: (len(stages) if c.tier is None else c.tier, c.derived, c.name))
    return FeatureTable(
        units=tuple(units),
        columns=tuple(columns),
        tiers=tuple(WORDS[stage] for stage in stages),
        question=question,
        sources=tuple(sorted({row.recorded for row in rows if row.recorded})),
        notes=tuple(notes),
    )


def stage_of(fact: Fact) -> int | None:
    """Return when, in the life of its run, a value came to be; None when the graph is silent."""
    relations = {fact.relation, *ANCESTORS.get(fact.relation, ())}
    if "prov:used" in relations or "aitia:Specification" in ANCESTORS.get(fact.type, ()):
        return BEFORE
    if fact.stage in STAGES:
        return STAGES[fact.stage]
    return LAST if relations & {"prov:generated", "prov:wasGeneratedBy"} else None


def _column(
    name: str, group: Sequence[Fact], units: Sequence[str], notes: list[str]
) -> tuple[Column, int | None]:
    cells = _cells(name, group, notes)
    values = _even(name, [cells.get(unit) for unit in units], notes)
    found = {stage_of(fact) for fact in group}
    stage = found.pop() if len(found) == 1 else None
    if found and stage is None:
        notes.append(f"{name} is recorded as both used and generated: it was given no tier")
    fact = group[0]
    derived = sorted({source for row in group for source in row.derived.split()} - {name})
    unit = {row.unitCode for row in group if row.unitCode}
    column = Column(
        name=name,
        values=tuple(values),
        kind=kind_of(values),
        term=fact.term or None,
        module=_module(fact),
        unit=unit.pop() if len(unit) == 1 and fact.term not in _UNITLESS else None,
        derived_from=tuple(derived),
    )
    return column, stage


def _placed(column: Column, stage: int | None, stages: Sequence[int]) -> Column:
    from dataclasses import replace

    return column if stage is None else replace(column, tier=stages.index(stage))


def _cells(name: str, group: Sequence[Fact], notes: list[str]) -> dict[str, Cell]:
    """Return one cell per unit; texts that differ are joined, numbers that differ are left out."""
    found: dict[str, list[Cell]] = defaultdict(list)
    for fact in group:
        cell = _cell(fact.value)
        if not any(_same(cell, other) for other in found[fact.unit]):
            found[fact.unit].append(cell)
    cells: dict[str, Cell] = {}
    clashes = 0
    for unit, several in found.items():
        if len(several) == 1:
            cells[unit] = several[0]
        elif all(isinstance(cell, str) for cell in several):
            cells[unit] = " + ".join(sorted(map(str, several)))
        else:
            clashes += 1
    if clashes:
        count = f"{clashes} of {len(found)} units"
        notes.append(f"{name} has several values in {count}: they were left out there")
    return cells


def _same(one: Cell, other: Cell) -> bool:
    return one == other or (one != one and other != other)


def _even(name: str, values: list[Cell], notes: list[str]) -> list[Cell]:
    """Return the values all as texts when some of them are."""
    texts = [isinstance(value, str) for value in values if value is not None]
    if not any(texts) or all(texts):
        return values
    notes.append(f"{name} holds numbers and texts: all were read as texts")
    return [None if value is None else str(value) for value in values]


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, str)):
        return value
    if value is None or isinstance(value, (list, tuple, Mapping)):
        return json.dumps(value)
    return str(value)


def _curie(iri: str) -> str:
    for prefix, namespace in NAMESPACES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def _module(fact: Fact) -> str | None:
    """Return the module of what the value is about, else of the value's own term."""
    for term in (fact.type, fact.relation, fact.term):
        module = MODULES.get(term)
        if module is not None and module != "core":
            return module
    return MODULES.get(fact.term)
