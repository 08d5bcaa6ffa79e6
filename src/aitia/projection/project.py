"""Ask a feature question of the library, and pivot its long answer into a table.

The order in which things came to be is read from the graph: what a run used, and the
specifications that it followed, came before what it generated; a curve's first value before the
whole curve; what was measured after the run ended, last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from aitia.errors import ProjectionError
from aitia.projection.cells import Cell
from aitia.projection.columns import Column, Outline
from aitia.projection.facts import Fact, facts
from aitia.projection.families import families
from aitia.projection.gathering import Gathering, gathered
from aitia.projection.reading import Reader, apart, pages
from aitia.projection.table import FeatureTable
from aitia.store.port import Store


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
    with gathering(store, name, **parameters) as found:
        return _table(found, name)


@contextmanager
def gathering(store: Store, name: str, **parameters: object) -> Iterator[Gathering]:
    """Give what a feature question tells of its units, in bounded memory.

    The parameters and errors are those of ``project``; an answer may be empty.
    """
    from aitia.query.catalog import load
    from aitia.query.run import answers

    question = load()[name]
    apiece = families(question)
    if apiece is None or set(parameters) - {"run"}:
        answer = answers(store, question, **parameters)
        yield gathered(facts(answer.columns, answer.rows))
        return
    with apart(store) as reading, Gathering() as found:
        for part in Reader(reading, apiece).all(pages(reading, apiece, parameters.get("run"))):
            found.take(part)
        yield found


def pivot(rows: Sequence[Fact], *, question: str = "") -> FeatureTable:
    """Return the table of long rows: units sorted, columns by tier and then by name.

    Raises
    ------
    ProjectionError
        When there is no row.
    """
    return _table(gathered(rows), question)


def nothing() -> ProjectionError:
    """Return the error about a question that tells of no unit."""
    return ProjectionError(
        "nothing to project: no unit was recorded",
        expected="at least one training run in the store",
        next_step="aitia run python train.py, or: aitia demo",
    )


def _table(found: Gathering, question: str) -> FeatureTable:
    units = []
    values: dict[str, dict[int, Cell]] = {}
    for place, (unit, row) in enumerate(found.rows()):
        units.append(unit)
        for name, cell in row.items():
            values.setdefault(name, {})[place] = cell
    if not units:
        raise nothing()
    shape = found.shape(len(units))
    columns = []
    for outline in shape.columns:
        cells = list(map(values.get(outline.name, {}).get, range(len(units))))
        if outline.name in shape.mixed:
            cells = [None if cell is None else str(cell) for cell in cells]
        columns.append(_column(outline, cells))
    return FeatureTable(
        units=tuple(units),
        columns=tuple(columns),
        tiers=shape.tiers,
        question=question,
        sources=tuple(sorted(found.sources)),
        notes=shape.notes,
    )


def _column(outline: Outline, cells: Sequence[Cell]) -> Column:
    return Column(
        name=outline.name,
        values=tuple(cells),
        kind=outline.kind,
        term=outline.term,
        module=outline.module,
        unit=outline.unit,
        tier=outline.tier,
        derived_from=outline.derived_from,
    )
