"""Importer of tables of runs: results that others publish as CSV, JSON lines or JSON.

What the columns are is said in a small file (see ``description``), and that file is what is
imported: only the columns that it names are read. The whole table becomes one campaign, and each
training in it a training run with its settings, curves and results.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from aitia.importers.port import Imported, Pseudonyms, minted
from aitia.importers.record_trails import scalar
from aitia.importers.redaction import Redactor
from aitia.importers.source import Source, open_source
from aitia.importers.table.description import Description, load
from aitia.importers.table.rows import Row, rows
from aitia.records import (
    Ended,
    Entity,
    Note,
    Point,
    Points,
    Record,
    RunEnded,
    RunStarted,
    Setting,
    Started,
    Used,
    Value,
)

__all__ = ["RECORDER", "read", "recognises"]

RECORDER = "table"
_INFERRED: dict[str, Value] = {"aitia:statusInferred": True}

NOTES = (
    ("blind spot", "a table of results does not say where and with which software runs were made"),
    ("inferred", "the trainings count as completed: a table of results has no status"),
)


class Training(NamedTuple):
    """One training: what it is called, and its rows in the order of the table."""

    name: str
    rows: list[Row]


def read(
    path: str | os.PathLike[str], *, pseudonyms: Pseudonyms | None = None
) -> Iterator[Imported]:
    """Yield the trainings of a table as one campaign.

    Parameters
    ----------
    path:
        The description of the table (TOML).
    pseudonyms:
        Not used: only columns that the description names are read.

    Raises
    ------
    NotFoundError
        When a file is not there.
    ImportFormatError
        When the description or a row is not as it should be; the error names the line.
    """
    described = load(path)
    sources = [open_source(file) for file in described.paths]
    trainings = _grouped(described, sources)
    digests = "/".join(source.digest for source in (described.source, *sources))
    run = minted(RECORDER, "campaign", digests)
    redactor = Redactor()
    # Everything is checked before the first record goes out: a table is imported whole or not.
    body = [record for i, t in enumerate(trainings, 1) for record in _training(
        described, str(i), t, redactor)]  # fmt: skip
    yield Imported(run, RECORDER, _records(run, described, sources, body, redactor))


def recognises(path: str | os.PathLike[str]) -> bool:
    """Say whether a file is a description of a table: TOML with a section ``[table]``."""
    if not os.fspath(path).endswith(".toml"):
        return False
    try:
        with open(path, "rb") as handle:
            return any(line.strip() == b"[table]" for line in handle)
    except OSError:
        return False


def _grouped(described: Description, sources: list[Source]) -> list[Training]:
    found: dict[tuple[str, ...], Training] = {}
    for source in sources:
        for row in rows(source, described.columns):
            name = [str(row.cells[column]) for column in described.run]
            key = tuple(name) or (source.digest, str(row.line), str(len(found)))
            called = " ".join(name) or f"row {len(found) + 1}"
            found.setdefault(key, Training(called, [])).rows.append(row)
    if not found:
        raise sources[0].refuse(
            1, "no row", expected="at least one run", next_step="check the file"
        )
    return list(found.values())


def _records(
    run: str,
    described: Description,
    sources: list[Source],
    body: list[Record],
    redactor: Redactor,
) -> Iterator[Record]:
    yield RunStarted(run, redactor.text(described.name), described.start, type="aitia:Campaign")
    yield from described.source.records(run, RECORDER)
    for source in sources:
        yield from source.records(run, RECORDER)
    yield from body
    for kind, text in NOTES:
        yield Note(kind, text)
    if not described.start:
        yield Note("untimed", "neither table nor description says when the runs were made")
    if redactor.count:
        yield Note("redacted", "texts with secrets or home folders in them", redactor.count)
    yield RunEnded(None, attributes=_INFERRED)


def _training(
    described: Description, task: str, training: Training, redactor: Redactor
) -> Iterator[Record]:
    name = redactor.text(training.name)
    yield Started(task, name, described.start, type="aitia:TrainingRun")
    for given, told in described.given.items():
        yield Setting(task, given, redactor.value(told, given))
    for setting, column in described.settings.items():
        value = _same(training, setting, column)
        if value is not None:
            kept = redactor.value(scalar(value) if isinstance(value, str) else value, setting)
            yield Setting(task, setting, kept, described.units.get(setting))
    if described.dataset is not None:
        yield from _dataset(task, _same(training, "dataset", described.dataset), redactor)
    results = {}
    for result, column in described.results.items():
        value = _same(training, result, column)
        if value is not None:
            results[result] = _number(training.rows[0], column, value)
    if results:
        yield Point(task, described.start, results)
    yield from _curves(described, task, training)
    yield Ended(task, None, attributes=_INFERRED)


def _dataset(task: str, name: Any, redactor: Redactor) -> Iterator[Record]:
    if name is not None:
        label = redactor.text(str(name))
        iri = f"urn:uuid:{minted(RECORDER, 'dataset', label)}"
        yield Entity(iri, "aitia:Dataset", label)
        yield Used(task, iri, role="training", relation="aitia:trainedOn")


def _curves(described: Description, task: str, training: Training) -> Iterator[Record]:
    step = described.step
    if step is None:
        return
    for quantity, column in described.series.items():
        points: dict[float, float] = {}
        repeated = 0
        for row in training.rows:
            if row.cells[column] is None:
                continue
            at = _number(row, step, row.cells[step])
            if not math.isfinite(at):
                raise _refusal(row, f"{step} = {row.cells[step]!r}", "a finite step")
            repeated += at in points
            points[at] = _number(row, column, row.cells[column])
        if points:
            ordered = sorted(points)
            unit = described.units.get(quantity)
            yield Points(task, quantity, [points[at] for at in ordered], ordered, unit=unit)
        if repeated:
            text = f"several values of {quantity} at one step: the last was kept"
            yield Note("repeated", text, repeated, task)


def _same(training: Training, name: str, column: str) -> Any:
    """Return what all rows of a training say; refuse rows that differ."""
    first = training.rows[0]
    for row in training.rows:
        if row.cells[column] != first.cells[column]:
            raise _refusal(
                row,
                f"{column} is {row.cells[column]!r}, and was {first.cells[column]!r} "
                f"on line {first.line} of the same training {training.name!r}",
                f"one {name} per training, or other columns under run",
            )
    return first.cells[column]


def _number(row: Row, column: str, cell: Any) -> float:
    try:
        if isinstance(cell, (str, int, float)):
            return float(cell)
    except (ValueError, OverflowError):
        pass
    raise _refusal(row, f"{column} = {cell!r}", "a number")


def _refusal(row: Row, got: str, expected: str) -> Exception:
    return row.source.refuse(
        row.line, got[:200], expected=expected, next_step="correct the table or its description"
    )
