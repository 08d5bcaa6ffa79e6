"""An instance as a history: its statements in a store, with all that they entail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from aitia.errors import ValidationError
from aitia.validation.prov.rules import INFERENCE, UNIQUENESS, Rule, of_family
from aitia.validation.prov.statements import (
    ABSENT,
    KINDS,
    NONE,
    SOME,
    SPACE,
    TIME,
    Instance,
    Statement,
    compact,
)
from aitia.validation.shapes import Term
from aitia.validation.words import bare
from aitia.vocabulary.literals import XSD

_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_FROM, _BY = NamedNode(SPACE + "from"), NamedNode(SPACE + "by")
_DATETIME = NamedNode(XSD + "dateTime")
_ROUNDS = 100


class Found(NamedTuple):
    """A rule broken: by what, and the statements at fault, in words."""

    rule: Rule
    about: str
    statements: tuple[str, ...]


class History:
    """The statements of one instance, normalised (PROV-CONSTRAINTS §6.1).

    Each statement is a node whose properties are the places that it fills. What a statement leaves
    open is something whose name is made here, and may turn out to be something that is named.
    """

    def __init__(self, instance: Instance) -> None:
        self.store = Store()
        self.names = instance.prefixes
        self.asserted: dict[str, Statement] = {}
        self._blank: dict[str, str] = {}
        self.store.extend(
            quad
            for number, statement in enumerate(instance.statements)
            for quad in self._quads(number, statement)
        )

    def _quads(self, number: int, statement: Statement) -> Iterator[Quad]:
        node = NamedNode(f"{SOME}{number}")
        self.asserted[node.value] = statement
        kind = KINDS[statement.kind]
        yield Quad(node, _TYPE, NamedNode(SPACE + statement.kind))
        for type_ in statement.types:
            if not type_.startswith("_:"):
                yield Quad(node, NamedNode(SPACE + "type"), _node(type_))
        if kind.identified:
            yield Quad(node, NamedNode(SPACE + "id"), self._term(statement.id) or node)
        for place, need in kind.places.items():
            value = statement.values.get(place, "")
            if need == TIME:
                if value:
                    yield Quad(node, NamedNode(SPACE + place), Literal(value, datatype=_DATETIME))
                continue
            without = NONE if self._is_nothing(statement, place, need) else f"{node.value}/{place}"
            yield Quad(node, NamedNode(SPACE + place), self._term(value) or NamedNode(without))

    @staticmethod
    def _is_nothing(statement: Statement, place: str, need: str) -> bool:
        # The generation and the usage of a derivation are unknown where its activity is given.
        told = place in ("generation", "usage") and statement.values.get("activity")
        return need == ABSENT and not told

    def _term(self, name: str) -> NamedNode | None:
        if name.startswith("_:"):
            name = self._blank.setdefault(name, f"{SOME}b{len(self._blank)}")
        return _node(name) if name else None

    def normalise(self) -> list[Found]:
        """Apply inferences and uniqueness constraints until nothing new follows.

        Returns what cannot be made one; the history is then not normal, and no more is asked of it.
        """
        for _ in range(_ROUNDS):
            before = len(self.store)
            for rule in of_family(INFERENCE):
                self.store.update(rule.text)
            same, broken = self._unify()
            if broken or (not same and len(self.store) == before):
                return broken
        raise ValidationError("the statements entail ever more", expected="a finite history")

    def _unify(self) -> tuple[bool, list[Found]]:
        """Make one what uniqueness says is one; return whether anything was, and what cannot be."""
        known: dict[Term, Term] = {}
        broken = []

        def stands_for(term: Term) -> Term:
            while term in known:
                term = known[term]
            return term

        for rule in of_family(UNIQUENESS):
            if rule.is_beyond:
                continue
            for row in self.rows(rule.text):
                one, other = stands_for(row["a"]), stands_for(row["b"])
                if one == other or _is_same_time(one, other):
                    continue
                if is_open(one):
                    known[one] = other
                elif is_open(other):
                    known[other] = one
                else:
                    broken.append(self.found(rule, row))
        for term in known:
            self._rename(term, stands_for(term))
        return bool(known), broken

    def beyond(self) -> list[Found]:
        """Return what breaks rules that are not of the Recommendation."""
        return [
            self.found(rule, row)
            for rule in of_family(UNIQUENESS)
            if rule.is_beyond
            for row in self.rows(rule.text)
            if not (is_open(row["a"]) or is_open(row["b"]) or _is_same_time(row["a"], row["b"]))
        ]

    def _rename(self, old: Term, new: Term) -> None:
        quads = [
            quad
            for quad in self.store.quads_for_pattern(None, None, old)
            if quad.predicate != _FROM
        ]
        for quad in quads:
            self.store.remove(quad)
        self.store.extend([Quad(quad.subject, quad.predicate, new) for quad in quads])

    def rows(self, text: str) -> Iterator[Mapping[str, Term]]:
        """Return the answer to a query, row by row."""
        found = self.store.query(text)
        assert isinstance(found, QuerySolutions)
        names = [variable.value for variable in found.variables]
        for row in list(found):
            yield {name: row[name] for name in names if row[name] is not None}

    def found(self, rule: Rule, row: Mapping[str, Term]) -> Found:
        """Return that the statements of a row break a rule."""
        nodes = [row[name] for name in ("one", "two", "three") if name in row]
        about = row.get("id")
        name = about.value if isinstance(about, NamedNode) else self.about(nodes[0])
        return Found(rule, name, tuple(dict.fromkeys(self.told(node) for node in nodes)))

    def inferred(self, row: Mapping[str, Term]) -> int:
        """Return how many statements of a row were inferred."""
        nodes = [row[name] for name in ("one", "two", "three") if name in row]
        return sum(isinstance(n, NamedNode) and n.value not in self.asserted for n in nodes)

    def about(self, node: Term) -> str:
        """Return the name of the first thing that a statement is about."""
        statement = self.source(node)
        if statement is None:
            return str(node)
        return statement.id or next(iter(statement.values.values()), "")

    def source(self, node: Term) -> Statement | None:
        """Return the statement that a node is, or that it was inferred from."""
        assert isinstance(node, NamedNode)
        return self.asserted.get("/".join(node.value.split("/")[:2]))

    def told(self, node: Term) -> str:
        """Return a statement in words: what was stated, or from what it was inferred."""
        assert isinstance(node, NamedNode)
        stated = self.asserted.get(node.value)
        if stated is not None:
            return stated.text(self.names)
        quads = list(self.store.quads_for_pattern(node, None, None))
        by = {str(quad.object).split('"')[1] for quad in quads if quad.predicate == _BY}
        kinds = [bare(quad.object) for quad in quads if quad.predicate == _TYPE]
        origins = [quad.object for quad in quads if quad.predicate == _FROM]
        kind = kinds[0].removeprefix(SPACE)
        words = " and ".join(sorted({self.told(origin) for origin in origins}))
        return f"a {kind} that follows by inference {', '.join(sorted(by))} from {words}"

    def name(self, term: Term) -> str:
        """Return the name of an event or a thing in words."""
        text = term.value if isinstance(term, (NamedNode, Literal)) else str(term)
        return "something unnamed" if is_open(term) else compact(text, self.names)


def is_open(term: Term) -> bool:
    """Return whether a term is something that is not named."""
    return isinstance(term, NamedNode) and term.value.startswith(SOME)


def _node(name: str) -> NamedNode:
    """Return a name as an IRI; one that is none, such as an undeclared prefix, is kept in a URN."""
    try:
        return NamedNode(name)
    except ValueError:
        from urllib.parse import quote

        return NamedNode(f"urn:name:{quote(name)}")


def _is_same_time(one: Term, other: Term) -> bool:
    if not isinstance(one, Literal) or not isinstance(other, Literal):
        return False
    try:
        times = [datetime.fromisoformat(term.value) for term in (one, other)]
    except ValueError:
        return one.value == other.value
    # A time without a zone is not at the instant of one with a zone; comparing them is False.
    return times[0] == times[1]
