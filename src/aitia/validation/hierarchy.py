"""The class hierarchy of the ontology, so that data need not repeat it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from aitia.validation.statements import Statement
from aitia.vocabulary.extensions import Extension
from aitia.vocabulary.iris import expand
from aitia.vocabulary.terms import ANCESTORS, CLASSES

SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"


@cache
def ontology_ancestors() -> Mapping[str, frozenset[str]]:
    """Return all superclasses of each class of the ontology, as IRIs."""
    return {
        expand(name): frozenset(expand(parent) for parent in ANCESTORS.get(name, []))
        for name in CLASSES
    }


def closure(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Return the superclasses of each class by the ontology and by (subclass, superclass) pairs."""
    parents: dict[str, set[str]] = {
        name: set(above) for name, above in ontology_ancestors().items()
    }
    for child, parent in pairs:
        parents.setdefault(child, set()).add(parent)
    found = {}
    for name in parents:
        seen: set[str] = set()
        todo = [name]
        while todo:
            for parent in parents.get(todo.pop(), ()):
                if parent not in seen:
                    seen.add(parent)
                    todo.append(parent)
        found[name] = frozenset(seen)
    return found


def subclass_pairs() -> list[tuple[str, str]]:
    """Return each class of the ontology with each of its superclasses."""
    return [
        (name, above) for name, parents in ontology_ancestors().items() for above in sorted(parents)
    ]


def entailed(statements: Iterable[Statement], extensions: Iterable[Extension]) -> list[Statement]:
    """Return what follows from the properties of extensions lying below others."""
    above = {
        f"<{name}>": [f"<{one}>" for one in sorted(extension.ancestors.get(name, ()))]
        for extension in extensions
        for name in extension.relations | extension.attributes
    }
    if not above:
        return []
    return [
        (subject, name, value)
        for subject, predicate, value in statements
        for name in above.get(predicate, ())
    ]
