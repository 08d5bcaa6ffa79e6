"""Statements as N-Triples text: what a validation reads, without an object per term.

A statement is subject, predicate and object, each in N-Triples syntax.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pyoxigraph import Literal, Quad, RdfFormat, parse

from aitia.errors import ValidationError
from aitia.validation.lexical import XSD, is_well_typed
from aitia.validation.terms import exact

Statement = tuple[str, str, str]

IRI, BLANK, ILL = "iri", "blank node", "ill-typed literal"
_STRING = XSD + "string"
_LANGUAGE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


class Looked(NamedTuple):
    """What an object is: its kind, and its text as the store of a validation holds it.

    The kind of a literal is its datatype, when it has a form of that.
    """

    kind: str
    held: str


def parse_quads(nquads: bytes) -> list[Quad]:
    """Return the quads of an N-Quads document.

    Raises
    ------
    ValidationError
        When it is not N-Quads.
    """
    try:
        return list(parse(nquads, RdfFormat.N_QUADS))
    except (SyntaxError, ValueError) as error:
        raise ValidationError(f"the graph cannot be read: {error}", expected="N-Quads") from error


def of_quads(quads: Iterable[Quad]) -> list[Statement]:
    """Return quads as statements, whatever their graph."""
    return [(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads]


def lines(statements: Iterable[Statement], graph: str = "") -> str:
    """Return statements as N-Quads in a graph, given in N-Triples syntax, or in the default one."""
    tail = f" {graph} .\n" if graph else " .\n"
    return "".join([f"{s} {p} {o}{tail}" for s, p, o in statements])


def look(text: str) -> Looked:
    """Return what an object is."""
    first = text[0]
    if first == "<":
        return Looked(BLANK if text.startswith("<<") else IRI, text)
    if first != '"':
        return Looked(BLANK, text)
    last = text[-1]
    if last == '"':
        return Looked(_STRING, text)
    if last != ">":
        return Looked(_LANGUAGE, text)
    cut = text.rindex('"^^<')
    datatype, value = text[cut + 4 : -1], text[1:cut]
    if "\\" in value:
        value = _unescaped(text)
    kind = datatype if is_well_typed(value, datatype) else ILL
    renamed = exact(value, datatype)
    return Looked(kind, text if renamed is None else f'{text[:cut]}"^^<{renamed}>')


def _unescaped(text: str) -> str:
    (quad,) = parse(f"<urn:x> <urn:x> {text} .".encode(), RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, Literal)
    return quad.object.value
