"""The part of a large graph that judging some of its nodes depends on, fetched by SPARQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from aitia.validation.hierarchy import closure, ontology_ancestors
from aitia.validation.profiles import Profile
from aitia.validation.reach import RDF_TYPE, SUBCLASS, Reach, Step
from aitia.validation.statements import Statement

Ask = Callable[[str], Iterable[Sequence[str]]]
"""Answers a SELECT with rows of terms in N-Triples syntax, in the order of its variables."""

_PARTS = 2_000
"""Most terms in one VALUES block, since endpoints bound the length of a query."""


class Neighbourhood:
    """What was fetched for ``nodes``, and for those that point at them: ``wanted``."""

    def __init__(self, ask: Ask, profile: Profile, reach: Reach, nodes: Iterable[str]) -> None:
        self.profile = profile
        self.reach = reach
        self._ask = ask
        self._statements: dict[Statement, None] = {}
        self._out: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._in: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._whole: set[str] = set()
        self._seen: set[tuple[str, int]] = set()
        self._fetched: set[tuple[str, str, bool]] = set()
        touched = list(dict.fromkeys(nodes))
        pointing = list(self._rows("?o", touched, "?s ?p ?o"))
        self._keep(pointing)
        self.wanted = list(dict.fromkeys([*touched, *(s for s, _, _ in pointing)]))
        self._everything(self.wanted)
        self._targets()
        self._walk([(node, self.reach.types) for node in self.wanted])
        self.shapes = {node: self._shapes(node) for node in self.wanted}
        self.is_bounded = self._fetch()

    @property
    def statements(self) -> list[Statement]:
        """Return what was fetched."""
        return list(self._statements)

    def _fetch(self) -> bool:
        """Fetch what the shapes of each node depend on; return whether that is bounded."""
        starts = [
            (node, self.reach.start(key)) for node, keys in self.shapes.items() for key in keys
        ]
        used = {key for keys in self.shapes.values() for key in keys}
        reached = {key for root in used for key in self.profile.shapes.reached(root)}
        if reached & self.reach.boundless:
            return False
        self._walk(starts)
        return True

    def _shapes(self, node: str) -> list[str]:
        """Return the keys of the shapes of which a node is a target."""
        pairs = [
            (cls[1:-1], above[1:-1])
            for (cls, predicate), parents in self._out.items()
            if predicate == f"<{SUBCLASS}>"
            for above in parents
        ]
        above = closure([*self.profile.subclasses, *pairs]) if pairs else _known(self.profile)
        types = [cls[1:-1] for cls in self._out.get((node, f"<{RDF_TYPE}>"), ())]
        classes = {one for cls in types for one in (cls, *above.get(cls, ()))}
        found = []
        for shape in self.profile.shapes.roots():
            for target in shape.targets:
                iri = target.term.value
                if (
                    (target.kind == "class" and iri in classes)
                    or (target.kind == "node" and str(target.term) == node)
                    or (target.kind == "subjects" and (node, f"<{iri}>") in self._out)
                    or (target.kind == "objects" and (node, f"<{iri}>") in self._in)
                ):
                    found.append(shape.key)
                    break
        return found

    def _targets(self) -> None:
        """Fetch the statements that make nodes the objects of a property that has shapes."""
        predicates = [f"<{iri}>" for iri in self.profile.plan.objects]
        pairs = [(node, name, True) for node in self.wanted for name in predicates]
        self._fetch_pairs(pairs)

    def _walk(self, starts: Iterable[tuple[str, int]]) -> None:
        """Follow the steps of the automaton from nodes in states, a round of queries at a time."""
        todo = [pair for pair in dict.fromkeys(starts) if pair not in self._seen]
        while todo:
            self._seen.update(todo)
            steps = [(node, *self.reach.steps(state)) for node, state in todo]
            self._everything([node for node, _, whole in steps if whole])
            asked = [
                (node, f"<{step.predicate}>", step.is_inverse)
                for node, ways, _ in steps
                for step in ways
                if not self._is_known(node, step)
            ]
            self._fetch_pairs(asked)
            found = (
                (other, step.state)
                for node, ways, _ in steps
                for step in ways
                for other in self._beyond(node, step)
            )
            todo = [pair for pair in dict.fromkeys(found) if pair not in self._seen]

    def _beyond(self, node: str, step: Step) -> list[str]:
        ways = self._in if step.is_inverse else self._out
        return ways.get((node, f"<{step.predicate}>"), [])

    def _is_known(self, node: str, step: Step) -> bool:
        if step.is_inverse:
            return node.startswith("_:")
        if step.predicate == SUBCLASS and node[1:-1] in ontology_ancestors():
            # The ontology says this, whatever graph is asked.
            return True
        return node in self._whole or not node.startswith("<")

    def _everything(self, nodes: Iterable[str]) -> None:
        """Fetch all that is said of nodes."""
        fresh = [n for n in dict.fromkeys(nodes) if n not in self._whole and n.startswith("<")]
        self._whole.update(fresh)
        self._keep(self._rows("?s", fresh, "?s ?p ?o"))

    def _fetch_pairs(self, pairs: Iterable[tuple[str, str, bool]]) -> None:
        fresh = [pair for pair in dict.fromkeys(pairs) if pair not in self._fetched]
        self._fetched.update(fresh)
        for end, is_inverse in (("?s", False), ("?o", True)):
            texts = [f"({node} {name})" for node, name, way in fresh if way is is_inverse]
            self._keep(self._rows(f"({end} ?p)", texts, "?s ?p ?o"))

    def _rows(self, names: str, values: Sequence[str], pattern: str) -> Iterable[Statement]:
        for start in range(0, len(values), _PARTS):
            block = " ".join(values[start : start + _PARTS])
            text = (
                f"SELECT ?s ?p ?o WHERE {{ VALUES {names} {{ {block} }} {pattern} }} "
                # An endpoint may cut its answer; only ordered pages fit together.
                "ORDER BY ?s ?p ?o"
            )
            yield from ((s, p, o) for s, p, o in self._ask(text))

    def _keep(self, rows: Iterable[Statement]) -> None:
        for statement in rows:
            if statement not in self._statements:
                self._statements[statement] = None
                subject, predicate, value = statement
                self._out[subject, predicate].append(value)
                self._in[value, predicate].append(subject)


@lru_cache(maxsize=8)
def _closure(pairs: tuple[tuple[str, str], ...]) -> dict[str, frozenset[str]]:
    return closure(pairs)


def _known(profile: Profile) -> dict[str, frozenset[str]]:
    return _closure(profile.subclasses)
