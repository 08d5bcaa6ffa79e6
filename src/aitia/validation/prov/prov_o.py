"""PROV-O read back as statements of PROV-DM: properties, and their qualified forms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from aitia.validation.hierarchy import ontology_ancestors
from aitia.validation.prov.statements import PROV, Instance, Statement, distinct
from aitia.validation.shapes import Term

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_ELEMENTS = {PROV + "Entity": "entity", PROV + "Activity": "activity", PROV + "Agent": "agent"}
_ALSO = {
    PROV + name: PROV + above
    for above, names in {
        "Entity": ("Plan", "Collection", "EmptyCollection", "Bundle"),
        "Agent": ("Person", "Organization", "SoftwareAgent"),
    }.items()
    for name in names
}
_PLAIN = {
    "wasGeneratedBy": ("wasGeneratedBy", "entity", "activity"),
    "used": ("used", "activity", "entity"),
    "wasInformedBy": ("wasInformedBy", "informed", "informant"),
    "wasStartedBy": ("wasStartedBy", "activity", "trigger"),
    "wasEndedBy": ("wasEndedBy", "activity", "trigger"),
    "wasInvalidatedBy": ("wasInvalidatedBy", "entity", "activity"),
    "wasDerivedFrom": ("wasDerivedFrom", "generatedEntity", "usedEntity"),
    "wasRevisionOf": ("wasDerivedFrom", "generatedEntity", "usedEntity"),
    "wasQuotedFrom": ("wasDerivedFrom", "generatedEntity", "usedEntity"),
    "hadPrimarySource": ("wasDerivedFrom", "generatedEntity", "usedEntity"),
    "wasAttributedTo": ("wasAttributedTo", "entity", "agent"),
    "wasAssociatedWith": ("wasAssociatedWith", "activity", "agent"),
    "actedOnBehalfOf": ("actedOnBehalfOf", "delegate", "responsible"),
    "wasInfluencedBy": ("wasInfluencedBy", "influencee", "influencer"),
    "specializationOf": ("specializationOf", "specificEntity", "generalEntity"),
    "alternateOf": ("alternateOf", "alternate1", "alternate2"),
    "hadMember": ("hadMember", "collection", "entity"),
}


class _Qualified(NamedTuple):
    kind: str
    subject: str
    places: Mapping[str, str]


_TIMED = {"atTime": "time"}
_QUALIFIED = {
    "qualifiedGeneration": _Qualified("wasGeneratedBy", "entity", {"activity": "activity"}),
    "qualifiedUsage": _Qualified("used", "activity", {"entity": "entity"}),
    "qualifiedCommunication": _Qualified("wasInformedBy", "informed", {"activity": "informant"}),
    "qualifiedStart": _Qualified(
        "wasStartedBy", "activity", {"entity": "trigger", "hadActivity": "starter"}
    ),
    "qualifiedEnd": _Qualified(
        "wasEndedBy", "activity", {"entity": "trigger", "hadActivity": "ender"}
    ),
    "qualifiedInvalidation": _Qualified("wasInvalidatedBy", "entity", {"activity": "activity"}),
    "qualifiedDerivation": _Qualified(
        "wasDerivedFrom",
        "generatedEntity",
        {
            "entity": "usedEntity",
            "hadActivity": "activity",
            "hadGeneration": "generation",
            "hadUsage": "usage",
        },
    ),
    "qualifiedRevision": _Qualified(
        "wasDerivedFrom", "generatedEntity", {"entity": "usedEntity", "hadActivity": "activity"}
    ),
    "qualifiedAttribution": _Qualified("wasAttributedTo", "entity", {"agent": "agent"}),
    "qualifiedAssociation": _Qualified(
        "wasAssociatedWith", "activity", {"agent": "agent", "hadPlan": "plan"}
    ),
    "qualifiedDelegation": _Qualified(
        "actedOnBehalfOf", "delegate", {"agent": "responsible", "hadActivity": "activity"}
    ),
    "qualifiedInfluence": _Qualified(
        "wasInfluencedBy",
        "influencee",
        {"influencer": "influencer", "entity": "influencer", "activity": "influencer"},
    ),
}


def instances_of(quads: Iterable[Quad], prefixes: Mapping[str, str]) -> list[Instance]:
    """Return one instance for each graph that makes statements of PROV."""
    by_graph: dict[str, list[Quad]] = defaultdict(list)
    for quad in quads:
        graph = quad.graph_name
        by_graph["" if isinstance(graph, DefaultGraph) else graph.value].append(quad)
    found = []
    for name, inside in sorted(by_graph.items()):
        statements = distinct(_statements(inside))
        if statements:
            found.append(Instance(name, statements, prefixes))
    return found


def _statements(quads: list[Quad]) -> Iterator[Statement]:
    about: dict[str, list[tuple[str, Term]]] = defaultdict(list)
    for quad in quads:
        about[_name(quad.subject)].append((quad.predicate.value, quad.object))
    for subject, facts in about.items():
        yield from _elements(subject, facts)
        for predicate, term in facts:
            local = predicate.removeprefix(PROV)
            if isinstance(term, Literal) or local == predicate:
                continue
            if local in _PLAIN:
                kind, one, other = _PLAIN[local]
                types = (PROV + "Revision",) if local == "wasRevisionOf" else ()
                yield Statement(kind, "", {one: subject, other: _name(term)}, types)
            elif local in _QUALIFIED:
                yield _qualified(_QUALIFIED[local], subject, term, about.get(_name(term), []))


def _qualified(
    form: _Qualified, subject: str, node: Term, facts: list[tuple[str, Term]]
) -> Statement:
    values = {form.subject: subject}
    types = []
    for predicate, term in facts:
        local = predicate.removeprefix(PROV)
        place = form.places.get(local) or _TIMED.get(local)
        if place:
            values[place] = _name(term)
        elif predicate == _TYPE:
            types.append(_name(term))
    return Statement(form.kind, _name(node), values, tuple(types))


def _elements(subject: str, facts: list[tuple[str, Term]]) -> Iterator[Statement]:
    types = [_name(term) for predicate, term in facts if predicate == _TYPE]
    above = ontology_ancestors()
    known = {
        one for name in types for one in (name, _ALSO.get(name, ""), *above.get(name, ())) if one
    }
    times = {
        place: _name(term)
        for predicate, term in facts
        for place, name in (("startTime", "startedAtTime"), ("endTime", "endedAtTime"))
        if predicate == PROV + name
    }
    for iri, kind in _ELEMENTS.items():
        if iri in known or (kind == "activity" and times):
            yield Statement(kind, subject, times if kind == "activity" else {}, tuple(types))


def _name(term: Term) -> str:
    return term.value if isinstance(term, (NamedNode, Literal)) else str(term)
