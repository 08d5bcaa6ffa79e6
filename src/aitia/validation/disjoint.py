"""Contradictions that the class hierarchy shows: something below two classes that are disjoint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import combinations

from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from aitia import resources
from aitia.vocabulary.iris import expand
from aitia.vocabulary.terms import ANCESTORS, NAMESPACES

_OWL, _RDF, _RDFS = NAMESPACES["owl"], NAMESPACES["rdf"], NAMESPACES["rdfs"]
_TYPE = _RDF + "type"
_UP = {
    _RDFS + "subClassOf": "is a subclass of",
    _RDFS + "subPropertyOf": "is a subproperty of",
    _OWL + "equivalentClass": "is equivalent to",
    _TYPE: "is a",
}
Step = tuple[str, str, str]


class Theory:
    """The hierarchy of the ontology and of extensions, with the statement behind each step."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        listed = list(triples)
        self.steps: dict[str, dict[str, str]] = defaultdict(dict)
        for name, parents in _ontology().items():
            for parent in parents:
                self.steps[name][parent] = "is below"
        self.individuals: set[str] = set()
        for triple in listed:
            self._add(triple)
        self.disjoint = _ontology_disjoint() | frozenset(disjoint_pairs(listed))

    def _add(self, triple: Triple) -> None:
        name, child, parent = triple.predicate.value, triple.subject, triple.object
        if name not in _UP or not isinstance(child, NamedNode) or not isinstance(parent, NamedNode):
            return
        if name == _TYPE:
            if parent.value.startswith((_OWL, _RDF, _RDFS)):
                return
            self.individuals.add(child.value)
        self.steps[child.value].setdefault(parent.value, _UP[name])
        if name == _OWL + "equivalentClass":
            self.steps[parent.value].setdefault(child.value, _UP[name])

    def above(self, name: str) -> dict[str, list[Step]]:
        """Return all that is above a term, the term too, with the steps that lead there."""
        found: dict[str, list[Step]] = {name: []}
        todo = [name]
        while todo:
            here = todo.pop(0)
            for parent, how in self.steps.get(here, {}).items():
                if parent not in found:
                    found[parent] = [*found[here], (here, how, parent)]
                    todo.append(parent)
        return found


def contradiction(theory: Theory, classes: Iterable[str], names: Mapping[str, str]) -> str | None:
    """Return what makes a class, or an individual, impossible, in words; None when nothing does."""
    for name in [*sorted(classes), *sorted(theory.individuals)]:
        above = theory.above(name)
        clashes = [
            (len(above[one]) + len(above[two]), one, two)
            for one, two in combinations(sorted(above), 2)
            if frozenset((one, two)) in theory.disjoint
        ]
        if clashes:
            _, one, two = min(clashes)
            steps = dict.fromkeys([*above[one], *above[two]])
            told = [f"{_curie(a, names)} {how} {_curie(b, names)}" for a, how, b in steps]
            told.append(f"{_curie(one, names)} and {_curie(two, names)} are disjoint")
            outcome = "cannot be" if name in theory.individuals else "can have no members"
            return f"{_curie(name, names)} {outcome}, because {'; '.join(told)}"
    return None


def disjoint_pairs(triples: Iterable[Triple]) -> Iterator[frozenset[str]]:
    """Yield the pairs of classes that triples declare disjoint."""
    first: dict[object, object] = {}
    rest: dict[object, object] = {}
    here: object
    members = []
    for triple in triples:
        name = triple.predicate.value
        if name == _RDF + "first":
            first[triple.subject] = triple.object
        elif name == _RDF + "rest":
            rest[triple.subject] = triple.object
        elif name in (_OWL + "members", _OWL + "disjointUnionOf"):
            members.append(triple.object)
        elif name == _OWL + "disjointWith":
            pair = [t.value for t in (triple.subject, triple.object) if isinstance(t, NamedNode)]
            if len(pair) == 2:
                yield frozenset(pair)
    for head in members:
        listed, here = [], head
        while here in first:
            listed.append(first[here])
            here = rest.get(here)
        named = [one.value for one in listed if isinstance(one, NamedNode)]
        yield from map(frozenset, combinations(named, 2))


@cache
def _ontology() -> Mapping[str, frozenset[str]]:
    return {expand(name): frozenset(map(expand, above)) for name, above in ANCESTORS.items()}


@cache
def _ontology_disjoint() -> frozenset[frozenset[str]]:
    triples = [
        Triple(quad.subject, quad.predicate, quad.object)
        for path in ontology_paths()
        for quad in parse(path=path, format=RdfFormat.TURTLE, rename_blank_nodes=True)
    ]
    return frozenset(disjoint_pairs(triples))


def ontology_paths() -> list[str]:
    """Return the files of the modules of the ontology, and of PROV-O."""
    modules = ("core", "system", "platform", "model", "application", "causal", "aitia")
    return [
        *(resources.path("ontology", f"{name}.ttl") for name in modules),
        resources.path("ontology", "imports", "prov-o.ttl"),
    ]


def _curie(iri: str, names: Mapping[str, str]) -> str:
    spaces = {**{space: prefix for prefix, space in NAMESPACES.items()}, **names}
    for space, prefix in spaces.items():
        if iri.startswith(space):
            return f"{prefix}:{iri[len(space) :]}"
    return f"<{iri}>"
