"""The terms that records may use: those of the ontology, and those of the user's extensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from aitia.errors import RecordError
from aitia.ingest.triples import term
from aitia.vocabulary import literals
from aitia.vocabulary.extensions import Extension
from aitia.vocabulary.lookup import unknown_term
from aitia.vocabulary.terms import (
    ANCESTORS,
    CLASSES,
    DATA_PROPERTIES,
    MODULES,
    NAMESPACES,
    OBJECT_PROPERTIES,
    RANGES,
)


class _Terms(NamedTuple):
    classes: frozenset[str]
    relations: frozenset[str]
    properties: frozenset[str]


class Lexicon:
    """Looks terms up, each once; ``relations``, ``ranges`` and ``ancestors`` are by CURIE.

    A term of an extension is known by its CURIE and by its IRI.
    """

    def __init__(self, extensions: Iterable[Extension] = ()) -> None:
        classes, relations = set(CLASSES), set(OBJECT_PROPERTIES)
        attributes = set(DATA_PROPERTIES)
        ranges, ancestors = dict(RANGES), dict(ANCESTORS)
        self._namespaces: dict[str, str] = {}
        for extension in extensions:
            self._namespaces[extension.prefix] = extension.namespace
            for iri in extension.classes | extension.relations | extension.attributes:
                for name in (iri, extension.curie(iri)):
                    if iri in extension.classes:
                        classes.add(name)
                    if iri in extension.relations:
                        relations.add(name)
                    if iri in extension.attributes:
                        attributes.add(name)
                    if iri in extension.ranges:
                        ranges[name] = extension.ranges[iri]
                    ancestors[name] = [_compact(one) for one in extension.ancestors.get(iri, ())]
        self.relations: frozenset[str] = frozenset(relations)
        self.ranges: Mapping[str, str] = ranges
        self.ancestors: Mapping[str, list[str]] = ancestors
        self._terms = _Terms(
            frozenset(classes), self.relations, self.relations | frozenset(attributes)
        )
        self._cache: dict[tuple[str, str], str] = {}
        self._implied: dict[str, tuple[str, ...]] = {}

    def class_term(self, curie: str) -> str:
        """Return the N-Triples IRI of a class, refusing one that is not known."""
        return self._known(curie, self._terms.classes, "class")

    def relation_term(self, curie: str) -> str:
        """Return the N-Triples IRI of an object property, refusing one that is not known."""
        return self._known(curie, self._terms.relations, "relation")

    def property_term(self, curie: str) -> str:
        """Return the N-Triples IRI of any property, refusing one that is not known."""
        return self._known(curie, self._terms.properties, "property")

    def implied(self, curie: str) -> tuple[str, ...]:
        """Return the N-Triples IRIs of a property, and of those above one of an extension.

        PROV's are left out: what the ontology refines in PROV is stated by a rule each.
        """
        found = self._implied.get(curie)
        if found is None:
            names = [] if curie in ANCESTORS else self.ancestors.get(curie, ())
            above = (self.property_term(n) for n in names if not n.startswith("prov:"))
            found = self._implied[curie] = (self.property_term(curie), *above)
        return found

    def modules(self, curie: str) -> set[str]:
        """Return the modules of the ontology that a term, or what is above it, is of."""
        return {MODULES[n] for n in (curie, *self.ancestors.get(curie, ())) if n in MODULES}

    def is_a(self, curie: str, wanted: str) -> bool:
        """Return whether a term is another, or below it."""
        return curie == wanted or wanted in self.ancestors.get(curie, ())

    def _known(self, curie: str, terms: frozenset[str], kind: str) -> str:
        found = self._cache.get((kind, curie))
        if found is None:
            found = self._cache[kind, curie] = self._find(curie, terms, kind)
        return found

    def _find(self, curie: str, terms: frozenset[str], kind: str) -> str:
        prefix, _, local = curie.partition(":")
        own = self._namespaces.get(prefix)
        space = curie.startswith(tuple(self._namespaces.values())) if self._namespaces else False
        if curie not in terms and (prefix in ("aitia", "prov") or own is not None or space):
            start = prefix + ":"
            names = {name.partition(":")[2] for name in terms if name.startswith(start)}
            raise RecordError(unknown_term(curie, names), expected=f"a {kind} of the ontology")
        return term(curie) if own is None else literals.iri(own + local)


def _compact(iri: str) -> str:
    for prefix in ("aitia", "prov"):
        if iri.startswith(NAMESPACES[prefix]):
            return f"{prefix}:{iri[len(NAMESPACES[prefix]) :]}"
    return iri


ONTOLOGY = Lexicon()
"""The terms of the ontology alone."""
