"""What the shapes look at: of which values the text matters, and of which nodes more than a class.

Most constraints ask of a value only of what kind it is, and of a node only of what class. The few
that ask for more are found here, shape by shape, so that nodes which differ in nothing that any
constraint looks at can be told (see ``likeness``). Where it cannot be told what a shape looks at,
the shape is opaque: nothing is like anything.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from pyoxigraph import Literal

from aitia.validation.paths import (
    Alternative,
    Inverse,
    Path,
    Predicate,
    Repeat,
    sparql,
)
from aitia.validation.patterns import Pattern, triple_patterns
from aitia.validation.prebinding import Token, tokens
from aitia.validation.shapes import Constraint, Shape, Shapes

_BOUNDS = frozenset({"minInclusive", "maxInclusive", "minExclusive", "maxExclusive"})
_TEXTUAL = frozenset(
    {"pattern", "minLength", "maxLength", "languageIn", "uniqueLang", "hasValue", "in"}
)
_KINDS = frozenset({"class", "datatype", "nodeKind", "minCount", "maxCount"})
_OF_SHAPES = frozenset(
    {"node", "not", "and", "or", "xone", "qualifiedMinCount", "qualifiedMaxCount"}
)
_PAIRS = frozenset({"equals", "disjoint", "lessThan", "lessThanOrEquals"})
_SIGNS = frozenset({"<", ">", "=", "<=", ">=", "!="})


@dataclass
class Needs:
    """What a set of shapes looks at; properties are IRIs in N-Triples syntax.

    Parameters
    ----------
    texts:
        Properties whose literals matter to the letter.
    links:
        Properties of whose nodes more matters than their classes.
    bounds:
        Numbers that values of a property are compared with.
    orders:
        Pairs of properties of one node whose values are compared with each other.
    inverse:
        Properties that are walked backwards.
    onward:
        Those of them from which a constraint walks further.
    opaque:
        Whether it cannot be told.
    """

    texts: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    bounds: dict[str, set[float]] = field(default_factory=lambda: defaultdict(set))
    orders: set[tuple[str, str]] = field(default_factory=set)
    inverse: set[str] = field(default_factory=set)
    onward: set[str] = field(default_factory=set)
    opaque: bool = False

    def add(self, other: Needs) -> None:
        """Take over what other shapes look at."""
        self.texts |= other.texts
        self.links |= other.links
        self.orders |= other.orders
        self.inverse |= other.inverse
        self.onward |= other.onward
        self.opaque |= other.opaque
        for name, numbers in other.bounds.items():
            self.bounds[name] |= numbers


def needs_of(shapes: Shapes, key: str) -> Needs:
    """Return what judging a node by the shape ``key`` looks at."""
    reader = _Reader(shapes)
    reader.shape(shapes.shapes[key], "")
    return reader.needs


class _Reader:
    """Reads one shape with all that it refers to."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes.shapes
        self._seen: set[tuple[str, str]] = set()
        self.needs = Needs()

    def shape(self, shape: Shape, here: str) -> None:
        """Read a shape of the focus node (``here`` is empty), or of the values of a property."""
        if (shape.key, here) in self._seen or shape.deactivated:
            return
        self._seen.add((shape.key, here))
        if shape.unsupported:
            self.needs.opaque = True
        values = here
        if shape.path is not None:
            if here:
                self.needs.links.add(here)
                self.needs.onward |= self.needs.inverse
            values = self._values(shape.path)
        for constraint in shape.constraints:
            self._constraint(shape, constraint, values)
            for key in constraint.shapes:
                self.shape(self._shapes[key], values)
        for key in shape.properties:
            self.shape(self._shapes[key], values)

    def _values(self, path: Path) -> str:
        """Return the property whose values a path leads to; all of a longer path matter whole."""
        if isinstance(path, Predicate):
            return f"<{path.iri}>"
        names = _names(path)
        self.needs.texts |= names
        self.needs.links |= names
        self.needs.inverse |= _names(path, inverse=True)
        self.needs.onward |= _onward(path)
        return min(names)

    def _constraint(self, shape: Shape, constraint: Constraint, values: str) -> None:
        kind, needs = constraint.kind, self.needs
        if kind == "sparql":
            self._query(shape, constraint)
        elif kind == "closed":
            if values:
                needs.links.add(values)
        elif kind in _PAIRS:
            self._whole(values, *(str(term) for term in constraint.terms))
        elif kind in _BOUNDS:
            number = _number(constraint)
            if number is None or not values:
                self._whole(values)
            else:
                needs.bounds[values].add(number)
        elif kind in _TEXTUAL:
            self._whole(values)
        elif kind not in _KINDS and kind not in _OF_SHAPES:
            needs.opaque = True

    def _whole(self, *names: str) -> None:
        """Take note that values of these properties matter to the letter."""
        for name in names:
            if not name:
                self.needs.opaque = True  # the name of the focus node itself
            self.needs.texts.add(name)
            self.needs.links.add(name)

    def _query(self, shape: Shape, constraint: Constraint) -> None:
        path = "" if shape.path is None else sparql(shape.path)
        text = constraint.options["select"].replace("$PATH", path)
        patterns = triple_patterns(text)
        if patterns is None:
            self.needs.opaque = True
            return
        words = [token for token in tokens(text) if token.kind != "space"]
        pair = _comparison(patterns, words)
        if pair:
            self.needs.orders.add(pair)
            return
        asked = _asked(words, patterns)
        walked = {pattern.subject for pattern in patterns}
        shared = Counter(pattern.object for pattern in patterns)
        backwards = _backwards(patterns)
        for pattern in patterns:
            names = _names(pattern.path)
            own = isinstance(pattern.path, Predicate) and pattern.subject == "this"
            backwards |= _names(pattern.path, inverse=True)
            if not own or pattern.object in asked or pattern.object in walked:
                self.needs.links |= names
                self.needs.texts |= names
            elif shared[pattern.object] > 1:
                # Whether it is the same node is seen without its name; a literal has no other.
                self.needs.texts |= names
        self.needs.inverse |= backwards
        self.needs.onward |= backwards


