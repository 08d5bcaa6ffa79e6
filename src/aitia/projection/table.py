"""A feature table: a row per unit, and columns that say what they are and when they were known."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from aitia.errors import MissingExtraError, NotFoundError, ProjectionError
from aitia.projection.cells import Cell as Cell
from aitia.projection.cells import Kind, lexical, profile_of, stored
from aitia.projection.cells import kind_of as kind_of
from aitia.projection.columns import Column as Column
from aitia.projection.columns import metadata
from aitia.vocabulary.iris import content_iri


@dataclass(frozen=True)
class FeatureTable:
    """Rows are units, columns are variables.

    Attributes
    ----------
    units:
        IRI of each unit, such as a training run.
    columns:
        The variables, earlier tiers first.
    tiers:
        What each tier means, in words; ``tiers[column.tier]``.
    question:
        Name of the library query that projected it.
    sources:
        IRIs of the bundles that the values were read from.
    notes:
        What could not be projected as it was recorded, in sentences.
    called:
        Contents that cells name by their digest (RFC 6920), and what they are called.
    """

    units: tuple[str, ...]
    columns: tuple[Column, ...]
    tiers: tuple[str, ...] = ()
    question: str = ""
    sources: tuple[str, ...] = field(default=(), compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)
    called: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        for column in self.columns:
            if len(column.values) != len(self.units):
                raise ProjectionError(
                    f"column {column.name!r} has {len(column.values)} values",
                    expected=f"{len(self.units)}, one per unit",
                )
        if len(set(self.names)) != len(self.columns):
            twice = sorted({name for name in self.names if self.names.count(name) > 1})
            raise ProjectionError(f"two columns are named {twice[0]!r}", expected="unique names")

    @classmethod
    def of(
        cls,
        columns: Mapping[str, Sequence[Any]] | Any,
        *,
        tiers: Mapping[str, int] | None = None,
        nominal: Sequence[str] = (),
    ) -> FeatureTable:
        """Return a table of values from elsewhere: a mapping by column name, or a data frame.

        Parameters
        ----------
        columns:
            Sequences of equal length by name; anything with ``items()``, such as a
            ``pandas.DataFrame``. None is a gap, and so is NaN among texts.
        tiers:
            Tier of each column whose place in time is known.
        nominal:
            Columns of numbers that are names, not measures.

        Raises
        ------
        ProjectionError
            When the columns differ in length.
        """
        known = tiers or {}
        made = []
        for name, values in columns.items():
            cells = _cells(list(values))
            kind: Kind = "nominal" if name in nominal else kind_of(cells)
            made.append(Column(str(name), cells, kind, tier=known.get(name)))
        count = len(made[0].values) if made else 0
        words = tuple(f"tier {tier}" for tier in range(max(known.values(), default=-1) + 1))
        return cls(tuple(map(str, range(count))), tuple(made), words)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def shape(self) -> tuple[int, int]:
        """How many units and how many columns."""
        return len(self.units), len(self.columns)

    def __len__(self) -> int:
        return len(self.units)

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        from difflib import get_close_matches

        near = get_close_matches(name, self.names, n=3, cutoff=0.5)
        raise NotFoundError(
            f"no column {name!r}", expected=f"one of {', '.join(near or self.names[:12])}"
        )

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def select(self, names: Sequence[str]) -> FeatureTable:
        """Return the table of these columns alone, in this order.

        Raises
        ------
        NotFoundError
            When there is no column of that name.
        """
        return replace(self, columns=tuple(self[name] for name in names))

    def take(self, rows: Sequence[int]) -> FeatureTable:
        """Return the table of the units at these places alone, in this order."""
        columns = tuple(
            replace(column, values=tuple(column.values[row] for row in rows)) for column in self
        )
        return replace(self, units=tuple(self.units[row] for row in rows), columns=columns)

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield one tuple of cells per unit, without the unit."""
        return zip(*(column.values for column in self.columns), strict=True)

    def schema(self) -> list[dict[str, Any]]:
        """Return the columns without their values, as JSON data."""
        return [column.schema() for column in self.columns]

    @cached_property
    def csv(self) -> bytes:
        """The table as CSV (RFC 4180, UTF-8, ``\\n``); gaps are empty, NaN is ``NaN``."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["unit", *self.names])
        for unit, row in zip(self.units, self.rows(), strict=True):
            writer.writerow([unit, *map(lexical, row)])
        return out.getvalue().encode()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the table as CSV, in hexadecimal: the ``sha256sum`` of the written file."""
        return sha256(self.csv).hexdigest()

    @property
    def iri(self) -> str:
        """The name of this table in the graph, after its content (RFC 6920)."""
        return content_iri(self.digest)

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the table as CSV."""
        with open(path, "wb") as handle:
            handle.write(self.csv)

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write the table as Parquet, with the schema of each column as its metadata.

        Raises
        ------
        MissingExtraError
            When pyarrow is not installed.
        """
        table = self.to_arrow()
        from pyarrow import parquet

        parquet.write_table(table, os.fspath(path))

    def to_arrow(self) -> Any:
        """Return a ``pyarrow.Table``; each field carries what its column says of itself.

        Raises
        ------
        MissingExtraError
            When pyarrow is not installed.
        """
        try:
            import pyarrow
        except ImportError:
            raise MissingExtraError(
                "pyarrow", extra="causal", purpose="Arrow and Parquet"
            ) from None
        fields = [pyarrow.field("unit", pyarrow.string())]
        arrays = [pyarrow.array(self.units, pyarrow.string())]
        for column in self.columns:
            storage = profile_of(column.values).storage
            kind = getattr(pyarrow, storage)()
            fields.append(pyarrow.field(column.name, kind, metadata=metadata(column.schema())))
            arrays.append(pyarrow.array(stored(column.values, storage), kind))
        about = {"aitia:question": self.question, "aitia:sha256": self.digest}
        return pyarrow.Table.from_arrays(arrays, schema=pyarrow.schema(fields, metadata=about))

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.to_arrow().__arrow_c_stream__(requested_schema)


def _cells(values: Sequence[Any]) -> tuple[Cell, ...]:
    """Return values of Python or numpy as cells; booleans are texts."""
    plain = [value.item() if hasattr(value, "item") else value for value in values]
    texts = any(isinstance(value, str) for value in plain)
    return tuple(_cell(value, texts) for value in plain)


def _cell(value: Any, among_texts: bool) -> Cell:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or isinstance(value, str):
        return value
    if among_texts:
        return None if value != value else str(value)
    if isinstance(value, (int, float)):
        return value
    return str(value)
