"""Terms in the namespace of the ontology, or of an extension, that it does not have."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from pyoxigraph import NamedNode, Quad

from aitia.validation.report import MUST, Result
from aitia.vocabulary.extensions import Extension
from aitia.vocabulary.lookup import unknown_term
from aitia.vocabulary.terms import CLASSES, DATA_PROPERTIES, NAMESPACES, OBJECT_PROPERTIES

SHAPE = "https://w3id.org/aitia/shapes#KnownTerm"
_TYPE = NAMESPACES["rdf"] + "type"


class _Space(NamedTuple):
    """One namespace, with the IRIs of its classes and of its properties."""

    prefix: str
    iri: str
    classes: frozenset[str]
    properties: frozenset[str]


@cache
def _own() -> _Space:
    space = NAMESPACES["aitia"]

    def iris(names: Iterable[str]) -> frozenset[str]:
        return frozenset(
            space + name.removeprefix("aitia:") for name in names if name.startswith("aitia:")
        )

    return _Space("aitia", space, iris(CLASSES), iris(OBJECT_PROPERTIES | DATA_PROPERTIES))


def _of(extension: Extension) -> _Space:
    properties = extension.relations | extension.attributes | extension.annotations
    return _Space(extension.prefix, extension.namespace, extension.classes, properties)


def unknown_terms(quads: Iterable[Quad], extensions: Iterable[Extension] = ()) -> list[Result]:
    """Return a result for each node that has, or is an instance of, a term that does not exist."""
    spaces = (_own(), *map(_of, extensions))
    starts = tuple(space.iri for space in spaces)
    classes = frozenset().union(*(space.classes for space in spaces))
    properties = frozenset().union(*(space.properties for space in spaces))
    found: dict[tuple[str, str, str], None] = {}
    for quad in quads:
        name = quad.predicate.value
        if name == _TYPE:
            term = quad.object
            if (
                isinstance(term, NamedNode)
                and term.value.startswith(starts)
                and term.value not in classes
            ):
                found[_focus(quad), _TYPE, term.value] = None
        elif name.startswith(starts) and name not in properties:
            found[_focus(quad), name, name] = None
    return [_result(*key, spaces) for key in found]


def _focus(quad: Quad) -> str:
    subject = quad.subject
    return subject.value if isinstance(subject, NamedNode) else str(subject)


def _result(focus: str, path: str, term: str, spaces: Iterable[_Space]) -> Result:
    kind = "class" if path == _TYPE else "property"
    space = next(one for one in spaces if term.startswith(one.iri))
    known = space.classes if kind == "class" else space.properties
    name = f"{space.prefix}:{term[len(space.iri) :]}"
    return Result(
        focus=focus,
        path=path,
        value=term if path == _TYPE else None,
        message=f"The {kind} {unknown_term(name, {iri[len(space.iri) :] for iri in known})}",
        severity=MUST,
        shape=SHAPE,
        name="a term of the ontology",
        fix="Use a term of the ontology, or a property of a vocabulary of your own.",
        component="KnownTerm",
    )
