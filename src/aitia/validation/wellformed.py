"""What the parameters of constraints may be (SHACL §4, the syntax rules of each component)."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from aitia.errors import ValidationError
from aitia.validation.lexical import XSD, is_well_typed
from aitia.validation.shapes import SH, Constraint, Term

_OF_PROPERTIES = frozenset(
    {
        "minCount",
        "maxCount",
        "uniqueLang",
        "lessThan",
        "lessThanOrEquals",
        "qualifiedMinCount",
        "qualifiedMaxCount",
    }
)
_NAMES = frozenset({"class", "datatype", "equals", "disjoint", "lessThan", "lessThanOrEquals"})
_COUNTS = frozenset(
    {"minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount"}
)
_LITERALS = frozenset({"minInclusive", "minExclusive", "maxInclusive", "maxExclusive", "pattern"})
_KINDS = frozenset(
    SH + name
    for name in (
        "IRI",
        "BlankNode",
        "Literal",
        "BlankNodeOrIRI",
        "BlankNodeOrLiteral",
        "IRIOrLiteral",
    )
)


def check(key: str, constraint: Constraint, *, has_path: bool) -> Constraint:
    """Return the constraint of the shape ``key``, when its parameter is as SHACL wants it.

    Raises
    ------
    ValidationError
        When it is not.
    """
    kind = constraint.kind
    if kind in _OF_PROPERTIES and not has_path:
        raise _fault(key, f"has sh:{kind} but no sh:path", "a property shape")
    if kind in _NAMES | _COUNTS | _LITERALS | {"nodeKind"}:
        for term in constraint.terms:
            expected = _expected(kind, term)
            if expected:
                raise _fault(key, f"has sh:{kind} {term}", expected)
    return constraint


def _expected(kind: str, term: Term) -> str:
    """Return what should be there instead; empty when the term will do."""
    if kind in _NAMES:
        return "" if isinstance(term, NamedNode) else "an IRI"
    if kind in _COUNTS:
        whole = isinstance(term, Literal) and is_well_typed(term.value, XSD + "nonNegativeInteger")
        return "" if whole else "a whole number of at least 0"
    if kind in _LITERALS:
        return "" if isinstance(term, Literal) else "a literal"
    known = isinstance(term, NamedNode) and term.value in _KINDS
    return "" if known else "a node kind such as sh:IRI"


def _fault(key: str, got: str, expected: str) -> ValidationError:
    return ValidationError(f"the shape {key} {got}", expected=expected)
