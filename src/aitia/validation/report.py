"""What a validation found: results, and the report in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from aitia.vocabulary.terms import NAMESPACES

MUST, SHOULD, MAY = "must", "should", "may"
SEVERITIES = (MUST, SHOULD, MAY)
_COUNTED = {
    MUST: ("thing is wrong", "things are wrong"),
    SHOULD: ("thing could be more useful", "things could be more useful"),
    MAY: ("hint", "hints"),
}
_SHOWN = 5


class Result(NamedTuple):
    """One thing that a shape found.

    ``focus`` is the IRI of the node (``_:`` and a label for a blank node); ``path`` the property,
    or the SPARQL text of a longer path, or None; ``value`` the offending value, an IRI or the
    N-Triples text of a literal; ``severity`` is must, should or may; ``shape`` the shape's IRI;
    ``component`` the local name of the SHACL constraint component; ``fix`` says how to mend it.
    """

    focus: str
    path: str | None
    value: str | None
    message: str
    severity: str
    shape: str
    name: str
    fix: str
    component: str


@dataclass(frozen=True, slots=True)
class Report:
    """All results of a validation, in a stable order.

    ``notes`` say what was not done as usual, such as shapes that were judged by another engine.
    """

    results: tuple[Result, ...]
    notes: tuple[str, ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether nothing is wrong: no result but should and may."""
        return all(result.severity in (SHOULD, MAY) for result in self.results)

    def by_severity(self, severity: str) -> tuple[Result, ...]:
        """Return the results of one severity."""
        return tuple(result for result in self.results if result.severity == severity)

    def by_shape(self) -> dict[str, tuple[Result, ...]]:
        """Return the results of each shape that found something, most severe first."""
        found: dict[str, list[Result]] = {}
        for result in self.results:
            found.setdefault(result.shape, []).append(result)
        return {shape: tuple(results) for shape, results in found.items()}

    def text(self, *, limit: int = _SHOWN) -> str:
        """Return the report in words, with at most ``limit`` nodes named for each finding."""
        lines = [self.summary()]
        for (severity, message, fix, shape), places in self._findings().items():
            lines += ["", f"{severity}: {message}"]
            lines += [f"  at {place}" for place in list(places)[:limit]]
            if len(places) > limit:
                lines.append(f"  and at {len(places) - limit} more")
            if fix:
                lines.append(f"  to mend it: {fix}")
            lines.append(f"  rule: {short(shape)}")
        if self.notes:
            lines += ["", *(f"note: {note}" for note in self.notes)]
        return "\n".join(lines) + "\n"

    def summary(self) -> str:
        """Return one line: how many things of each severity were found."""
        counts = dict.fromkeys(SEVERITIES, 0)
        for (severity, *_), places in self._findings().items():
            counts[severity if severity in counts else MUST] += len(places)
        said = [f"{n} {_COUNTED[name][n != 1]}" for name, n in counts.items() if n]
        return f"{', '.join(said)}." if said else "The graph keeps all rules."

    def _findings(self) -> dict[tuple[str, str, str, str], dict[str, None]]:
        """Return where each thing was found; a place is named once, whatever broke there."""
        found: dict[tuple[str, str, str, str], dict[str, None]] = {}
        for result in self.results:
            key = (result.severity, result.message, result.fix, result.shape)
            found.setdefault(key, {})[_where(result)] = None
        return found


def ordered(results: Iterable[Result]) -> tuple[Result, ...]:
    """Return results, most severe first."""
    rank = {MUST: 0, SHOULD: 1, MAY: 2}

    def key(result: Result) -> tuple[object, ...]:
        """Return what a result is ordered by: severity first."""
        return (
            rank.get(result.severity, 0),
            result.shape,
            result.focus,
            result.path or "",
            result.value or "",
            result.component,
            result.message,
        )

    return tuple(sorted(results, key=key))


def merged(reports: Iterable[Report]) -> Report:
    """Return one report of several."""
    results: list[Result] = []
    notes: dict[str, None] = {}
    for report in reports:
        results.extend(report.results)
        notes.update(dict.fromkeys(report.notes))
    return Report(ordered(results), tuple(notes))


def short(iri: str) -> str:
    """Return an IRI as a CURIE where the vocabulary has a prefix for it.

    >>> short("https://w3id.org/aitia/ns#status")
    'aitia:status'
    """
    for prefix, namespace in _spaces():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def _spaces() -> Iterator[tuple[str, str]]:
    yield "shape", "https://w3id.org/aitia/shapes#"
    yield from NAMESPACES.items()


def _path(path: str) -> str:
    if "<" not in path:
        return short(path)
    said = re.sub(r"<([^>]+)>", lambda found: short(found[1]), path)
    first, *others = said.strip("()").split("|")
    return said if len(others) < _SHOWN else f"{first} or {len(others)} others"


def _where(result: Result) -> str:
    parts = [short(result.focus)]
    if result.path:
        parts.append(_path(result.path))
    if result.value and result.value != result.focus:
        parts.append(_plain(result.value))
    return " ".join(parts)


def _plain(value: str) -> str:
    if not value.startswith('"'):
        return short(value)
    text, mark, datatype = value.rpartition("^^<")
    if not mark:
        return value
    kept = text if len(text) <= 80 else text[:77] + '…"'
    return f"{kept} ({short(datatype[:-1])})"
