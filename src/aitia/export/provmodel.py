"""The PROV data model read out of a graph: elements, and relations with their qualified forms.

PROV-O says a relation twice when it has a role or a time: plainly, and as a node (PROV-O §3.3).
Here each is one relation. Sub-properties of PROV's own (``aitia:trainedOn``) count as the relation
that they refine, and stay attributes as well, so that nothing is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import pyoxigraph as ox

from aitia.export.selection import Node, Statement
from aitia.vocabulary.iris import expand
from aitia.vocabulary.literals import RDF
from aitia.vocabulary.terms import ANCESTORS, CLASSES, OBJECT_PROPERTIES

PROV = "http://www.w3.org/ns/prov#"
TYPE = RDF + "type"
_KINDS = {
    PROV + "Activity": "activity",
    PROV + "Entity": "entity",
    PROV + "Agent": "agent",
}


class Form(NamedTuple):
    """How one relation of PROV-DM lies in PROV-O and in PROV-JSON.

    ``subject`` and ``object`` are the names of its two arguments; ``qualified`` the property that
    leads to its node, ``target`` the property of that node that names the object, and ``extra``
    further properties of the node with the names of their arguments.
    """

    name: str
    subject: str
    object: str
    kinds: tuple[str, str]
    qualified: str = ""
    target: str = ""
    extra: Mapping[str, str] = {}


_TIME = {PROV + "atTime": "prov:time"}
FORMS: dict[str, Form] = {
    PROV + local: form
    for local, form in {
        "used": Form(
            *("used", "prov:activity", "prov:entity", ("activity", "entity")),
            *("qualifiedUsage", "entity", _TIME),
        ),
        "wasGeneratedBy": Form(
            *("wasGeneratedBy", "prov:entity", "prov:activity", ("entity", "activity")),
            *("qualifiedGeneration", "activity", _TIME),
        ),
        "wasInvalidatedBy": Form(
            *("wasInvalidatedBy", "prov:entity", "prov:activity", ("entity", "activity")),
            *("qualifiedInvalidation", "activity", _TIME),
        ),
        "wasInformedBy": Form(
            *("wasInformedBy", "prov:informed", "prov:informant", ("activity", "activity")),
            *("qualifiedCommunication", "activity"),
        ),
        "wasStartedBy": Form(
            *("wasStartedBy", "prov:activity", "prov:trigger", ("activity", "entity")),
            *("qualifiedStart", "entity", {**_TIME, PROV + "hadActivity": "prov:starter"}),
        ),
        "wasEndedBy": Form(
            *("wasEndedBy", "prov:activity", "prov:trigger", ("activity", "entity")),
            *("qualifiedEnd", "entity", {**_TIME, PROV + "hadActivity": "prov:ender"}),
        ),
        "wasDerivedFrom": Form(
            *("wasDerivedFrom", "prov:generatedEntity", "prov:usedEntity", ("entity", "entity")),
            *("qualifiedDerivation", "entity"),
            {
                PROV + "hadActivity": "prov:activity",
                PROV + "hadGeneration": "prov:generation",
                PROV + "hadUsage": "prov:usage",
            },
        ),
        "wasAttributedTo": Form(
            *("wasAttributedTo", "prov:entity", "prov:agent", ("entity", "agent")),
            *("qualifiedAttribution", "agent"),
        ),
        "wasAssociatedWith": Form(
            *("wasAssociatedWith", "prov:activity", "prov:agent", ("activity", "agent")),
            *("qualifiedAssociation", "agent", {PROV + "hadPlan": "prov:plan"}),
        ),
        "actedOnBehalfOf": Form(
            *("actedOnBehalfOf", "prov:delegate", "prov:responsible", ("agent", "agent")),
            *("qualifiedDelegation", "agent", {PROV + "hadActivity": "prov:activity"}),
        ),
        "specializationOf": Form(
            *("specializationOf", "prov:specificEntity", "prov:generalEntity"),
            ("entity", "entity"),
        ),
        "alternateOf": Form(
            *("alternateOf", "prov:alternate1", "prov:alternate2", ("entity", "entity")),
        ),
        "wasInfluencedBy": Form(
            *("wasInfluencedBy", "prov:influencee", "prov:influencer", ("", "")),
            *("qualifiedInfluence", "influencer"),
        ),
        "hadMember": Form(*("hadMember", "prov:collection", "prov:entity", ("entity", "entity"))),
    }.items()
}
"""The relations of PROV-DM by their plain property."""

INVERSES = {
    PROV + "generated": PROV + "wasGeneratedBy",
    PROV + "invalidated": PROV + "wasInvalidatedBy",
}
_QUALIFIED = {
    PROV + form.qualified: (plain, form) for plain, form in FORMS.items() if form.qualified
}


class Relation(NamedTuple):
    """One relation; ``identifier`` is the IRI of its node, None when it has none."""

    form: Form
    subject: str
    object: str
    identifier: str | None
    attributes: tuple[tuple[str, Node], ...]


class Element(NamedTuple):
    """One entity, activity or agent with its attributes."""

    kind: str
    iri: str
    attributes: tuple[tuple[str, Node], ...]


class Document(NamedTuple):
    """The elements and relations of one bundle, in order."""

    elements: list[Element]
    relations: list[Relation]


def model(statements: Iterable[Statement]) -> Document:
    """Return the elements and relations that the triples of one bundle say.

    Every subject is an element, if nothing else then an entity, except the nodes of qualified
    relations and PROV roles, which have their place inside relations.
    """
    about: dict[str, list[tuple[str, Node]]] = defaultdict(list)
    for statement in statements:
        about[_name(statement.subject)].append((statement.predicate.value, statement.object))
    relations = list(_relations(about))
    hidden = {r.identifier for r in relations} | {n for n in about if _is_role(about[n])}
    roles = _roles(about, relations)
    elements = []
    for name in sorted(about.keys() | roles.keys()):
        if name in hidden:
            continue
        own = tuple(entry for entry in about.get(name, ()) if not _is_relation(*entry))
        elements += [Element(kind, name, own) for kind in sorted(roles[name])]
    return Document(elements, relations)


def _name(node: ox.NamedNode | ox.BlankNode) -> str:
    return node.value if isinstance(node, ox.NamedNode) else f"_:{node.value}"


def _is_role(entries: Iterable[tuple[str, Node]]) -> bool:
    return (TYPE, ox.NamedNode(PROV + "Role")) in set(entries)


def _is_relation(predicate: str, value: Node) -> bool:
    return isinstance(value, ox.NamedNode) and (
        predicate in FORMS or predicate in _QUALIFIED or predicate in INVERSES
    )


def _roles(
    about: Mapping[str, list[tuple[str, Node]]], relations: Iterable[Relation]
) -> dict[str, set[str]]:
    """Return what each thing is: by its types, else by its place in relations, else an entity."""
    found: dict[str, set[str]] = {name: _typed(entries) for name, entries in about.items()}
    implied: dict[str, set[str]] = defaultdict(set)
    for relation in relations:
        for name, kind in zip(
            (relation.subject, relation.object), relation.form.kinds, strict=True
        ):
            implied[name] |= {kind} if kind else set()
        for key, value in relation.attributes:
            if key in _PLACES and isinstance(value, ox.NamedNode):
                implied[value.value].add(_PLACES[key])
    for name, kinds in implied.items():
        # A software agent is one, whatever else it is used as; an activity is never an entity.
        mine = found.setdefault(name, set())
        mine |= kinds - {"entity"} if "activity" in mine | kinds else kinds
    return {name: kinds or {"entity"} for name, kinds in found.items()}


_PLACES = {"prov:plan": "entity", "prov:starter": "activity", "prov:ender": "activity"}


def _typed(entries: Iterable[tuple[str, Node]]) -> set[str]:
    kinds: set[str] = set()
    for predicate, value in entries:
        if predicate == TYPE and isinstance(value, ox.NamedNode):
            kinds |= _CLASS_KINDS.get(value.value, set())
    return kinds


def _class_kinds() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for curie in CLASSES:
        family = {expand(name) for name in (curie, *ANCESTORS.get(curie, ()))}
        found[expand(curie)] = {kind for iri, kind in _KINDS.items() if iri in family}
    return found


_CLASS_KINDS = _class_kinds()
_REFINES = {
    expand(curie): [
        INVERSES.get(iri, iri)
        for iri in map(expand, ANCESTORS.get(curie, ()))
        if (iri in FORMS or iri in INVERSES) and iri != PROV + "wasInfluencedBy"
    ]
    for curie in OBJECT_PROPERTIES
    if curie.startswith("aitia:")
}


def _relations(about: Mapping[str, list[tuple[str, Node]]]) -> Iterator[Relation]:
    plain: dict[tuple[str, str, str], None] = {}
    for subject, entries in about.items():
        for predicate, value in entries:
            if isinstance(value, ox.NamedNode):
                for found in _said(subject, predicate, value.value):
                    plain[found] = None
    qualified = list(_qualified(about))
    covered = {(PROV + r.form.name, r.subject, r.object) for r in qualified}
    for key, subject, target in plain:
        if (key, subject, target) not in covered:
            yield Relation(FORMS[key], subject, target, None, ())
    yield from qualified


def _said(subject: str, predicate: str, target: str) -> Iterator[tuple[str, str, str]]:
    """Yield the relations that one triple says, plainly or by a sub-property."""
    if predicate in FORMS:
        yield predicate, subject, target
    elif predicate in INVERSES:
        yield INVERSES[predicate], target, subject
    for refined in _REFINES.get(predicate, ()):
        inverse = any(PROV + name in _ancestors(predicate) for name in ("generated", "invalidated"))
        yield (refined, target, subject) if inverse else (refined, subject, target)


def _ancestors(predicate: str) -> set[str]:
    curie = "aitia:" + predicate.partition("#")[2]
    return set(map(expand, ANCESTORS.get(curie, ())))


def _qualified(about: Mapping[str, list[tuple[str, Node]]]) -> Iterator[Relation]:
    for subject, entries in about.items():
        for predicate, value in entries:
            if predicate not in _QUALIFIED or not isinstance(value, ox.NamedNode):
                continue
            _, form = _QUALIFIED[predicate]
            target, rest = None, []
            for key, item in about.get(value.value, ()):
                if key == PROV + form.target and isinstance(item, ox.NamedNode):
                    target = item.value
                elif (key, item) != (TYPE, ox.NamedNode(PROV + form.qualified[len("qualified") :])):
                    rest.append((form.extra.get(key, key), item))
            if target is not None:
                yield Relation(form, subject, target, value.value, tuple(rest))
