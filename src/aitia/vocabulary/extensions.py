"""A user's own module of the ontology, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Extension(NamedTuple):
    """What one extension module declares; terms are IRIs, ranges are CURIEs.

    Parameters
    ----------
    path:
        The file.
    iri:
        The IRI of its ``owl:Ontology``.
    prefix:
        The prefix that its terms are written with.
    namespace:
        The namespace of its terms.
    digest:
        SHA-256 of the file, in hexadecimal.
    classes, relations, attributes:
        Its classes, object properties and data properties.
    ranges:
        The datatype of each data property that has one.
    annotations:
        Its annotation properties, and those declared an ``rdf:Property`` only.
    ancestors:
        All superclasses or superproperties of each term.
    statements:
        What the store is taught: N-Triples without blank nodes.
    """

    path: str
    iri: str
    prefix: str
    namespace: str
    digest: str
    classes: frozenset[str]
    relations: frozenset[str]
    attributes: frozenset[str]
    ranges: Mapping[str, str]
    ancestors: Mapping[str, frozenset[str]]
    statements: tuple[tuple[str, str, str], ...]
    annotations: frozenset[str] = frozenset()

    def curie(self, iri: str) -> str:
        """Return a term with the prefix for its namespace."""
        return f"{self.prefix}:{iri.removeprefix(self.namespace)}"
