from __future__ import annotations

from aitia.validation.hierarchy import closure, ontology_ancestors, subclass_pairs

AITIA = "https://w3id.org/aitia/ns#"
PROV = "http://www.w3.org/ns/prov#"


def test_the_ontology_is_known_without_being_in_the_data() -> None:
    above = ontology_ancestors()[AITIA + "TrainingRun"]
    assert {AITIA + "TaskRun", AITIA + "Execution", PROV + "Activity"} <= above
    assert (AITIA + "GPU", AITIA + "ComputeResource") in subclass_pairs()


def test_classes_of_the_data_join_it() -> None:
    found = closure([("urn:Mine", AITIA + "Model"), ("urn:Finer", "urn:Mine")])
    assert AITIA + "Artifact" in found["urn:Finer"]


def test_a_circle_ends() -> None:
    found = closure([("urn:A", "urn:B"), ("urn:B", "urn:A")])
    assert found["urn:A"] == {"urn:A", "urn:B"}
