"""The series and single measurements of one run, for ``aitia show`` and the run's page.

A page of them is listed first, and then all that is said of those alone: joined in one query, the
engine would find what is said of every metric of the run before it leaves most of them out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from typing import NamedTuple
from urllib.parse import unquote

from aitia.query.values import to_python
from aitia.query.wording import natural, short_iri
from aitia.store.port import Row, Term
from aitia.vocabulary import literals
from aitia.vocabulary.iris import QUANTITY, expand

BLOCK = 2_000
"""Nodes that are asked about in one query."""

_NS = expand("aitia:")
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_TELEMETRY = "?m a aitia:Series"
_WHERE = "?m aitia:measuresQuantity ?q ; aitia:aboutSubject ?s"

Rows = Callable[[str, str, str], Iterator[Row]]
"""Answers a pattern: the pattern, what is selected, and what comes after."""

_Texts = tuple[str, str, str]


class Metric(NamedTuple):
    """A quantity of a subject: its summary, and its points where they lie in the graph."""

    iri: str
    subject: str
    quantity: str
    kind: str
    last: float | None
    best: float | None
    least: float | None
    most: float | None
    points: int
    unit: str | None
    curve: str | None
    values: tuple[float, ...]


def read(rows: Rows, labels: Mapping[str, str], most: int) -> tuple[list[Metric], int]:
    """Return metrics by subject and quantity, and how many were left out.

    Parameters
    ----------
    rows:
        Answers patterns from the bundles of the run.
    labels:
        The names of subjects, by IRI.
    most:
        Most metrics of the experiment, and most of the machine.
    """
    machine = list(_texts(rows(f"{_TELEMETRY} . {_WHERE}", "?s ?q ?m", "")))
    apart = {metric for _, _, metric in machine}
    others = (row for row in _texts(rows(_WHERE, "?s ?q ?m", "")) if row[2] not in apart)
    pages = _Page(others, most), _Page(machine, most)
    listed = [row for page in pages for row in page.rows]
    left = sum(page.left for page in pages)
    said = about(rows, [metric for _, _, metric in listed])
    units = about(rows, sorted({quantity for _, quantity, _ in listed}))
    found = [
        _metric(here, labels.get(subject, subject), quantity, said.get(here, {}), units)
        for subject, quantity, here in listed
    ]
    return sorted(found, key=lambda m: (natural(m.subject), m.quantity, m.iri)), left


class _Page:
    """The first of many rows in the order of their texts, and how many are left out.

    Put in order here, for the engine looks the texts up again with each comparison.
    """

    def __init__(self, found: Iterable[_Texts], most: int) -> None:
        self._count = 0
        self.rows = nsmallest(most, self._counted(found))
        self.left = self._count - len(self.rows)

    def _counted(self, found: Iterable[_Texts]) -> Iterator[_Texts]:
        for row in found:
            self._count += 1
            yield row


def _texts(found: Iterable[Row]) -> Iterator[_Texts]:
    for subject, quantity, metric in found:
        if subject and quantity and metric:
            yield subject.value, quantity.value, metric.value


def about(rows: Rows, nodes: Sequence[str]) -> dict[str, dict[str, list[Term]]]:
    """Return what is said of nodes: the values of each property, by the IRIs of both."""
    found: dict[str, dict[str, list[Term]]] = {}
    for start in range(0, len(nodes), BLOCK):
        block = " ".join(map(literals.iri, nodes[start : start + BLOCK]))
        for node, prop, value in rows(f"VALUES ?node {{ {block} }} ?node ?p ?o", "?node ?p ?o", ""):
            if node and prop and value:
                found.setdefault(node.value, {}).setdefault(prop.value, []).append(value)
    return found


def _metric(
    here: str,
    subject: str,
    quantity: str,
    said: Mapping[str, Sequence[Term]],
    units: Mapping[str, Mapping[str, Sequence[Term]]],
) -> Metric:
    def term(name: str) -> Term | None:
        return next(iter(said.get(_NS + name, ())), None)

    single, points, curve = _number(term("numericValue")), term("pointCount"), term("curveType")
    unit = next(iter(units.get(quantity, {}).get(_NS + "unitCode", ())), None)
    kinds = sorted(short_iri(kind.value) for kind in said.get(_TYPE, ()))
    return Metric(
        iri=here,
        subject=subject,
        quantity=unquote(quantity.removeprefix(QUANTITY)),
        kind=kinds[0] if kinds else "",
        last=single if single is not None else _number(term("lastValue")),
        best=_number(term("bestValue")),
        least=_number(term("minimum")),
        most=_number(term("maximum")),
        points=int(points.value) if points else 1,
        unit=unit.value if unit else None,
        curve=curve.value.rpartition("#")[2] if curve else None,
        values=_points(term("inlineValues")),
    )


def _points(term: Term | None) -> tuple[float, ...]:
    items = to_python(term)
    numbers = map(literals.to_float, items if isinstance(items, list) else ())
    return tuple(number for number in numbers if number is not None)


def _number(term: Term | None) -> float | None:
    value = to_python(term)
    return float(value) if isinstance(value, (int, float)) else None
