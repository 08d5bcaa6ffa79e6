"""Looking facts up in a graph."""

from __future__ import annotations

import pyoxigraph as ox

from aitia.export.facts import Facts
from aitia.export.selection import Statement

TURTLE = """
@prefix aitia: <https://w3id.org/aitia/ns#> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix : <urn:x:> .
:run a aitia:WorkflowRun ; rdfs:label "the run" ; prov:used :d , :e .
<urn:x:run#1> a aitia:TrainingRun .
<urn:x:run#2> a aitia:Dataset .
:d a aitia:DatasetSplit .
"""


def facts() -> Facts:
    quads = ox.parse(TURTLE, ox.RdfFormat.TURTLE)
    return Facts(Statement(q.subject, q.predicate, q.object) for q in quads)  # type: ignore[arg-type]


def test_values_forth_and_back() -> None:
    found = facts()
    assert found.all("urn:x:run", "prov:used") == ["urn:x:d", "urn:x:e"]
    assert found.one("urn:x:run", "prov:used") == "urn:x:d"
    assert found.back("urn:x:d", "prov:used") == ["urn:x:run"]
    assert found.all("urn:x:nobody", "prov:used") == found.back("urn:x:nobody", "prov:used") == []
    assert found.one("urn:x:run", "aitia:status") is None
    assert "urn:x:nobody" not in found.subjects()


def test_a_thing_is_of_its_class_and_of_all_above() -> None:
    found = facts()
    for curie in ("aitia:DatasetSplit", "aitia:Dataset", "aitia:Artifact", "prov:Entity"):
        assert found.is_a("urn:x:d", curie)
    assert not found.is_a("urn:x:d", "prov:Activity", "aitia:Model")
    assert not found.is_a("urn:x:e", "prov:Entity")


def test_labels_and_tasks() -> None:
    found = facts()
    assert found.label("urn:x:run") == "the run"
    assert found.label("https://example.org/a/b") == "b"
    assert found.label("urn:x:d") == "d"
    assert found.within("urn:x:run") == ["urn:x:run#1"]
    assert found.within("urn:x:other") == []
