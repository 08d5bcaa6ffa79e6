"""Write a feature table to a file without holding it: a million units in bounded memory.

Rows are gathered as ``gathering`` does, settled into a temporary file, and written from there once
it is known what the columns are: line by line as CSV, row group by row group as Parquet.
"""

from __future__ import annotations

import csv
import io
import marshal
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any, BinaryIO, Protocol

from aitia.errors import ExportError, MissingExtraError
from aitia.projection.cells import Cell, lexical, stored
from aitia.projection.columns import Outline, metadata
from aitia.projection.gathering import Gathering, Shape
from aitia.projection.project import gathering, nothing
from aitia.store.port import Store
from aitia.vocabulary.iris import content_iri

GROUP_ROWS = 20_000
"""Rows that are held at a time; each such group is a row group of a Parquet file."""

Line = tuple[str, tuple[Cell, ...]]


@dataclass(frozen=True)
class WrittenTable:
    """A feature table that lies in a file; the attributes are those of ``FeatureTable``."""

    columns: tuple[Outline, ...]
    tiers: tuple[str, ...]
    question: str
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    digest: str
    units: int

    def __len__(self) -> int:
        return self.units

    def __iter__(self) -> Iterator[Outline]:
        return iter(self.columns)

    @property
    def shape(self) -> tuple[int, int]:
        """How many units and how many columns."""
        return self.units, len(self.columns)

    @property
    def iri(self) -> str:
        """The name of this table in the graph, after its content (RFC 6920)."""
        return content_iri(self.digest)


def write_table(
    store: Store, name: str, path: str | os.PathLike[str], **parameters: object
) -> WrittenTable:
    """Write the feature table of a question to a file, in bounded memory.

    The file is, byte for byte, what ``FeatureTable.to_csv`` writes, or a Parquet file with the
    same schema and content in row groups of ``GROUP_ROWS``.

    Parameters
    ----------
    store:
        Where to ask.
    name:
        Name of the question.
    path:
        A file whose name ends in ``.csv`` or ``.parquet``.
    parameters:
        Those of the question.

    Raises
    ------
    ExportError
        When the name of the file ends in something else.
    MissingExtraError
        When Parquet is wanted and pyarrow is not installed.
    NotFoundError
        When there is no such question or run.
    ProjectionError
        When nothing was recorded that it could be made of.
    """
    place = os.fspath(path)
    kinds: dict[str, type[_Csv] | type[_Parquet]] = {".csv": _Csv, ".parquet": _Parquet}
    kind = kinds.get(os.path.splitext(place)[1])
    if kind is None:
        raise ExportError(f"the file {place!r}", expected="a name that ends in .csv or .parquet")
    if kind is _Parquet:
        _arrow()
    with gathering(store, name, **parameters) as found, tempfile.TemporaryFile() as settled:
        units = _settle(found, settled)
        if not units:
            raise nothing()
        shape = found.shape(units)
        settled.seek(0)
        digest = _write(kind(place, shape), shape, settled, name)
        return WrittenTable(
            columns=shape.columns,
            tiers=shape.tiers,
            question=name,
            sources=tuple(sorted(found.sources)),
            notes=shape.notes,
            digest=digest,
            units=units,
        )


class _Target(Protocol):
    """A file of a format, written group by group."""

    def write(self, lines: Sequence[Line], text: bytes) -> None:
        """Write a group of rows, whose CSV is ``text``."""

    def close(self, about: Mapping[str, str]) -> None:
        """End the file, with what it says about itself where its format has a place for that."""


class _Csv:
    def __init__(self, place: str, _shape: Shape) -> None:
        self._handle = open(place, "wb")  # noqa: SIM115 - closed by close()

    def write(self, _lines: Sequence[Line], text: bytes) -> None:
        self._handle.write(text)

    def close(self, _about: Mapping[str, str]) -> None:
        self._handle.close()


class _Parquet:
    def __init__(self, place: str, shape: Shape) -> None:
        arrow = _arrow()
        from pyarrow import parquet

        fields = [arrow.field("unit", arrow.string())]
        for column in shape.columns:
            kind = getattr(arrow, column.storage)()
            fields.append(arrow.field(column.name, kind, metadata=metadata(column.schema())))
        self._arrow = arrow
        self._columns = shape.columns
        self._schema = arrow.schema(fields)
        self._writer = parquet.ParquetWriter(place, self._schema)

    def write(self, lines: Sequence[Line], _text: bytes) -> None:
        if not lines:
            return
        arrays = [self._arrow.array([unit for unit, _ in lines], self._arrow.string())]
        for place, column in enumerate(self._columns):
            values = stored((row[place] for _, row in lines), column.storage)
            arrays.append(self._arrow.array(values, self._schema.field(place + 1).type))
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))

    def close(self, about: Mapping[str, str]) -> None:
        self._writer.add_key_value_metadata(about)
        self._writer.close()


def _arrow() -> Any:
    try:
        import pyarrow
    except ImportError:
        raise MissingExtraError("pyarrow", extra="causal", purpose="Parquet") from None
    return pyarrow


def _settle(found: Gathering, target: BinaryIO) -> int:
    """Write the rows of all units, sorted and settled; return how many there are."""
    units = 0
    for line in found.rows():
        marshal.dump(line, target)
        units += 1
    return units


def _write(target: _Target, shape: Shape, settled: BinaryIO, question: str) -> str:
    """Write all rows; return the digest of the table as CSV."""
    digest = sha256()
    lines = _lines(shape, settled)
    heading: list[str] | None = ["unit", *(column.name for column in shape.columns)]
    while (group := list(islice(lines, GROUP_ROWS))) or heading:
        text = _csv(heading, group)
        digest.update(text)
        target.write(group, text)
        heading = None
    target.close({"aitia:question": question, "aitia:sha256": digest.hexdigest()})
    return digest.hexdigest()


def _lines(shape: Shape, settled: BinaryIO) -> Iterator[Line]:
    names = [column.name for column in shape.columns]
    mixed = [place for place, name in enumerate(names) if name in shape.mixed]
    while True:
        try:
            unit, row = marshal.load(settled)
        except EOFError:
            return
        cells = list(map(row.get, names))
        for place in mixed:
            cells[place] = None if cells[place] is None else str(cells[place])
        yield unit, tuple(cells)


def _csv(heading: Sequence[str] | None, lines: Sequence[Line]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if heading is not None:
        writer.writerow(heading)
    writer.writerows([unit, *map(lexical, row)] for unit, row in lines)
    return out.getvalue().encode()
