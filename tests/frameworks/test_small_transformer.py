"""The example of a small transformer: trained from scratch, adapted, and evaluated."""

from pathlib import Path

import pytest

pytest.importorskip("peft")
pytest.importorskip("transformers")

pytestmark = pytest.mark.frameworks

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def recorded(observe, tmp_path):
    (tmp_path / "data").mkdir()
    for text in (EXAMPLES / "data").glob("*.txt"):
        (tmp_path / "data" / text.name).write_text(text.read_text())
    # The script is run from another place, so that its data are beside it there.
    return observe((EXAMPLES / "small_transformer.py").read_text(), "4", HF_HUB_OFFLINE="1")


def test_it_is_trained_adapted_and_evaluated(recorded):
    assert recorded.output.startswith("loss before ")
    trained = recorded.rows(
        "?t a aitia:TrainingRun ; aitia:trainedOn ?d ; aitia:configuredBy ?c .", "DISTINCT ?t ?d ?c"
    )
    assert len({t for t, _, _ in trained}) == len({d for _, d, _ in trained}) == 2
    evaluated = recorded.rows(
        "?e a aitia:EvaluationRun ; prov:used ?m . ?m prov:wasGeneratedBy ?t ."
        " ?t a aitia:TrainingRun . ?r aitia:aboutSubject ?e ; aitia:numericValue ?loss",
        "DISTINCT ?e ?m ?loss",
    )
    assert len({e for e, _, _ in evaluated}) == 2
    files = {name for (name,) in recorded.rows("?f rdfs:label ?n ; aitia:locator ?l", "?n")}
    assert {"second_inaugural.txt", "gettysburg.txt", "adapter_config.json"} <= files


def test_the_adapted_model_descends_from_the_one_that_was_trained(recorded):
    table = recorded.graph.query("model-ancestry")
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert {(row["name"], row["method"]) for row in rows} == {("PeftModel", "LoRA")}
    assert all(row["adapter"] and row["ancestor"] for row in rows)
    assert {row["type"] for row in rows} == {"FoundationModel"}
    descent = recorded.rows(
        "?m aitia:adaptedFrom/prov:wasDerivedFrom*/prov:wasGeneratedBy ?first ."
        " ?first a aitia:TrainingRun ; rdfs:label ?name . ?m prov:wasGeneratedBy ?second ."
        " ?second a aitia:TrainingRun FILTER(?first != ?second)",
        "DISTINCT ?name",
    )
    assert descent == [("AdamW on GPT2LMHeadModel",)]
