"""Lineage as a tree: what a thing rests on (upstream), or what rests on it (downstream).

The walk goes level by level, two queries a level, then one that describes everything found.
Each thing is opened where it is nearest to the root; elsewhere it is marked as shown already,
so that shared inputs and cycles end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from aitia.query.classes import ancestors
from aitia.query.search import find
from aitia.query.values import to_python
from aitia.store.port import Store, Term
from aitia.vocabulary import literals
from aitia.vocabulary.terms import NAMESPACES

__all__ = ["Node", "downstream", "find", "upstream"]

BATCH = 200
"""Most things that one query asks about."""

_PREFIXES = """PREFIX aitia: <https://w3id.org/aitia/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""

# Each part of a union names the things: Virtuoso lets a block of several not reach into them.
_UP = """SELECT DISTINCT ?from ?how ?to ?role WHERE {
  { VALUES ?from { %s } ?from prov:wasGeneratedBy ?to BIND("wasGeneratedBy" AS ?how) }
  UNION
  { VALUES ?from { %s } ?from prov:used ?to BIND("used" AS ?how)
    FILTER NOT EXISTS { ?to a aitia:ParameterSetting }
    OPTIONAL { ?from prov:qualifiedUsage ?usage .
               ?usage prov:entity ?to ; prov:hadRole/rdfs:label ?role } }
  UNION
  { VALUES ?from { %s } ?from prov:wasDerivedFrom ?to BIND("wasDerivedFrom" AS ?how)
    FILTER NOT EXISTS { ?from prov:wasGeneratedBy/prov:used ?to } }
  UNION
  { VALUES ?from { %s } ?from prov:wasInformedBy ?to BIND("wasInformedBy" AS ?how)
    FILTER NOT EXISTS { ?from prov:used/prov:wasGeneratedBy ?to } }
} ORDER BY ?from ?how ?role ?to"""

_DOWN = """SELECT DISTINCT ?from ?how ?to ?role WHERE {
  { VALUES ?from { %s } ?to prov:wasGeneratedBy ?from BIND("generated" AS ?how)
    FILTER NOT EXISTS { ?to a aitia:Series }
    FILTER NOT EXISTS { ?to a aitia:LearningCurve }
    FILTER NOT EXISTS { ?to a aitia:Measurement }
    OPTIONAL { ?to prov:qualifiedGeneration ?made .
               ?made prov:activity ?from ; prov:hadRole/rdfs:label ?role } }
  UNION
  { VALUES ?from { %s } ?to prov:used ?from BIND("wasUsedBy" AS ?how)
    OPTIONAL { ?to prov:qualifiedUsage ?usage .
               ?usage prov:entity ?from ; prov:hadRole/rdfs:label ?role } }
  UNION
  { VALUES ?from { %s } ?to prov:wasDerivedFrom ?from BIND("hadDerivation" AS ?how)
    FILTER NOT EXISTS { ?to prov:wasGeneratedBy/prov:used ?from } }
  UNION
  { VALUES ?from { %s } ?to prov:wasInformedBy ?from BIND("informed" AS ?how)
    FILTER NOT EXISTS { ?to prov:used/prov:wasGeneratedBy ?from } }
} ORDER BY ?from ?how ?role ?to"""

_UP_OF_RUN = """SELECT DISTINCT ?from ?how ?to ?role WHERE {
  VALUES ?from { %s }
  ?part aitia:partOfExecution+ ?from ; prov:used ?to .
  FILTER NOT EXISTS { ?to a aitia:ParameterSetting }
  FILTER NOT EXISTS { ?to prov:wasGeneratedBy/aitia:partOfExecution* ?from }
  OPTIONAL { ?part prov:qualifiedUsage ?usage .
             ?usage prov:entity ?to ; prov:hadRole/rdfs:label ?role }
  BIND("used" AS ?how)
} ORDER BY ?role ?to"""

_DOWN_OF_RUN = """SELECT DISTINCT ?from ?how ?to ?role WHERE {
  VALUES ?from { %s }
  ?to prov:wasGeneratedBy/aitia:partOfExecution+ ?from .
  FILTER NOT EXISTS { ?to a aitia:Series }
  FILTER NOT EXISTS { ?to a aitia:LearningCurve }
  FILTER NOT EXISTS { ?to a aitia:Measurement }
  BIND("generated" AS ?how)
} ORDER BY ?to"""

_ABOUT = """SELECT ?from (MAX(STR(?class)) AS ?type) (MIN(?label) AS ?name)
  (MIN(?began) AS ?start) (MIN(?made) AS ?making) (MIN(STR(?of)) AS ?run) WHERE {
  VALUES ?from { %s }
  ?from a ?class .
  OPTIONAL { ?from rdfs:label ?label }
  OPTIONAL { ?from prov:startedAtTime ?began }
  OPTIONAL { ?from prov:qualifiedGeneration/prov:atTime ?made }
  OPTIONAL { GRAPH ?bundle { ?from prov:startedAtTime|prov:wasGeneratedBy ?any }
             ?bundle a aitia:CaptureBundle ; aitia:aboutSubject ?of }
} GROUP BY ?from"""


