"""What judging a node by a shape can depend on: the ways from the node along properties.

A shape is turned into an automaton whose steps are properties, walked forwards or backwards, so
that just the statements that matter can be fetched from a large graph (see ``neighbourhood``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from aitia.validation.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence, sparql
from aitia.validation.patterns import Pattern, triple_patterns
from aitia.validation.shapes import Constraint, Shape, Shapes

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
_PAIRS = ("equals", "disjoint", "lessThan", "lessThanOrEquals")


class Step(NamedTuple):
    """From a node along a property, or backwards, to the state of the nodes that lie there."""

    predicate: str
    is_inverse: bool
    state: int


class Reach:
    """The automaton of a set of shapes.

    ``below`` are the properties that entail others (those of extensions); ``boundless`` are the
    shapes for which no bound is known, so that they must be judged on the whole graph.
    """

    def __init__(self, shapes: Shapes, below: Mapping[str, Iterable[str]]) -> None:
        self.shapes = shapes
        self.below = below
        self.boundless: set[str] = set()
        self.whole: set[int] = set()
        self._steps: list[list[Step]] = []
        self._jumps: list[list[int]] = []
        self._starts: dict[str, int] = {}
        self._closed: dict[int, tuple[tuple[Step, ...], bool]] = {}
        self.types = self.new()
        self._classes(self.types)

    def new(self) -> int:
        """Return a new state."""
        self._steps.append([])
        self._jumps.append([])
        return len(self._steps) - 1

    def start(self, key: str) -> int:
        """Return the state of a node that is judged by the shape with this key."""
        found = self._starts.get(key)
        if found is None:
            found = self._starts[key] = self.new()
            shape = self.shapes.shapes[key]
            if not shape.deactivated:
                self._shape(shape, found)
        return found

    def steps(self, state: int) -> tuple[tuple[Step, ...], bool]:
        """Return the steps that lead on from a state, and whether all statements matter there."""
        found = self._closed.get(state)
        if found is None:
            seen, todo = {state}, [state]
            while todo:
                for jump in self._jumps[todo.pop()]:
                    if jump not in seen:
                        seen.add(jump)
                        todo.append(jump)
            steps = dict.fromkeys(step for one in seen for step in self._steps[one])
            found = self._closed[state] = tuple(steps), bool(seen & self.whole)
        return found

    def _shape(self, shape: Shape, here: int) -> None:
        values = here if shape.path is None else self.walk(shape.path, here)
        for key in shape.properties:
            self._jumps[values].append(self.start(key))
        for constraint in shape.constraints:
            for key in constraint.shapes:
                self._jumps[values].append(self.start(key))
            self._constraint(shape, constraint, here, values)

    def _constraint(self, shape: Shape, constraint: Constraint, here: int, values: int) -> None:
        if constraint.kind == "class":
            self._classes(values)
        elif constraint.kind in _PAIRS:
            self.walk(Predicate(str(constraint.terms[0])[1:-1]), here)
        elif constraint.kind == "closed":
            self.whole.add(here)
        elif constraint.kind == "sparql":
            path = "" if shape.path is None else sparql(shape.path)
            text = constraint.options["select"].replace("$PATH", path)
            if not self._patterns(triple_patterns(text), here):
                self.boundless.add(shape.key)

    def _classes(self, here: int) -> None:
        self.walk(Repeat(Predicate(SUBCLASS), "*"), self.walk(Predicate(RDF_TYPE), here))

    def _patterns(self, patterns: list[Pattern] | None, here: int) -> bool:
        """Walk the patterns of a query from ``$this``; return whether they are all within reach.

        Each is walked once, forwards where its subject is known, and as a last resort backwards.
        """
        if patterns is None:
            return False
        known, left = {"this": here}, list(patterns)
        while left:
            forwards = next((one for one in left if one.subject in known), None)
            pattern = forwards or next((one for one in left if one.object in known), None)
            if pattern is None:
                return False
            left.remove(pattern)
            if forwards:
                start, path, end = pattern.subject, pattern.path, pattern.object
            else:
                start, path, end = pattern.object, Inverse(pattern.path), pattern.subject
            found = self.walk(path, known[start])
            # A variable that is reached in two ways stands for the nodes of both.
            self._jumps[found].append(known.setdefault(end, self.new()))
        return True

    def walk(self, path: Path, start: int, *, backwards: bool = False) -> int:
        """Add the steps of a path, and return the state at its end."""
        if isinstance(path, Predicate):
            end = self.new()
            for name in (path.iri, *self.below.get(path.iri, ())):
                self._steps[start].append(Step(name, backwards, end))
            return end
        if isinstance(path, Inverse):
            return self.walk(path.path, start, backwards=not backwards)
        if isinstance(path, Sequence):
            for part in reversed(path.paths) if backwards else path.paths:
                start = self.walk(part, start, backwards=backwards)
            return start
        end = self.new()
        if isinstance(path, Alternative):
            for part in path.paths:
                self._jumps[self.walk(part, start, backwards=backwards)].append(end)
            return end
        return self._repeat(path, start, end, backwards=backwards)

    def _repeat(self, path: Repeat, start: int, end: int, *, backwards: bool) -> int:
        if path.mark == "+":
            start = self.walk(path.path, start, backwards=backwards)
        self._jumps[start].append(end)
        if path.mark == "?":
            self._jumps[self.walk(path.path, start, backwards=backwards)].append(end)
        else:
            self._jumps[self.walk(path.path, end, backwards=backwards)].append(end)
        return end
