"""Series: one node per subject and quantity, with its summary and its points.

A quantity given once, without a step, is a Measurement. The points lie in the node as ``rdf:JSON``
up to ``INLINE_LIMIT``, above that in a Parquet file beside the journals.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from aitia.errors import RecordError
from aitia.ingest import curves
from aitia.ingest.triples import LABEL, A, Triple, below, node, term
from aitia.records.prov import Point, Points
from aitia.vocabulary import literals
from aitia.vocabulary.iris import SCHEME, content_iri, quantity_iri

INLINE_LIMIT = 10_000
"""Most points kept inside the graph; above, they go to a file."""


class StoredSeries(NamedTuple):
    """A file that holds the points of a series."""

    digest: str
    locator: str
    column: str
    size: int


class SeriesFiles(Protocol):
    """Where long series are kept."""

    def keep(
        self, values: Sequence[float], steps: Sequence[float], times: Sequence[float]
    ) -> StoredSeries | None:
        """Write the columns to a file, or return None when that cannot be done here."""


@dataclass(slots=True)
class _Column:
    kind: str = "metric"
    unit: str | None = None
    probe: str | None = None
    stepped: bool = False
    rows: list[tuple[float, float, float]] = field(default_factory=list)
    records: list[int] = field(default_factory=list)
    rises: bool = True
    """Whether each step is above the one before, as in nearly all series."""

    def add(self, step: float, time: float, value: float) -> None:
        """Add a point."""
        self.rises &= not self.rows or self.rows[-1][0] < step
        self.rows.append((step, time, value))

    def ordered(self) -> list[tuple[float, float, float]]:
        """Return the points by step, whatever the order in which they were told of."""
        return self.rows if self.rises else sorted(self.rows, key=_order)


class _Quantity(NamedTuple):
    name: str
    units: set[str]


class SeriesBuilder:
    """Collects the points of one run and writes their nodes.

    Parameters
    ----------
    files:
        Where series of more than ``INLINE_LIMIT`` points go; None keeps them in the graph.
    """

    def __init__(self, files: SeriesFiles | None = None) -> None:
        self._columns: dict[str, dict[str, _Column]] = {}
        self._quantities: dict[str, _Quantity] = {}
        self._files = files
        self.began = 0

    def __bool__(self) -> bool:
        return bool(self._columns)

    def add_point(self, subject: str, record: Point, index: int) -> None:
        """Add one ``Point`` about the node ``subject``; ``index`` names the record.

        Raises
        ------
        RecordError
            When a value is not a number.
        """
        numbers = {name: self._number(name, value) for name, value in record.values.items()}
        for name, number in numbers.items():
            column = self._columns.setdefault(subject, {}).setdefault(name, _Column())
            step = float(len(column.rows)) if record.step is None else float(record.step)
            column.stepped |= record.step is not None
            column.add(step, float(record.time), number)
            column.records.append(index)

    def add_points(self, subject: str, record: Points, index: int) -> None:
        """Add the column of a ``Points`` record about the node ``subject``.

        Raises
        ------
        RecordError
            When a value is not a number, or the columns differ in length.
        """
        numbers = [self._number(record.quantity, value) for value in record.values]
        for name, other in (("steps", record.steps), ("times", record.times)):
            if other and len(other) != len(numbers):
                raise RecordError(
                    f"{len(other)} {name} for {len(numbers)} values of {record.quantity}"
                )
        column = self._columns.setdefault(subject, {}).setdefault(record.quantity, _Column())
        column.kind, column.unit = record.kind, record.unit or column.unit
        column.probe, column.stepped = record.probe or column.probe, True
        column.records.append(index)
        base = len(column.rows)
        for i, number in enumerate(numbers):
            step = float(record.steps[i]) if record.steps else float(base + i)
            time = self.began + record.times[i] * 1e9 if record.times else math.nan
            column.add(step, time, number)

    @staticmethod
    def _number(name: str, value: object) -> float:
        number = literals.to_float(value)
        if number is None:
            raise RecordError(f"{name} = {value!r}", expected="a number")
        return number

    def records_of(self, subject: str) -> list[int]:
        """Return the records that a series or measurement node rests on."""
        for owner, columns in self._columns.items():
            for name, column in columns.items():
                if subject in (below(owner, "series", name), below(owner, "measure", name)):
                    return column.records
        return []

    def settle(
        self, subject: str, classifier: str, *, trained: bool
    ) -> tuple[list[Triple], dict[str, list[int]]]:
        """Return the nodes of what was measured of a subject, and the records that each rests on.

        Parameters
        ----------
        subject:
            What the series are about.
        classifier:
            The node of the activity that names curve types.
        trained:
            Whether it is a training run: its curves are linked by ``aitia:hasLearningCurve``.
        """
        found: list[Triple] = []
        sources: dict[str, list[int]] = {}
        for name, column in sorted(self._columns.get(subject, {}).items()):
            quantity = self._quantities.setdefault(node(quantity_iri(name)), _Quantity(name, set()))
            if column.unit is not None:
                quantity.units.add(column.unit)
            if not column.stepped and len(column.rows) == 1:
                sources[below(subject, "measure", name)] = column.records
                found += self._measurement(subject, name, column)
            else:
                sources[below(subject, "series", name)] = column.records
                found += self._series(subject, name, column, trained, classifier)
        return found, sources

    def forget(self, subject: str) -> None:
        """Forget a subject; the quantities that were measured of it are known still."""
        self._columns.pop(subject, None)

    def rest(self, classifier: str) -> Iterator[Triple]:
        """Yield the nodes of all that is left, and those of the quantities of the whole run."""
        for subject in list(self._columns):
            yield from self.settle(subject, classifier, trained=False)[0]
        yield from self.quantities()

    def quantities(self) -> Iterator[Triple]:
        """Yield what is said of all quantities that were measured."""
        for here in sorted(self._quantities):
            yield from self.quantity(here)

    def quantity(self, here: str) -> Iterator[Triple]:
        """Yield what is said of the quantity whose node is ``here``, if one was measured."""
        found = self._quantities.get(here)
        if found is not None:
            yield from _quantity(found.name, min(found.units, default=None))

    def _measurement(self, subject: str, name: str, column: _Column) -> Iterator[Triple]:
        here = below(subject, "measure", name)
        _, time, number = column.rows[0]
        yield here, A, term("aitia:Measurement")
        yield here, LABEL, literals.quote(name)
        yield here, term("aitia:numericValue"), literals.double(number)
        yield here, term("prov:generatedAtTime"), literals.date_time(int(time))
        yield from _about(here, subject, name)

    def _series(
        self, subject: str, name: str, column: _Column, trained: bool, classifier: str
    ) -> Iterator[Triple]:
        here = below(subject, "series", name)
        rows = column.ordered()
        values = [row[2] for row in rows]
        metric = column.kind == "metric"
        yield here, A, term("aitia:LearningCurve" if metric else "aitia:Series")
        yield here, LABEL, literals.quote(name)
        yield from _about(here, subject, name)
        higher = curves.higher_is_better(name)
        yield from _summary(here, values, [row[0] for row in rows], higher)
        yield from self._points(here, rows, values)
        if column.probe:
            yield here, term("aitia:observedBy"), literals.quote(column.probe)
        if column.unit:
            yield here, term("aitia:unitCode"), literals.quote(column.unit)
        if trained and metric:
            yield subject, term("aitia:hasLearningCurve"), here
        kind = curves.classify(values, higher=higher) if metric and higher is not None else None
        if kind is not None:
            yield here, term("aitia:curveType"), node(f"{SCHEME}learning-curve-type#{kind}")
            yield classifier, term("prov:used"), here

    def _points(
        self, here: str, rows: list[tuple[float, float, float]], values: list[float]
    ) -> Iterator[Triple]:
        steps = [row[0] for row in rows]
        times = [(row[1] - self.began) / 1e9 for row in rows]
        times = [] if any(map(math.isnan, times)) else times
        if len(values) > INLINE_LIMIT and self._files is not None:
            stored = self._files.keep(values, steps, times)
            if stored is not None:
                yield from _stored(here, stored)
                return
        yield here, term("aitia:inlineValues"), literals.json_literal(values)
        if times:
            rounded = [round(time, 6) for time in times]
            yield here, term("aitia:inlineTimes"), literals.json_literal(rounded)
        stride = _stride(steps)
        if stride is None:
            yield here, term("aitia:inlineIndex"), literals.json_literal(steps)
        else:
            yield here, term("aitia:indexStart"), literals.double(steps[0])
            yield here, term("aitia:indexStride"), literals.double(stride)


def _order(row: tuple[float, float, float]) -> tuple[float, float, str]:
    step, time, value = row
    return step, -math.inf if math.isnan(time) else time, repr(value)


def _stride(steps: list[float]) -> float | None:
    if len(steps) < 2:
        return 1.0 if steps else None
    stride = steps[1] - steps[0]
    regular = all(math.isclose(steps[0] + i * stride, step) for i, step in enumerate(steps))
    return stride if regular and stride > 0 else None


def _about(here: str, subject: str, name: str) -> Iterator[Triple]:
    yield here, term("aitia:measuresQuantity"), node(quantity_iri(name))
    yield here, term("aitia:aboutSubject"), subject


def _stored(here: str, stored: StoredSeries) -> Iterator[Triple]:
    file = node(content_iri(stored.digest))
    yield here, term("aitia:storedIn"), file
    yield here, term("aitia:columnName"), literals.quote(stored.column)
    yield file, A, term("aitia:Artifact")
    yield file, LABEL, literals.quote(stored.locator)
    yield file, term("aitia:sha256"), literals.quote(stored.digest)
    yield file, term("aitia:locator"), literals.typed(stored.locator, literals.XSD + "anyURI")
    yield (
        file,
        term("aitia:byteSize"),
        literals.typed(str(stored.size), literals.XSD + "nonNegativeInteger"),
    )


def _summary(
    here: str, values: list[float], steps: list[float], higher: bool | None
) -> Iterator[Triple]:
    finite = [(value, i) for i, value in enumerate(values) if math.isfinite(value)]
    for name, count in (("pointCount", len(values)), ("nonFiniteCount", len(values) - len(finite))):
        kind = literals.XSD + "nonNegativeInteger"
        yield here, term(f"aitia:{name}"), literals.typed(str(count), kind)
    yield here, term("aitia:firstValue"), literals.double(values[0])
    yield here, term("aitia:lastValue"), literals.double(values[-1])
    if not finite:
        return
    numbers = [value for value, _ in finite]
    mean = math.fsum(number / len(numbers) for number in numbers)
    spread = _deviation(numbers, mean)
    best = max(finite, key=lambda pair: (pair[0] if higher else -pair[0], -pair[1]))
    figures = {"minimum": min(numbers), "maximum": max(numbers), "mean": mean}
    figures["standardDeviation"] = spread
    if higher is not None:
        figures["bestValue"], figures["bestStep"] = best[0], steps[best[1]]
        kind = literals.XSD + "nonNegativeInteger"
        yield here, term("aitia:indexOfBest"), literals.typed(str(best[1]), kind)
    for name, figure in figures.items():
        yield here, term(f"aitia:{name}"), literals.double(figure)


def _deviation(numbers: list[float], mean: float) -> float:
    # Scaled, so that values near the largest float do not overflow when squared.
    scale = max(map(abs, numbers)) or 1.0
    total = math.fsum((number / scale - mean / scale) ** 2 for number in numbers)
    return scale * math.sqrt(total / len(numbers))


def _quantity(name: str, unit: str | None) -> Iterator[Triple]:
    here = node(quantity_iri(name))
    yield here, A, term("aitia:ObservableQuantity")
    yield here, LABEL, literals.quote(name)
    higher = curves.higher_is_better(name)
    if higher is not None:
        yield here, term("aitia:higherIsBetter"), literals.boolean(higher)
    if unit:
        yield here, term("aitia:unitCode"), literals.quote(unit)
