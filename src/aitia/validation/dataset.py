"""A graph under judgement: parsed once, held in a store of its own in memory.

The default graph of that store is the union of the graphs given. Named graphs beside it hold what
the queries of a plan need to know: the instances of classes (with the class hierarchy), which
literals are ill-typed, and, as a plan runs, focus nodes and failures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from aitia.validation.facts import Facts, Guard
from aitia.validation.hierarchy import SUBCLASS, closure, ontology_ancestors
from aitia.validation.plan import Plan
from aitia.validation.shapes import Term
from aitia.validation.statements import ILL, IRI, Looked, Statement, lines, look
from aitia.validation.terms import FOCUS, ILL_TYPED, MARK, NATIVE, SHAPES_GRAPH

RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_SUBCLASS = f"<{SUBCLASS}>"


class Dataset:
    """What one validation knows of its data; ``keys`` are the sets known to have focus nodes.

    ``only`` are the nodes that are judged as targets of shapes; None judges all. Instances of a
    class are known whether they are judged or not.
    """

    def __init__(
        self,
        statements: list[Statement],
        plan: Plan,
        subclasses: Iterable[tuple[str, str]] = (),
        only: frozenset[str] | None = None,
    ) -> None:
        self.store = Store()
        self.facts = Facts()
        self.only = only
        self._statements = statements
        self._native = False
        self._shapes = plan.shapes_graph
        self._spread = {spread.key for spread in plan.spreads}
        self._classes = plan.classes
        self._types: dict[str, set[str]] = defaultdict(set)
        self._subclasses = list(subclasses)
        self._focus: dict[str, set[str]] = defaultdict(set)
        self._looked: dict[str, Looked] = {}
        held = self._read(plan)
        for key, term in plan.nodes:
            if only is None or str(term) in only:
                self._focus[key].add(str(term))
                self._look(str(term))
        self._close_classes(plan)
        self.keys = set(self._focus)
        self._judged = None if only is None else self._held(only)
        self._load([held, *self._marks(plan)])

    def _look(self, text: str) -> Looked:
        found = self._looked[text] = look(text)
        return found

    def _read(self, plan: Plan) -> str:
        """Take note of each statement in one pass, and return them as the store holds them."""
        subjects = {f"<{name}>": keys for name, keys in plan.subjects.items()}
        objects = {f"<{name}>": keys for name, keys in plan.objects.items()}
        known, focus, add = self._looked.get, self._focus, self.facts.add
        held = []
        only = self.only
        for subject, predicate, text in self._statements:
            looked = known(text) or self._look(text)
            add(subject, predicate, looked.kind)
            if predicate == RDF_TYPE:
                if looked.kind is IRI:
                    self._types[text[1:-1]].add(subject)
            elif predicate == _SUBCLASS:
                self._subclasses.append((_name(subject), _name(text)))
            for key in subjects.get(predicate, ()):
                if only is None or subject in only:
                    focus[key].add(subject)
            for key in objects.get(predicate, ()):
                if only is None or text in only:
                    focus[key].add(text)
            held.append((subject, predicate, looked.held))
        return lines(held)

    def _close_classes(self, plan: Plan) -> None:
        """Note the instances of each class of the plan, its subclasses included."""
        above = closure(self._subclasses) if self._subclasses else ontology_ancestors()
        for name, nodes in self._types.items():
            for cls in (name, *above.get(name, ())):
                if cls in plan.classes:
                    self._focus[cls] |= nodes

    def _marks(self, plan: Plan) -> Iterable[str]:
        """Yield what the internal graphs hold from the start, as N-Quads."""
        mark, looked = str(MARK), self._looked
        for key, nodes in self._focus.items():
            named = [(f"<{key}>", mark, (looked.get(n) or look(n)).held) for n in nodes]
            yield lines(named, str(FOCUS))
        ill = [(mark, mark, found.held) for found in looked.values() if found.kind is ILL]
        yield lines(ill, str(ILL_TYPED))
        # A path of no steps leads from a node to itself in SHACL, even if no triple has the node;
        # in SPARQL only for a node that occurs.
        targets = [
            str(term) for _, term in plan.nodes if self.only is None or str(term) in self.only
        ]
        yield lines([(mark, mark, (looked.get(node) or look(node)).held) for node in targets])

    def _load(self, parts: Iterable[str]) -> None:
        data = "".join(parts).encode("utf-8", "backslashreplace")
        if b"_:" in data:
            # Loading would give blank nodes other labels each time.
            self.store.extend(parse(data, RdfFormat.N_QUADS, lenient=True))
        else:
            self.store.load(data, RdfFormat.N_QUADS, lenient=True)

    def _held(self, nodes: Iterable[str]) -> frozenset[str]:
        return frozenset((self._looked.get(node) or look(node)).held for node in nodes)

    def judges(self, key: str, node: Term) -> bool:
        """Return whether a node of a set is judged: not where it only has a class."""
        return self._judged is None or key not in self._classes or str(node) in self._judged

    def permits(self, guard: Guard, key: str) -> bool:
        """Return whether there may be a violation among the focus nodes of ``key``."""
        known = None if key in self._spread else self._focus.get(key)
        if known is not None and self.only is not None and key in self._classes:
            known = known & self.only
            if not known:
                return False
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
            self._load([lines(self._statements, str(NATIVE))])
            shapes = [Quad(t.subject, t.predicate, t.object, SHAPES_GRAPH) for t in self._shapes]
            self.store.extend(shapes)
            self._native = True
        return NATIVE


def _name(text: str) -> str:
    return text[1:-1] if text.startswith("<") else text
