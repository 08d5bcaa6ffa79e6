"""Whether a node fails a shape that another refers to, as a SPARQL expression.

Small shapes are written out where they are referred to; for all others the failing nodes are found
by an earlier stage of the plan, and looked up.
"""

from __future__ import annotations

from typing import NamedTuple

from aitia.validation.paths import sparql
from aitia.validation.shapes import Constraint, Shape, Shapes
from aitia.validation.terms import FOCUS, encode, held, of_datatype


def is_small(shapes: Shapes, key: str) -> bool:
    """Return whether :func:`small` can write the shape out."""
    shape = shapes.shapes[key]
    parts = [shapes.shapes[child] for child in shape.properties]
    if shape.deactivated or shape.path is not None or len(parts) > 4:
        return False
    own = all(constraint.kind in ("class", "datatype") for constraint in shape.constraints)
    return own and all(_is_small_property(part) for part in parts)


def _is_small_property(shape: Shape) -> bool:
    if shape.path is None or shape.deactivated or shape.properties:
        return False
    return all(
        constraint.kind == "hasValue" or (constraint.kind == "minCount" and _least(constraint) == 1)
        for constraint in shape.constraints
    )


def _least(constraint: Constraint) -> int:
    return int(str(getattr(constraint.terms[0], "value", "0")))


class Failing(NamedTuple):
    """That a node fails a shape: a SPARQL expression, and the classes that it asks for.

    ``kinds`` are kinds of values (see :mod:`aitia.validation.facts`) that surely do not fail.
    """

    expression: str
    classes: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()


def small(shapes: Shapes, key: str, variable: str) -> Failing:
    """Return that a node fails a small shape."""
    shape = shapes.shapes[key]
    classes: set[str] = set()
    kinds: frozenset[str] = frozenset()
    failing = []
    for constraint in shape.constraints:
        name = str(constraint.terms[0])[1:-1]
        if constraint.kind == "datatype":
            kinds = frozenset({name})
            failing.append(f"!({of_datatype(name, variable)})")
        else:
            classes.add(name)
            failing.append(f"NOT EXISTS {{ {held(FOCUS, name, variable)} }}")
    for child in shape.properties:
        part = shapes.shapes[child]
        path = "" if part.path is None else sparql(part.path)
        for constraint in part.constraints:
            wanted = "?any" if constraint.kind == "minCount" else encode(constraint.terms[0])
            failing.append(f"NOT EXISTS {{ {variable} {path} {wanted} }}")
    expression = "(" + (" || ".join(failing) or "false") + ")"
    return Failing(expression, frozenset(classes), kinds if len(failing) == 1 else frozenset())
