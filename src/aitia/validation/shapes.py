"""Shapes as values: what a shapes graph says, read from RDF (SHACL §2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from aitia.validation.paths import Path

SH = "http://www.w3.org/ns/shacl#"
Term = NamedNode | BlankNode | Literal | Triple


class Target(NamedTuple):
    """How focus nodes are found: ``kind`` is ``class``, ``node``, ``subjects`` or ``objects``."""

    kind: str
    term: NamedNode | Literal


class Constraint(NamedTuple):
    """One constraint: ``kind`` is the local name of its parameter, such as ``minCount``.

    ``terms`` are the values of the parameter (the members, where it is a list); ``shapes`` the keys
    of the shapes it refers to; ``options`` what else it depends on.
    """

    kind: str
    terms: tuple[Term, ...] = ()
    shapes: tuple[str, ...] = ()
    options: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape (``path`` is None) or a property shape.

    ``key`` is its IRI, or ``_:`` and a label; ``unsupported`` holds why the compiler must decline
    it, in words.
    """

    key: str
    path: Path | None
    targets: tuple[Target, ...]
    severity: str
    message: str
    name: str
    fix: str
    deactivated: bool
    constraints: tuple[Constraint, ...]
    properties: tuple[str, ...]
    unsupported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shapes:
    """All shapes of a profile, and the triples they were read from."""

    shapes: Mapping[str, Shape]
    triples: tuple[Triple, ...] = field(repr=False, default=())

    def roots(self) -> list[Shape]:
        """Return the shapes that have targets, in a stable order."""
        return [shape for shape in self.shapes.values() if shape.targets and not shape.deactivated]

    def reached(self, key: str) -> set[str]:
        """Return the keys of all shapes that judging ``key`` can involve, itself included."""
        seen: set[str] = set()
        todo = [key]
        while todo:
            here = todo.pop()
            if here in seen:
                continue
            seen.add(here)
            todo.extend(references(self.shapes[here]))
        return seen


def references(shape: Shape) -> Iterable[str]:
    """Yield the keys of the shapes that ``shape`` refers to directly."""
    yield from shape.properties
    for constraint in shape.constraints:
        yield from constraint.shapes
