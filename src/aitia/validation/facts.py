"""What one pass over the data shows, so that queries that cannot find anything are not asked."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from aitia.validation.lexical import XSD
from aitia.validation.statements import BLANK, IRI

_COUNT, _POSITIVE = XSD + "nonNegativeInteger", XSD + "positiveInteger"


class Guard(NamedTuple):
    """When a constraint can be violated at all; each part that is set must hold.

    ``needs`` are properties that must occur; ``repeats`` a property that some node must have twice;
    ``lacks`` one that some focus node must lack; ``beside`` a property, and the kinds of its values
    other than which there must be one.
    """

    needs: frozenset[str] = frozenset()
    repeats: str = ""
    lacks: str = ""
    beside: tuple[str, frozenset[str]] = ("", frozenset())


class Facts:
    """The facts of one graph: who has which properties, and of what kind their values are.

    Subjects and predicates are in N-Triples syntax.
    """

    def __init__(self) -> None:
        self.subjects: dict[str, set[str]] = defaultdict(set)
        self.repeated: set[str] = set()
        self.kinds: dict[str, set[str]] = defaultdict(set)

    def add(self, subject: str, predicate: str, kind: str) -> None:
        """Take note of one triple; a triple given twice counts twice."""
        holders = self.subjects[predicate]
        if subject in holders:
            self.repeated.add(predicate)
        else:
            holders.add(subject)
        self.kinds[predicate].add(kind)

    def permit(self, guard: Guard, focus: set[str] | None) -> bool:
        """Return whether there may be a violation; ``focus`` are the focus nodes, when known."""
        if not all(f"<{predicate}>" in self.subjects for predicate in guard.needs):
            return False
        if guard.repeats and f"<{guard.repeats}>" not in self.repeated:
            return False
        predicate, kinds = guard.beside
        if predicate and self.kinds.get(f"<{predicate}>", set()) <= kinds:
            return False
        lacked = self.subjects.get(f"<{guard.lacks}>", set())
        return not guard.lacks or focus is None or not focus <= lacked


def kinds_from(least: int) -> frozenset[str] | None:
    """Return the datatypes all of whose values are at least ``least``, which must be 0 or 1."""
    return {0: frozenset({_COUNT, _POSITIVE}), 1: frozenset({_POSITIVE})}.get(least)


def node_kinds(name: str) -> frozenset[str] | None:
    """Return the kinds that a node kind of SHACL stands for, or None where literals may be."""
    return {
        "IRI": frozenset({IRI}),
        "BlankNode": frozenset({BLANK}),
        "BlankNodeOrIRI": frozenset({IRI, BLANK}),
    }.get(name)
