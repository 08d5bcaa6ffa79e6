"""Each constraint of each rule is broken by itself, and the report names it in the rule's words.

What breaks most constraints follows from the constraint: a value too many, none, or one of the
wrong kind. The changes of ``mutations/`` are left to break the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from aitia.validation.engine import validate
from aitia.validation.paths import Predicate
from aitia.validation.profiles import Profile, load
from aitia.validation.shapes import Constraint, Shape
from aitia.vocabulary.iris import expand
from aitia.vocabulary.terms import ANCESTORS

SHAPES = "https://w3id.org/aitia/shapes#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
ELSEWHERE = ox.NamedNode("https://example.org/elsewhere")
FOREIGN = ox.Literal("text", datatype=ox.NamedNode("https://example.org/datatype"))
HUGE = ox.Literal("1.0E300", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#double"))
VALID = list(ox.parse(path=str(Path(__file__).parent / "valid.ttl"), format=ox.RdfFormat.TURTLE))
RULES = {key: shape for key, shape in load().shapes.shapes.items() if key.startswith(SHAPES)}

Values = list[ox.NamedNode | ox.Literal]
Breaker = Callable[[Constraint, ox.NamedNode, str], Values | None]


def focus_nodes(shape: Shape) -> Iterator[ox.NamedNode]:
    """Yield the nodes of the valid graph that a shape, or one that it is part of, is about."""
    for root in (shape, *(one for one in RULES.values() if shape.key in one.properties)):
        for target in root.targets:
            name = target.term.value
            below = {expand(cls) for cls, above in ANCESTORS.items() if name in map(expand, above)}
            for quad in VALID:
                if target.kind == "class" and quad.predicate.value == TYPE:
                    if quad.object.value in {name, *below}:
                        yield quad.subject
                elif target.kind == "subjects" and quad.predicate.value == name:
                    yield quad.subject
                elif target.kind == "objects" and quad.predicate.value == name:
                    yield quad.object


def values(node: ox.NamedNode, path: str) -> Values:
    return [q.object for q in VALID if q.subject == node and q.predicate.value == path]


def too_few(constraint: Constraint, node: ox.NamedNode, path: str) -> Values:
    return values(node, path)[: int(constraint.terms[0].value) - 1]


def too_many(constraint: Constraint, _node: ox.NamedNode, _path: str) -> Values:
    return [ox.Literal(f"value {number}") for number in range(int(constraint.terms[0].value) + 1)]


def of_another_kind(constraint: Constraint, _node: ox.NamedNode, _path: str) -> Values:
    return [ELSEWHERE if constraint.terms[0].value.endswith("#Literal") else ox.Literal("text")]


def beyond(step: int) -> Breaker:
    def value(constraint: Constraint, _node: ox.NamedNode, _path: str) -> Values:
        limit = constraint.terms[0]
        whole = limit.datatype.value.endswith("integer")
        number = (int if whole else float)(limit.value) + step
        return [ox.Literal(str(number), datatype=limit.datatype)]

    return value


def as_large(constraint: Constraint, node: ox.NamedNode, _path: str) -> Values | None:
    return [HUGE] if values(node, constraint.terms[0].value) else None


def the_same(constraint: Constraint, node: ox.NamedNode, _path: str) -> Values | None:
    return values(node, constraint.terms[0].value) or None


BREAKERS: dict[str, Breaker] = {
    "minCount": too_few,
    "maxCount": too_many,
    "datatype": lambda *_: [FOREIGN],
    "or": lambda *_: [FOREIGN],
    "class": lambda *_: [ELSEWHERE],
    "in": lambda *_: [ELSEWHERE],
    "nodeKind": of_another_kind,
    "pattern": lambda *_: [ox.Literal("~")],
    "minInclusive": beyond(-1),
    "minExclusive": beyond(0),
    "maxInclusive": beyond(1),
    "lessThan": as_large,
    "lessThanOrEquals": as_large,
    "disjoint": the_same,
}


def component(kind: str) -> str:
    return f"{kind}ConstraintComponent".lower()


def mutants(shape: Shape, constraint: Constraint) -> Iterator[tuple[str, bytes]]:
    """Yield a focus node and the graph in which the values there break the constraint."""
    assert isinstance(shape.path, Predicate)
    path = ox.NamedNode(shape.path.iri)
    for node in dict.fromkeys(focus_nodes(shape)):
        new = BREAKERS[constraint.kind](constraint, node, path.value)
        if new is None:
            continue
        kept = [q for q in VALID if q.subject != node or q.predicate != path]
        quads = [*kept, *(ox.Quad(node, path, value) for value in new)]
        lines = [f"{q.subject} {q.predicate} {q.object} .\n" for q in quads]
        yield node.value, "".join(lines).encode()


def breakable(shape: Shape) -> list[Constraint]:
    """Return the constraints of a rule that can be broken by what they say."""
    if not isinstance(shape.path, Predicate):
        return []
    return [one for one in shape.constraints if one.kind in BREAKERS]


@pytest.mark.parametrize("key", [key for key, shape in RULES.items() if breakable(shape)])
def test_each_constraint_of_a_rule_is_found(key: str, profile: Profile) -> None:
    shape = RULES[key]
    for constraint in breakable(shape):
        focus, data = next(mutants(shape, constraint), ("", b""))
        assert focus, f"{constraint.kind}: the valid graph has no node for it"
        found = {
            (result.focus, result.component.lower(), result.message)
            for result in validate(data, profile).results
            if result.shape == key
        }
        assert (focus, component(constraint.kind), shape.message) in found


def test_mutations_break_the_other_constraints(
    profile: Profile, mutate: Callable[..., bytes], written: list[tuple[str, str]]
) -> None:
    wanted = {
        (key, component(one.kind))
        for key, shape in RULES.items()
        for one in shape.constraints
        if one not in breakable(shape)
    }
    names = {key for key, _ in wanted}
    broken = {
        (result.shape, result.component.lower())
        for shape, update in written
        if SHAPES + shape in names
        for result in validate(mutate(update), profile).results
    }
    assert wanted - broken == set()
