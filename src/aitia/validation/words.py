"""Results in words."""

from __future__ import annotations

from pyoxigraph import NamedNode

from aitia.validation.report import MAY, MUST, SHOULD, Result
from aitia.validation.shapes import SH, Shape, Term

SEVERITY_IRIS = {MUST: SH + "Violation", SHOULD: SH + "Warning", MAY: SH + "Info"}
_NAMES = {iri: name for name, iri in SEVERITY_IRIS.items()}

_SENTENCES = {
    "Class": "A value is not of the class that is asked for",
    "Datatype": "A value is not of the datatype that is asked for",
    "NodeKind": "A value is not of the kind (IRI, blank node, literal) that is asked for",
    "MinCount": "A value is missing",
    "MaxCount": "There are more values than are allowed",
    "MinExclusive": "A value is too small",
    "MinInclusive": "A value is too small",
    "MaxExclusive": "A value is too large",
    "MaxInclusive": "A value is too large",
    "MinLength": "A value is too short",
    "MaxLength": "A value is too long",
    "Pattern": "A value does not have the form that is asked for",
    "LanguageIn": "A text is not in one of the languages that are asked for",
    "UniqueLang": "There are several texts in one language",
    "Equals": "Two properties do not have the same values",
    "Disjoint": "Two properties share a value",
    "LessThan": "A value is not less than another",
    "LessThanOrEquals": "A value is greater than another",
    "HasValue": "A value that must be there is missing",
    "In": "A value is not among the values that are allowed",
    "Closed": "A property is not among those that are allowed",
    "Not": "A value keeps a rule that it must not keep",
    "Node": "A value does not keep the rules of the shape that is asked for",
    "And": "A value does not keep all of several rules",
    "Or": "A value keeps none of several rules",
    "Xone": "A value does not keep exactly one of several rules",
    "QualifiedMinCount": "There are too few values of a kind",
    "QualifiedMaxCount": "There are too many values of a kind",
    "SPARQL": "A rule given as a query is broken",
}


def severity_name(iri: str) -> str:
    """Return must, should or may for a severity of SHACL; any other severity stays an IRI."""
    return _NAMES.get(iri, iri)


def default_message(component: str) -> str:
    """Return the sentence for a constraint component whose shape has no message of its own."""
    name = component.removesuffix("ConstraintComponent")
    return _SENTENCES.get(name, f"The constraint {component} is broken")


def bare(term: Term) -> str:
    """Return an IRI without brackets; any other term as N-Triples."""
    return term.value if isinstance(term, NamedNode) else str(term)


def make_result(
    shape: Shape,
    *,
    focus: Term,
    path: str | None,
    value: Term | None,
    component: str,
    message: str = "",
) -> Result:
    """Return the result of a shape, in its own words where it has them."""
    return Result(
        focus=bare(focus),
        path=path,
        value=None if value is None else bare(value),
        message=message or shape.message or default_message(component),
        severity=severity_name(shape.severity),
        shape=shape.key,
        name=shape.name,
        fix=shape.fix,
        component=component,
    )
