"""The PROV data model read from triples: one relation each, and a kind for each thing."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from aitia.export.provmodel import PROV, Document, Relation, model
from aitia.export.selection import Statement

AITIA = "https://w3id.org/aitia/ns#"
PREFIXES = f"@prefix prov: <{PROV}> . @prefix aitia: <{AITIA}> . @prefix : <urn:x:> .\n"


def read(turtle: str) -> Document:
    quads = ox.parse(PREFIXES + turtle, ox.RdfFormat.TURTLE)
    return model([Statement(q.subject, q.predicate, q.object) for q in quads])  # type: ignore[arg-type]


def kinds(document: Document) -> dict[str, str]:
    return {e.iri.removeprefix("urn:x:"): e.kind for e in document.elements}


def short(relation: Relation) -> tuple[str, str, str]:
    return tuple(
        part.removeprefix("urn:x:")
        for part in (relation.form.name, relation.subject, relation.object)
    )


def test_a_qualified_relation_and_its_plain_form_are_one() -> None:
    found = read(
        """:t prov:used :e ; prov:qualifiedUsage :q .
           :q a prov:Usage ; prov:entity :e ; prov:hadRole :role ; prov:atTime "2026" ; :note "x" .
           :role a prov:Role ."""
    )
    (used,) = found.relations
    assert (short(used), used.identifier) == (("used", "t", "e"), "urn:x:q")
    assert [key for key, _ in used.attributes] == [PROV + "hadRole", "prov:time", "urn:x:note"]
    assert kinds(found) == {"t": "activity", "e": "entity"}


def test_two_usages_of_one_thing_stay_two() -> None:
    found = read(
        """:t prov:used :e ; prov:qualifiedUsage :q1 , :q2 .
           :q1 a prov:Usage ; prov:entity :e ; prov:hadRole :r1 .
           :q2 a prov:Usage ; prov:entity :e ; prov:hadRole :r2 ."""
    )
    assert [relation.identifier for relation in found.relations] == ["urn:x:q1", "urn:x:q2"]


@pytest.mark.parametrize(
    ("turtle", "relation"),
    [
        (":a prov:wasInformedBy :b .", ("wasInformedBy", "a", "b")),
        (":a prov:wasDerivedFrom :b .", ("wasDerivedFrom", "a", "b")),
        (":a prov:specializationOf :b .", ("specializationOf", "a", "b")),
        (":a prov:hadMember :b .", ("hadMember", "a", "b")),
        (":a prov:actedOnBehalfOf :b .", ("actedOnBehalfOf", "a", "b")),
        (":a prov:wasInfluencedBy :b .", ("wasInfluencedBy", "a", "b")),
        (":a prov:generated :b .", ("wasGeneratedBy", "b", "a")),
        (":a prov:invalidated :b .", ("wasInvalidatedBy", "b", "a")),
        (":a aitia:trainedOn :b .", ("used", "a", "b")),
        (":a aitia:hasLearningCurve :b .", ("wasGeneratedBy", "b", "a")),
        (":a aitia:adaptedFrom :b .", ("wasDerivedFrom", "a", "b")),
        (":a aitia:trainedOn :b ; prov:used :b .", ("used", "a", "b")),
    ],
)
def test_each_relation_once(turtle: str, relation: tuple[str, str, str]) -> None:
    assert [short(found) for found in read(turtle).relations] == [relation]


@pytest.mark.parametrize(
    "turtle", [":a aitia:partOfExecution :b .", ':a prov:used "text" .', ":a aitia:status :b ."]
)
def test_what_is_no_relation_of_prov_is_an_attribute(turtle: str) -> None:
    found = read(turtle)
    assert found.relations == []
    (element,) = found.elements
    assert len(element.attributes) == 1


def test_sub_properties_stay_attributes_as_well() -> None:
    found = read(":a a aitia:TrainingRun ; aitia:trainedOn :b .")
    (activity,) = (e for e in found.elements if e.kind == "activity")
    assert (AITIA + "trainedOn", ox.NamedNode("urn:x:b")) in activity.attributes


@pytest.mark.parametrize(
    ("turtle", "expected"),
    [
        (":x a aitia:TrainingRun .", {"x": "activity"}),
        (":x a aitia:CaptureAdapter .", {"x": "agent"}),
        (":x a aitia:Dataset .", {"x": "entity"}),
        (":x a aitia:Optimizer .", {"x": "entity"}),
        (":x :y :z .", {"x": "entity"}),
        (":x prov:wasAssociatedWith :y .", {"x": "activity", "y": "agent"}),
        (":x a aitia:TaskRun . :y prov:wasDerivedFrom :x .", {"x": "activity", "y": "entity"}),
        (
            """:x prov:wasAssociatedWith :y ; prov:qualifiedAssociation :q .
               :q a prov:Association ; prov:agent :y ; prov:hadPlan :p .""",
            {"x": "activity", "y": "agent", "p": "entity"},
        ),
    ],
)
def test_what_each_thing_is(turtle: str, expected: dict[str, str]) -> None:
    assert kinds(read(turtle)) == expected


def test_a_thing_can_be_agent_and_entity() -> None:
    found = read(":x a prov:SoftwareAgent . :y prov:wasDerivedFrom :x .")
    assert sorted(e.kind for e in found.elements if e.iri == "urn:x:x") == ["agent", "entity"]


def test_a_qualified_node_without_its_target_is_a_thing_of_its_own() -> None:
    found = read(":t prov:qualifiedUsage :q . :q a prov:Usage .")
    assert found.relations == []
    assert kinds(found) == {"t": "entity", "q": "entity"}
