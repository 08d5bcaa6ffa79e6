"""Terms in the namespace of the ontology that the ontology does not have."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from pyoxigraph import NamedNode, Quad

from aitia.validation.report import MUST, Result
from aitia.vocabulary.lookup import unknown_term
from aitia.vocabulary.terms import CLASSES, DATA_PROPERTIES, NAMESPACES, OBJECT_PROPERTIES

SHAPE = "https://w3id.org/aitia/shapes#KnownTerm"
_SPACE = NAMESPACES["aitia"]
_TYPE = NAMESPACES["rdf"] + "type"


@cache
def _known(kind: str) -> frozenset[str]:
    names = CLASSES if kind == "class" else OBJECT_PROPERTIES | DATA_PROPERTIES
    return frozenset(_SPACE + name.partition(":")[2] for name in names if name.startswith("aitia:"))


def unknown_terms(quads: Iterable[Quad]) -> list[Result]:
    """Return a result for each node that has, or is an instance of, a term that does not exist."""
    properties, classes = _known("property"), _known("class")
    found: dict[tuple[str, str, str], None] = {}
    for quad in quads:
        name = quad.predicate.value
        if name == _TYPE:
            term = quad.object
            if (
                isinstance(term, NamedNode)
                and term.value.startswith(_SPACE)
                and term.value not in classes
            ):
                found[_focus(quad), _TYPE, term.value] = None
        elif name.startswith(_SPACE) and name not in properties:
            found[_focus(quad), name, name] = None
    return [_result(*key) for key in found]


def _focus(quad: Quad) -> str:
    subject = quad.subject
    return subject.value if isinstance(subject, NamedNode) else str(subject)


def _result(focus: str, path: str, term: str) -> Result:
    kind = "class" if path == _TYPE else "property"
    locals_known = {iri[len(_SPACE) :] for iri in _known(kind)}
    sentence = unknown_term("aitia:" + term[len(_SPACE) :], locals_known)
    return Result(
        focus=focus,
        path=path,
        value=term if path == _TYPE else None,
        message=f"The {kind} {sentence}",
        severity=MUST,
        shape=SHAPE,
        name="a term of the ontology",
        fix="Use a term of the ontology, or a property of a vocabulary of your own.",
        component="KnownTerm",
    )
