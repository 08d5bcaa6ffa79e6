from __future__ import annotations

from pathlib import Path

import pytest

from aitia.validation.reasoning import culprit, unavailable

pytestmark = [
    pytest.mark.skipif(bool(unavailable()), reason="no HermiT here"),
    pytest.mark.slow,
]
HEAD = """@prefix lab: <https://example.org/lab#> .
@prefix aitia: <https://w3id.org/aitia/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://example.org/lab> a owl:Ontology .
lab:Plate a owl:Class ; rdfs:subClassOf aitia:Dataset .
"""


def test_a_consistent_module_has_no_culprit(tmp_path: Path) -> None:
    path = tmp_path / "lab.ttl"
    path.write_text(HEAD)
    assert culprit([str(path)]) == []


def test_the_culprit_is_the_fewest_statements(tmp_path: Path) -> None:
    # That a plate is a dataset, an entity, and trained on something, as only activities are.
    path = tmp_path / "lab.ttl"
    path.write_text(HEAD + "lab:p a lab:Plate ; aitia:trainedOn lab:q ; rdfs:label 'a plate' .")
    found = culprit([str(path)])
    assert len(found) == 3
    assert not any("label" in statement for statement in found)
    assert any("aitia:trainedOn" in statement for statement in found)