class Node(NamedTuple):
    """A thing in a lineage, and the things that follow from the direction of the walk.

    Parameters
    ----------
    id, kind, type, label:
        IRI; ``entity``, ``activity`` or ``agent``; class as a CURIE; what it is called.
    time:
        When an activity began, or an entity was made, where that is known.
    run:
        IRI of the run that an activity was part of, or that made an entity.
    relation, role:
        How the thing above is tied to this one, and as what; both empty for the root.
    children:
        The next things.
    again:
        Whether this thing is opened elsewhere in the tree, nearer to the root.
    cut:
        Whether there is more below that was deeper than asked for.
    """

    id: str
    kind: str
    type: str
    label: str
    time: datetime | None = None
    run: str | None = None
    relation: str = ""
    role: str = ""
    children: tuple[Node, ...] = ()
    again: bool = False
    cut: bool = False

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, each before its children."""
        yield self
        for child in self.children:
            yield from child.walk()


class _Edge(NamedTuple):
    relation: str
    target: str
    role: str


class _About(NamedTuple):
    type: str
    label: str
    time: datetime | None
    run: str | None


def upstream(store: Store, iri: str, *, depth: int = 12) -> Node:
    """Return what a thing rests on.

    Parameters
    ----------
    store:
        Where to ask.
    iri:
        The thing. A run rests on what its tasks used from outside.
    depth:
        Most steps from the root.
    """
    return _Walk(store, _UP, _UP_OF_RUN).tree(iri, depth)


def downstream(store: Store, iri: str, *, depth: int = 12) -> Node:
    """Return what rests on a thing; parameters as those of ``upstream``."""
    return _Walk(store, _DOWN, _DOWN_OF_RUN).tree(iri, depth)


class _Walk:
    """One walk over the graph in one direction."""

    def __init__(self, store: Store, step: str, parts: str) -> None:
        self._store = store
        self._step = step
        self._parts = parts
        self._edges: dict[str, list[_Edge]] = {}
        self._opener: dict[str, str] = {}
        self._about: dict[str, _About] = {}
        self._above: Mapping[str, Sequence[str]] | None = None

    def tree(self, root: str, depth: int) -> Node:
        """Walk from ``root`` up to ``depth`` steps, and return what was met as a tree."""
        self._opener[root] = ""
        frontier = [root]
        for _ in range(depth):
            found = self._around(frontier)
            self._edges.update(found)
            frontier = list(self._opened(found))
            if not frontier:
                break
        cut = set(self._around(frontier))
        self._describe(list(self._opener))
        return self._node(_Edge("", root, ""), "", cut)

    def _around(self, things: Sequence[str]) -> dict[str, list[_Edge]]:
        """Return the edges of things; those of a run's parts are also the run's own."""
        found = self._ask(self._step, things)
        for source, more in self._ask(self._parts, things).items():
            known = {edge.target for edge in found.get(source, ())}
            found.setdefault(source, []).extend(e for e in more if e.target not in known)
        return found

    def _opened(self, found: Mapping[str, Sequence[_Edge]]) -> Iterator[str]:
        """Yield the things that are reached for the first time, and say from where."""
        for source, edges in found.items():
            for edge in edges:
                if edge.target not in self._opener:
                    self._opener[edge.target] = source
                    yield edge.target

    def _ask(self, query: str, things: Sequence[str]) -> dict[str, list[_Edge]]:
        found: dict[str, list[_Edge]] = {}
        for source, how, target, role in self._rows(query, things):
            edges = found.setdefault(_text(source), [])
            # One thing may be tied to another in several roles: the first one is told.
            if not edges or edges[-1].target != _text(target):
                edges.append(_Edge(_text(how), _text(target), _text(role)))
        return found

    def _rows(self, query: str, things: Sequence[str]) -> Iterator[tuple[Term | None, ...]]:
        for start in range(0, len(things), BATCH):
            block = " ".join(map(literals.iri, things[start : start + BATCH]))
            yield from self._store.select(_PREFIXES + query.replace("%s", block)).rows

    def _describe(self, things: Sequence[str]) -> None:
        for thing, kind, label, began, made, run in self._rows(_ABOUT, things):
            moment = to_python(began or made)
            self._about[_text(thing)] = _About(
                _text(kind),
                _text(label),
                moment if isinstance(moment, datetime) else None,
                _text(run) or None,
            )

    def _node(self, edge: _Edge, source: str, cut: set[str]) -> Node:
        here = edge.target
        again = self._opener[here] != source
        below = () if again else self._edges.get(here, ())
        about = self._about.get(here, _About("", "", None, None))
        kind = _curie(about.type)
        if self._above is None:
            self._above = ancestors(self._store)
        return Node(
            id=here,
            kind=_kind(kind, self._above),
            type=kind,
            label=about.label or here,
            time=about.time,
            run=about.run,
            relation=edge.relation,
            role=edge.role,
            children=tuple(self._node(child, here, cut) for child in below),
            again=again,
            cut=not again and here in cut,
        )


def _text(term: Term | None) -> str:
    return "" if term is None else term.value


def _curie(iri: str) -> str:
    for prefix, namespace in NAMESPACES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def _kind(curie: str, above: Mapping[str, Sequence[str]]) -> str:
    lineage = {curie, *above.get(curie, ())}
    if "prov:Activity" in lineage:
        return "activity"
    return "agent" if "prov:Agent" in lineage else "entity"
