"""A shapes graph as RDF: triples by subject and predicate, lists, and property paths."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from aitia.errors import ValidationError
from aitia.validation.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence
from aitia.validation.shapes import SH, Term

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
REPEATS = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


class Graph:
    """Triples by subject and predicate."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.triples = tuple(dict.fromkeys(triples))
        self.by_subject: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for triple in self.triples:
            self.by_subject[triple.subject][triple.predicate.value].append(triple.object)

    def all(self, subject: Term, predicate: str) -> list[Term]:
        """Return the objects of a predicate (a local name of SHACL, or an IRI)."""
        iri = predicate if ":" in predicate else SH + predicate
        return self.by_subject[subject].get(iri, []) if subject in self.by_subject else []

    def one(self, subject: Term, predicate: str) -> Term | None:
        """Return one object of a predicate, or None."""
        found = self.all(subject, predicate)
        return found[0] if found else None

    def text(self, subject: Term, predicate: str) -> str:
        """Return a literal's text, English before other languages; empty when there is none."""
        found = [term for term in self.all(subject, predicate) if isinstance(term, Literal)]
        found.sort(key=lambda term: (not (term.language or "en").startswith("en"), term.value))
        return found[0].value if found else ""

    def members(self, head: Term) -> tuple[Term, ...]:
        """Return the members of an RDF list."""
        found: list[Term] = []
        seen: set[Term] = set()
        while isinstance(head, (NamedNode, BlankNode)) and head != NamedNode(RDF + "nil"):
            first, rest = self.one(head, RDF + "first"), self.one(head, RDF + "rest")
            if first is None or rest is None or head in seen:
                raise ValidationError(
                    f"a broken list in the shapes at {head}", expected="an RDF list"
                )
            seen.add(head)
            found.append(first)
            head = rest
        return tuple(found)


def key_of(term: Term) -> str:
    """Return the key of a shape: its IRI, or ``_:`` and its label."""
    return term.value if isinstance(term, NamedNode) else str(term)


def is_true(term: Term | None) -> bool:
    """Return whether a term is the boolean true."""
    return isinstance(term, Literal) and term.value in ("true", "1")


def read_path(graph: Graph, node: Term) -> Path:
    """Return the property path at ``node`` (SHACL §2.3.1).

    Raises
    ------
    ValidationError
        When it is not a path.
    """
    if isinstance(node, NamedNode):
        return Predicate(node.value)
    if graph.one(node, RDF + "first") is not None:
        return Sequence(tuple(read_path(graph, part) for part in graph.members(node)))
    inverse, several = graph.one(node, "inversePath"), graph.one(node, "alternativePath")
    if inverse is not None:
        return Inverse(read_path(graph, inverse))
    if several is not None:
        return Alternative(tuple(read_path(graph, part) for part in graph.members(several)))
    for name, mark in REPEATS.items():
        inner = graph.one(node, name)
        if inner is not None:
            return Repeat(read_path(graph, inner), mark)
    raise ValidationError(
        f"no property path at {node} in the shapes", expected="sh:path with a path of SHACL §2.3.1"
    )
