"""SHACL property paths (SHACL §2.3.1) and their SPARQL text."""

from __future__ import annotations

from typing import NamedTuple


class Predicate(NamedTuple):
    """One property."""

    iri: str


class Inverse(NamedTuple):
    """A path walked backwards."""

    path: Path


class Sequence(NamedTuple):
    """Paths walked one after the other."""

    paths: tuple[Path, ...]


class Alternative(NamedTuple):
    """Any one of several paths."""

    paths: tuple[Path, ...]


class Repeat(NamedTuple):
    """A path walked any number of times: ``mark`` is ``*``, ``+`` or ``?``."""

    path: Path
    mark: str


Path = Predicate | Inverse | Sequence | Alternative | Repeat


def sparql(path: Path) -> str:
    """Return the SPARQL 1.1 text of a path."""
    if isinstance(path, Predicate):
        return f"<{path.iri}>"
    if isinstance(path, Inverse):
        return f"^({sparql(path.path)})"
    if isinstance(path, Repeat):
        return f"({sparql(path.path)}){path.mark}"
    joint = "/" if isinstance(path, Sequence) else "|"
    return "(" + joint.join(sparql(part) for part in path.paths) + ")"


def needed(path: Path) -> frozenset[str]:
    """Return properties without which the path reaches nothing; empty when there is no such one."""
    if isinstance(path, Predicate):
        return frozenset({path.iri})
    if isinstance(path, Inverse):
        return needed(path.path)
    if isinstance(path, Sequence):
        return frozenset().union(*(needed(part) for part in path.paths))
    if isinstance(path, Repeat) and path.mark == "+":
        return needed(path.path)
    return frozenset()


def display(path: Path) -> str:
    """Return the IRI of a plain property, else the SPARQL text of the path."""
    return path.iri if isinstance(path, Predicate) else sparql(path)
