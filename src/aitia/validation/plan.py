"""What the compiler makes of shapes: queries, and the order to run them in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from aitia.validation.facts import Guard
from aitia.validation.shapes import Shape


class Branch(NamedTuple):
    """The violations of one constraint at the focus nodes of the set ``key``.

    ``fails`` is empty when a violation is a result of the report; otherwise it is the id under
    which the focus node is marked as failing a shape that others refer to.
    """

    number: int
    key: str
    text: str
    guard: Guard
    component: str
    has_value: bool
    shape: Shape
    fails: str = ""


class Select(NamedTuple):
    """A SPARQL constraint (SHACL §5), as one query for all focus nodes."""

    text: str
    message: str
    shape: Shape
    fails: str = ""


class Group(NamedTuple):
    """What is asked about the focus nodes of the set ``key``."""

    key: str
    branches: tuple[Branch, ...]
    selects: tuple[Select, ...]


class Spread(NamedTuple):
    """Focus nodes of ``key`` come from those of ``source``, along ``path`` (empty: the same).

    ``needs`` are properties without which there are none; ``again`` says that a node is judged once
    for each way that leads to it, as SHACL has it for property shapes (§2.1, §4.8.2).
    """

    source: str
    path: str
    needs: frozenset[str]
    key: str
    again: bool


class Plan(NamedTuple):
    """Everything to do for a graph.

    ``classes`` are those whose instances matter; ``nodes``, ``subjects`` and ``objects`` say which
    terms, and which subjects or objects of a property, are focus nodes of which set; ``stages``
    are run in order; ``declined`` maps the shapes that are left to another engine to the reasons;
    ``shapes_graph`` are the triples of the shapes, where a query reads them.
    """

    classes: frozenset[str]
    nodes: tuple[tuple[str, NamedNode | Literal], ...]
    subjects: Mapping[str, tuple[str, ...]]
    objects: Mapping[str, tuple[str, ...]]
    spreads: tuple[Spread, ...]
    stages: tuple[tuple[Group, ...], ...]
    branches: tuple[Branch, ...]
    declined: Mapping[str, str]
    shapes_graph: tuple[Triple, ...] = ()
