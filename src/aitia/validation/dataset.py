"""A graph under judgement: parsed once, held in a store of its own in memory.

The default graph of that store is the union of the graphs given. Named graphs beside it hold what
the queries of a plan need to know: the instances of classes (with the class hierarchy), which
literals are ill-typed, and, as a plan runs, focus nodes and failures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from aitia.errors import ValidationError
from aitia.validation.facts import Facts, Guard
from aitia.validation.hierarchy import SUBCLASS, closure, ontology_ancestors
from aitia.validation.plan import Plan
from aitia.validation.shapes import Term
from aitia.validation.terms import FOCUS, ILL_TYPED, MARK, NATIVE, encode

RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


def parse_quads(nquads: bytes) -> list[Quad]:
    """Return the quads of an N-Quads document.

    Raises
    ------
    ValidationError
        When it is not N-Quads.
    """
    try:
        return list(parse(nquads, RdfFormat.N_QUADS))
    except (SyntaxError, ValueError) as error:
        raise ValidationError(f"the graph cannot be read: {error}", expected="N-Quads") from error


class Dataset:
    """What one validation knows of its data; ``keys`` are the sets known to have focus nodes."""

    def __init__(
        self, quads: list[Quad], plan: Plan, subclasses: Iterable[tuple[str, str]] = ()
    ) -> None:
        self.store = Store()
        self.facts = Facts()
        self._quads = quads
        self._native = False
        self._spread = {spread.key for spread in plan.spreads}
        self._types: dict[str, set[Term]] = defaultdict(set)
        self._subclasses = list(subclasses)
        self._focus: dict[str, set[Term]] = defaultdict(set)
        for key, term in plan.nodes:
            self._focus[key].add(term)
            self.facts.kind(term)
        self._read(plan)
        self._close_classes(plan)
        self.keys = set(self._focus)
        marks = [
            Quad(NamedNode(key), MARK, encode(term), FOCUS)
            for key, terms in self._focus.items()
            for term in terms
        ]
        marks += [Quad(MARK, MARK, encode(term), ILL_TYPED) for term in self.facts.ill]
        self.store.extend(marks)

    def _read(self, plan: Plan) -> None:
        """Load the default graph in one pass."""
        held = []
        for quad in self._quads:
            subject, predicate, term = quad.subject, quad.predicate, quad.object
            name = predicate.value
            self.facts.add(subject, name, term)
            if name == RDF_TYPE.value and isinstance(term, NamedNode):
                self._types[term.value].add(subject)
            elif name == SUBCLASS:
                self._subclasses.append((_name(subject), _name(term)))
            for key in plan.subjects.get(name, ()):
                self._focus[key].add(subject)
            for key in plan.objects.get(name, ()):
                self._focus[key].add(term)
            held.append(Quad(subject, predicate, encode(term)))
        self.store.extend(held)

    def _close_classes(self, plan: Plan) -> None:
        """Note the instances of each class of the plan, its subclasses included."""
        above = closure(self._subclasses) if self._subclasses else ontology_ancestors()
        for name, nodes in self._types.items():
            for cls in (name, *above.get(name, ())):
                if cls in plan.classes:
                    self._focus[cls] |= nodes

    def permits(self, guard: Guard, key: str) -> bool:
        """Return whether there may be a violation among the focus nodes of ``key``."""
        known = None if key in self._spread else self._focus.get(key)
        return self.facts.permit(guard, known)

    def focus_nodes(self, key: str) -> list[Term]:
        """Return the focus nodes of a set."""
        found = self.store.quads_for_pattern(NamedNode(key), MARK, None, FOCUS)
        return [quad.object for quad in found]

    def mark(self, key: str, nodes: list[Term], graph: NamedNode) -> None:
        """Add nodes to a set of an internal graph."""
        self.store.extend([Quad(NamedNode(key), MARK, node, graph) for node in nodes])
        if graph == FOCUS and nodes:
            self.keys.add(key)

    def native_graph(self) -> NamedNode:
        """Return the graph that holds the data as a SPARQL engine has it, for queries by others."""
        if not self._native:
            self.store.extend([Quad(q.subject, q.predicate, q.object, NATIVE) for q in self._quads])
            self._native = True
        return NATIVE


def _name(term: Term) -> str:
    return term.value if isinstance(term, NamedNode) else str(term)
