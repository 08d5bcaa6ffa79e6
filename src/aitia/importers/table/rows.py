"""Rows of a table of runs, from CSV, TSV, JSON lines or JSON, with the line of each."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from aitia.errors import ImportFormatError
from aitia.importers.source import Source

LONGEST = 1 << 24
"""Longest cell of a CSV file, in characters."""


class Row(NamedTuple):
    """One row: the file and line that it stands on, and its cells by column; None is a gap."""

    source: Source
    line: int
    cells: dict[str, Any]


def rows(source: Source, columns: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a file with these columns alone.

    Parameters
    ----------
    source:
        The file; its ending says how it is read.
    columns:
        Names of columns, and in JSON dotted paths such as ``config.width``.

    Raises
    ------
    ImportFormatError
        When the file is not of its format, or has not the columns.
    """
    ending = os.path.splitext(source.name)[1].lower()
    if ending in (".csv", ".tsv"):
        yield from _separated(source, columns, "\t" if ending == ".tsv" else ",")
    elif ending in (".jsonl", ".ndjson", ".json"):
        yield from _json(source, columns, by_line=ending != ".json")
    else:
        raise ImportFormatError(
            f"{source.name} ends in {ending!r}", expected="one of .csv, .tsv, .jsonl, .json"
        )


def _separated(source: Source, columns: Sequence[str], separator: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST)
    with open(source.path, encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle, delimiter=separator, strict=True)
        try:
            _complete(source, reader.fieldnames or (), columns)
            for cells in reader:
                if None in cells or None in cells.values():
                    raise source.refuse(
                        reader.line_num,
                        "another number of cells than the header has",
                        expected=f"{len(reader.fieldnames or ())} cells",
                        next_step="put quotes around cells that hold the separator",
                    )
                found = {name: None if cells[name] == "" else cells[name] for name in columns}
                yield Row(source, reader.line_num, found)
        except (csv.Error, UnicodeDecodeError) as error:
            raise source.refuse(
                max(1, reader.line_num),
                str(error),
                expected="cells in UTF-8, quoted as in RFC 4180",
                next_step="check the file",
            ) from None


def _json(source: Source, columns: Sequence[str], *, by_line: bool) -> Iterator[Row]:
    with open(source.path, "rb") as handle:
        texts = enumerate(handle, 1) if by_line else iter([(1, handle.read())])
        for line, text in texts:
            if not text.strip():
                continue
            try:
                data = json.loads(text)
            except (ValueError, RecursionError) as error:
                got = f"{error}"
                raise source.refuse(
                    line, got, expected="JSON", next_step="check the file"
                ) from None
            items = [data] if by_line or not isinstance(data, list) else data
            for item in items:
                yield Row(source, line, _picked(source, line, item, columns))


def _picked(source: Source, line: int, item: Any, columns: Sequence[str]) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise source.refuse(
            line,
            f"{type(item).__name__} where a run should be",
            expected="an object with its columns",
            next_step="give one object per run",
        )
    return {name: _reached(item, name) for name in columns}


def _reached(item: Any, path: str) -> Any:
    """Return what lies at a dotted path; a key that holds dots itself is taken first."""
    if isinstance(item, dict) and path in item:
        return item[path]
    head, dot, rest = path.partition(".")
    if dot and isinstance(item, dict) and head in item:
        return _reached(item[head], rest)
    return None


def _complete(source: Source, names: Sequence[str], columns: Sequence[str]) -> None:
    lacking = [name for name in columns if name not in names]
    if lacking:
        from difflib import get_close_matches

        near = get_close_matches(lacking[0], names, n=3, cutoff=0.4) or list(names)[:8]
        raise source.refuse(
            1,
            f"no column {lacking[0]!r}",
            expected=f"one of {', '.join(near)}" if near else "a header",
            next_step="correct the description, or the file",
        )
