"""Terms in the namespace of the ontology, or of an extension, that it does not have."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from aitia.validation.report import MUST, Result
from aitia.validation.statements import Statement
from aitia.vocabulary.extensions import Extension
from aitia.vocabulary.lookup import unknown_term
from aitia.vocabulary.terms import CLASSES, DATA_PROPERTIES, NAMESPACES, OBJECT_PROPERTIES

SHAPE = "https://w3id.org/aitia/shapes#KnownTerm"
_TYPE = f"<{NAMESPACES['rdf']}type>"


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


def unknown_terms(
    statements: Iterable[Statement], extensions: Iterable[Extension] = ()
) -> list[Result]:
    """Return a result for each node that has, or is an instance of, a term that does not exist."""
    spaces = (_own(), *map(_of, extensions))
    starts = tuple(f"<{space.iri}" for space in spaces)
    known: dict[str, bool] = {}
    classes = {f"<{name}>" for space in spaces for name in space.classes}
    properties = {f"<{name}>" for space in spaces for name in space.properties}
    found: dict[tuple[str, str, str], None] = {}
    for subject, predicate, value in statements:
        if predicate == _TYPE:
            if value.startswith(starts) and value not in classes:
                found[_name(subject), _TYPE[1:-1], value[1:-1]] = None
            continue
        right = known.get(predicate)
        if right is None:
            right = not predicate.startswith(starts) or predicate in properties
            known[predicate] = right
        if not right:
            found[_name(subject), predicate[1:-1], predicate[1:-1]] = None
    return [_result(*key, spaces) for key in found]


def _name(text: str) -> str:
    return text[1:-1] if text.startswith("<") else text


def _result(focus: str, path: str, term: str, spaces: Iterable[_Space]) -> Result:
    kind = "class" if path == _TYPE[1:-1] else "property"
    space = next(one for one in spaces if term.startswith(one.iri))
    known = space.classes if kind == "class" else space.properties
    name = f"{space.prefix}:{term[len(space.iri) :]}"
    return Result(
        focus=focus,
        path=path,
        value=term if path == _TYPE[1:-1] else None,
        message=f"The {kind} {unknown_term(name, {iri[len(space.iri) :] for iri in known})}",
        severity=MUST,
        shape=SHAPE,
        name="a term of the ontology",
        fix="Use a term of the ontology, or a property of a vocabulary of your own.",
        component="KnownTerm",
    )