def _number(constraint: Constraint) -> float | None:
    (term,) = constraint.terms
    if not isinstance(term, Literal):
        return None
    try:
        return float(term.value)
    except ValueError:
        return None


def _names(path: Path, *, inverse: bool = False) -> set[str]:
    """Return all properties of a path, or those that it walks backwards."""
    if isinstance(path, Predicate):
        return set() if inverse else {f"<{path.iri}>"}
    if isinstance(path, Inverse):
        return _names(path.path)
    if isinstance(path, Repeat):
        return _names(path.path, inverse=inverse)
    return set().union(*(_names(part, inverse=inverse) for part in path.paths))


def _onward(path: Path) -> set[str]:
    """Return the properties that a path walks backwards on its way elsewhere."""
    if isinstance(path, Alternative):
        return set().union(*map(_onward, path.paths))
    if isinstance(path, Inverse) and isinstance(path.path, Predicate):
        return set()
    return _names(path, inverse=True)


def _comparison(patterns: list[Pattern], words: list[Token]) -> tuple[str, str] | None:
    """Return the two properties of ``$this`` that a query compares, when it does nothing else."""
    paths = {pattern.object: pattern.path for pattern in patterns if pattern.subject == "this"}
    keys = [word.key for word in words]
    if len(patterns) != 2 or len(paths) != 2 or keys.count("filter") != 1:
        return None
    if not all(isinstance(path, Predicate) for path in paths.values()):
        return None
    match words[keys.index("filter") + 1 :]:
        case [start, left, *signs, right, end, last]:
            names = (left.text[1:], right.text[1:])
            sign = "".join(one.text for one in signs)
            frame = (start.text, end.text, last.text)
            if frame == ("(", ")", "}") and sign in _SIGNS and set(names) == paths.keys():
                return sparql(paths[names[0]]), sparql(paths[names[1]])
    return None


def _asked(words: list[Token], patterns: list[Pattern]) -> set[str]:
    """Return the objects of patterns that a query asks more of than which patterns share them."""
    start = next(at for at, word in enumerate(words) if word.text == "{")
    written = Counter(word.text[1:] for word in words[start:] if word.kind == "variable")
    placed = Counter(pattern.object for pattern in patterns)
    grouped = any(word.key == "group" for word in words)
    return {name for name in placed if grouped or written[name] != placed[name]}


def _backwards(patterns: list[Pattern]) -> set[str]:
    """Return the properties of patterns whose subject is found by their object alone."""
    known, left = {"this"}, list(patterns)
    found: set[str] = set()
    while left:
        forwards = next((one for one in left if one.subject in known), None)
        pattern = forwards or left[0]
        left.remove(pattern)
        if forwards is None:
            found |= _names(pattern.path)
        known |= {pattern.subject, pattern.object}
    return found
