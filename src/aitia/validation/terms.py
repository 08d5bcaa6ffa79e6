"""Names that exist only inside a validation, and the text of terms in its queries."""

from __future__ import annotations

import re

from pyoxigraph import Literal, NamedNode

from aitia.validation.lexical import RDF_JSON, XSD
from aitia.validation.shapes import Term

BASE = "urn:aitia:shacl:"
MARK = NamedNode(BASE + "in")
FOCUS = NamedNode(BASE + "focus")
FAILS = NamedNode(BASE + "fails")
ILL_TYPED = NamedNode(BASE + "ill-typed")
NATIVE = NamedNode(BASE + "native")
SHAPES_GRAPH = NamedNode(BASE + "shapes")
EXACT = BASE + "exact:"

# Oxigraph keeps the value of a literal but neither its text nor, for the types derived from
# xsd:integer, its datatype. What it would change is loaded under a datatype that it does not know.
_NUMBER = r"-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?"
_KEPT = {
    XSD + "integer": re.compile(r"0|-?[1-9]\d*", re.ASCII),
    XSD + "decimal": re.compile(rf"(?!-0$){_NUMBER}", re.ASCII),
    XSD + "double": re.compile(rf"{_NUMBER}|NaN|-?INF", re.ASCII),
    XSD + "float": re.compile(rf"(?=.{{,7}}$){_NUMBER}|NaN|-?INF", re.ASCII),
    XSD + "boolean": re.compile("true|false"),
    XSD + "dateTime": re.compile(
        r"[^T]*T(?!24)\d\d:\d\d:\d\d(?:\.\d*[1-9])?(?:Z|[+-](?!00:00)\d\d:\d\d)?", re.ASCII
    ),
}
_WHOLE = frozenset({XSD + "string", RDF_JSON, XSD + "anyURI"})


def exact(value: str, datatype: str) -> str | None:
    """Return the datatype that a literal is held under, such that nothing of it is lost.

    None when Oxigraph keeps it as it is.
    """
    if datatype in _WHOLE or not datatype.startswith(XSD):
        return None
    kept = _KEPT.get(datatype)
    if kept is not None and kept.fullmatch(value):
        return None
    return EXACT + datatype


def encode(term: Term) -> Term:
    """Return the term as the store of a validation holds it, such that nothing of it is lost."""
    if not isinstance(term, Literal):
        return term
    renamed = exact(term.value, term.datatype.value)
    return term if renamed is None else Literal(term.value, datatype=NamedNode(renamed))


def decode(term: Term) -> Term:
    """Return the term that :func:`encode` was given."""
    if isinstance(term, Literal) and term.datatype.value.startswith(EXACT):
        return Literal(term.value, datatype=NamedNode(term.datatype.value[len(EXACT) :]))
    return term


def native(variable: str) -> str:
    """Return a SPARQL expression for the value of a variable, comparable by ``<`` and ``=``."""
    return (
        f'IF(STRSTARTS(STR(DATATYPE({variable})), "{EXACT}"), '
        f'STRDT(STR({variable}), IRI(STRAFTER(STR(DATATYPE({variable})), "{EXACT}"))), {variable})'
    )


def of_datatype(datatype: str, variable: str) -> str:
    """Return a SPARQL expression for a variable being a literal with a form of a datatype."""
    return (
        f"isLiteral({variable}) && DATATYPE({variable}) IN (<{datatype}>, <{EXACT}{datatype}>) && "
        f"NOT EXISTS {{ GRAPH {ILL_TYPED} {{ ?holder ?holds {variable} }} }}"
    )


def held(graph: NamedNode, key: str, variable: str) -> str:
    """Return the SPARQL pattern that a node is in the set ``key`` of an internal graph."""
    return f"GRAPH {graph} {{ <{key}> {MARK} {variable} }}"
