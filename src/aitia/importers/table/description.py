"""The small file that says what the columns of a table of runs are (TOML).

.. code-block:: toml

    [table]
    name = "width sweep"
    sources = ["runs.csv"]        # beside this file; .csv, .tsv, .jsonl, .json
    run = ["run_id"]              # columns that name a training; left out: each row is one
    when = 2024-05-01             # the day of the runs, if it is known

    [settings]                    # known before: name = column (of nested JSON, a dotted path)
    width = "config.width"

    [given]                       # what holds for every run and stands in no column
    sampler = "random"

    [series]                      # curves; ``step`` is the column of their steps
    step = "epoch"
    loss = "train_loss"

    [results]                     # measured once a run
    accuracy = "final.accuracy"

    [units]                       # by the names given here (UCUM)
    energy = "J"
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from aitia.errors import ImportFormatError, NotFoundError
from aitia.importers.source import Source, open_source

SECTIONS = ("table", "settings", "given", "series", "results", "units")
KEYS = ("name", "sources", "run", "when", "dataset")
STEP = "step"


@dataclass(frozen=True)
class Description:
    """What the columns are.

    Attributes
    ----------
    source:
        The file that says so.
    name:
        What the runs are called together.
    paths:
        The files with the rows.
    run:
        Columns whose values together name a training; empty when each row is one.
    dataset:
        Column that names the data that was trained on, or None.
    start:
        When the runs were made, in nanoseconds since the epoch; 0 when nothing says so.
    settings, series, results:
        Columns by the name that they get.
    step:
        Column of the steps of the series, or None.
    given:
        Settings of every run.
    units:
        Units (UCUM) by name.
    """

    source: Source
    name: str
    paths: tuple[str, ...]
    run: tuple[str, ...]
    dataset: str | None
    start: int
    settings: Mapping[str, str]
    series: Mapping[str, str]
    results: Mapping[str, str]
    step: str | None
    given: Mapping[str, str | int | float | bool]
    units: Mapping[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read."""
        extra = [column for column in (self.dataset, self.step) if column is not None]
        named = (self.settings, self.series, self.results)
        found = [*self.run, *extra, *(column for part in named for column in part.values())]
        return tuple(dict.fromkeys(found))


def load(path: str | os.PathLike[str]) -> Description:
    """Read a description.

    Raises
    ------
    NotFoundError
        When it, or a file that it names, is not there.
    ImportFormatError
        When it is not such a file; the message says what was expected where.
    """
    source = open_source(path)
    try:
        with open(source.path, "rb") as handle:
            data = tomllib.load(handle)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _refusal(source, str(error), "TOML") from None
    unknown = sorted(set(data) - set(SECTIONS))
    if unknown:
        raise _refusal(source, f"the section [{unknown[0]}]", f"of {', '.join(SECTIONS)}")
    table = _section(source, data, "table")
    unknown = sorted(set(table) - set(KEYS))
    if unknown:
        raise _refusal(source, f"[table] has {unknown[0]!r}", f"only {', '.join(KEYS)}")
    series = dict(_names(source, data, "series"))
    step = series.pop(STEP, None)
    results = _names(source, data, "results")
    if series and step is None:
        raise _refusal(source, "[series] without step", 'step = "the column of the steps"')
    if not series and not results:
        raise _refusal(source, "neither [series] nor [results]", "what the runs came to")
    return Description(
        source=source,
        name=str(table.get("name") or os.path.splitext(source.name)[0]),
        paths=_paths(source, table),
        run=_texts(source, table, "run"),
        dataset=_one(source, table, "dataset"),
        start=_moment(source, table.get("when")),
        settings=_names(source, data, "settings"),
        series=series,
        results=results,
        step=step,
        given=_plain(source, _section(source, data, "given")),
        units=_names(source, data, "units"),
    )


def _refusal(source: Source, got: str, expected: str) -> ImportFormatError:
    return ImportFormatError(
        f"{source.name}: {got}",
        expected=expected,
        next_step="docs/reference/importers.md, the section on tables, has an example",
    )


def _section(source: Source, data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = data.get(name, {})
    if not isinstance(found, dict):
        raise _refusal(source, f"{name} = {found!r}", f"a section [{name}]")
    return found


def _names(source: Source, data: Mapping[str, Any], section: str) -> Mapping[str, str]:
    found = _section(source, data, section)
    for name, value in found.items():
        if not isinstance(value, str) or not value or not name:
            raise _refusal(source, f"[{section}] {name} = {value!r}", 'name = "column"')
    return found


def _plain(source: Source, section: Mapping[str, Any]) -> Mapping[str, str | int | float | bool]:
    for name, value in section.items():
        if not isinstance(value, (str, int, float, bool)):
            raise _refusal(source, f"[given] {name} = {value!r}", "a text, a number or a boolean")
    return section


def _texts(source: Source, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise _refusal(source, f"[table] {key} = {value!r}", "a text, or a list of texts")
    return tuple(found)


def _one(source: Source, table: Mapping[str, Any], key: str) -> str | None:
    found = _texts(source, table, key)
    if len(found) > 1:
        raise _refusal(source, f"[table] {key} = {list(found)!r}", "one column")
    return found[0] if found else None


def _paths(source: Source, table: Mapping[str, Any]) -> tuple[str, ...]:
    folder = os.path.dirname(os.path.abspath(source.path))
    names = _texts(source, table, "sources")
    if not names:
        raise _refusal(source, "[table] without sources", 'sources = ["runs.csv"]')
    for name in names:
        if not os.path.isfile(os.path.join(folder, name)):
            raise NotFoundError(
                f"{source.name} names {name!r}, which is not beside it",
                expected="a file in the same folder",
                next_step="check the path",
            )
    return tuple(os.path.join(folder, name) for name in names)


def _moment(source: Source, when: object) -> int:
    if when is None:
        return 0
    if not isinstance(when, date):
        raise _refusal(source, f"[table] when = {when!r}", "a date, such as 2024-05-01")
    moment = when if isinstance(when, datetime) else datetime(when.year, when.month, when.day)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp()) * 1_000_000_000
