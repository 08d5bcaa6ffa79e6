"""Triples as N-Triples text: terms, and values typed by the range of their property."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from aitia.errors import RecordError
from aitia.records.values import Json, Ref, Typed, Value
from aitia.vocabulary import literals
from aitia.vocabulary.iris import expand, resolve, slug

Triple = tuple[str, str, str]
"""Subject, predicate and object, each in N-Triples syntax."""

_INTEGERS = {
    "xsd:integer": None,
    "xsd:nonNegativeInteger": 0,
    "xsd:positiveInteger": 1,
}


@lru_cache(maxsize=4096)
def node(iri: str) -> str:
    """Return an IRI in N-Triples syntax."""
    return literals.iri(iri)


@lru_cache(maxsize=1024)
def term(curie: str) -> str:
    """Return the N-Triples IRI of a CURIE."""
    return literals.iri(expand(curie))


A = term("rdf:type")
LABEL = term("rdfs:label")
COMMENT = term("rdfs:comment")


MOST_NAMES = 4096
"""Most names of one process that are kept at hand."""


class Names:
    """Resolves the ids of one process's records to N-Triples IRIs."""

    def __init__(self, run: str, scope: str = "") -> None:
        self.run = run
        self.scope = scope
        self._cache: dict[str, str] = {}

    @staticmethod
    @lru_cache(maxsize=256)
    def of(run: str, scope: str) -> Names:
        """Return the names of one process, resolved once for many records."""
        return Names(run, scope)

    def __call__(self, local: str) -> str:
        """Return the node that a record calls ``local``."""
        found = self._cache.get(local)
        if found is None:
            found = literals.iri(resolve(local, self.run, self.scope))
            if len(self._cache) >= MOST_NAMES:
                self._cache.clear()
            self._cache[local] = found
        return found


def below(subject: str, *path: str) -> str:
    """Return the node ``<subject/path…>``; the run's own node gets a fragment first."""
    joint = "/" if "#" in subject or not subject.startswith("<urn:uuid:") else "#"
    return f"{subject[:-1]}{joint}{_tail(path)}>"


@lru_cache(maxsize=4096)
def _tail(path: tuple[str, ...]) -> str:
    return "/".join(map(slug, path))


def note(here: str, kind: str, said: tuple[str, int], subject: str) -> Iterator[Triple]:
    """Yield a note of the capture: its text, and how often that was so."""
    text, count = said
    yield here, A, term("aitia:CaptureNote")
    yield here, term("aitia:noteKind"), literals.quote(kind)
    yield here, COMMENT, literals.quote(text)
    number = literals.typed(str(count), literals.XSD + "nonNegativeInteger")
    yield here, term("aitia:noteCount"), number
    yield here, term("aitia:aboutSubject"), subject


def natural(value: Value | list[Value] | None, names: Names) -> str:
    """Return the object for a value of no declared range."""
    if isinstance(value, bool):
        return literals.boolean(value)
    if isinstance(value, int):
        return literals.integer(value)
    if isinstance(value, float):
        return literals.double(value)
    if isinstance(value, str):
        return literals.quote(value)
    if isinstance(value, Typed):
        return literals.typed(value.lexical, expand(value.datatype))
    if isinstance(value, Ref):
        return names(value.id)
    return literals.json_literal(plain(value))


def plain(value: Any) -> Any:
    """Return a journal value as JSON data."""
    if isinstance(value, Json):
        return value.data
    if isinstance(value, Typed):
        return value.lexical
    if isinstance(value, Ref):
        return value.id
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def objects(
    value: Value | list[Value], names: Names, *, relation: str = "", kind: str = ""
) -> Iterable[str]:
    """Yield the objects of one attribute; ``kind`` is the range of a data property.

    ``relation`` is the name of the property if it is a relation: each value must be a reference.

    A value that does not fit the range keeps its own type, so that the shapes catch it and say so.
    """
    if relation:
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, Ref):
                raise RecordError(f"{relation} = {item!r}", expected="a reference to a thing")
            yield names(item.id)
        return
    if kind == "rdfs:Literal" and isinstance(value, (list, Json)):
        yield literals.json_literal(plain(value))
        return
    for item in value if isinstance(value, list) else [value]:
        yield _fitted(kind, item, names)


def _fitted(kind: str, value: Value, names: Names) -> str:
    if kind == "xsd:double" and not isinstance(value, bool):
        number = literals.to_float(value)
        if number is not None:
            return literals.double(number)
    elif kind in _INTEGERS and isinstance(value, int) and not isinstance(value, bool):
        least = _INTEGERS[kind]
        if least is None or value >= least:
            return literals.typed(str(value), expand(kind))
    elif kind == "xsd:anyURI" and isinstance(value, str):
        return literals.typed(value, expand(kind))
    return natural(value, names)


def to_nquads(triples: Iterable[Triple], graph: str) -> bytes:
    """Return triples as N-Quads of one graph, each once."""
    tail = f" {literals.iri(graph)} .\n"
    lines = {f"{s} {p} {o}{tail}" for s, p, o in triples}
    return "".join(sorted(lines)).encode("utf-8", "backslashreplace")


def unended(here: str, *, alive: bool) -> Iterator[Triple]:
    """Yield the status of an activity without an end, by whether its process still runs."""
    if alive:
        yield here, term("aitia:status"), term("aitia:Running")
    else:
        yield here, term("aitia:status"), term("aitia:Interrupted")
        yield here, term("aitia:statusInferred"), literals.boolean(True)
