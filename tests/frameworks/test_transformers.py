"""Transformers: a trainer, its checkpoints and evaluation; models written and read again."""

import pytest

pytest.importorskip("transformers")
pytest.importorskip("accelerate")

pytestmark = pytest.mark.frameworks

TRAINING = """
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments
    from datasets import Dataset

    net = GPT2LMHeadModel(GPT2Config(n_layer=1, n_head=2, n_embd=8, vocab_size=16, n_positions=8))
    rows = torch.randint(0, 16, (8, 8)).tolist()
    data = Dataset.from_dict({"input_ids": rows, "labels": rows})
    arguments = TrainingArguments(
        "out", num_train_epochs=1, per_device_train_batch_size=2, logging_steps=1, save_steps=2,
        report_to=[], use_cpu=True, disable_tqdm=True,
    )
    trainer = Trainer(model=net, args=arguments, train_dataset=data, eval_dataset=data)
    trainer.train()
    trainer.evaluate()
    net.save_pretrained("final")
    again = GPT2LMHeadModel.from_pretrained("final")
"""


def test_a_trainer_is_one_training_with_its_checkpoints(observe):
    recorded = observe(TRAINING, HF_HUB_OFFLINE="1")
    (training,) = recorded.rows("?t a aitia:TrainingRun ; rdfs:label ?name", "DISTINCT ?t ?name")
    assert training[1] == "Trainer.train of GPT2LMHeadModel"
    chosen = recorded.rows(
        "?t a aitia:TrainingRun ; aitia:configuredBy ?c ; aitia:trainedOn ?d ."
        " ?c aitia:epochBudget ?epochs ; aitia:batchSize ?size",
        "DISTINCT ?epochs ?size",
    )
    assert (1, 2) in [(int(a), int(b)) for a, b in chosen]
    steps = recorded.rows("?c a aitia:Checkpoint ; aitia:checkpointStep ?n", "DISTINCT ?n")
    assert {int(step) for (step,) in steps} == {2, 4}
    assert recorded.rows("?t a aitia:TrainingRun ; aitia:hasLearningCurve ?c", "?c")
    evaluated = recorded.rows("?e a aitia:EvaluationRun ; aitia:evaluatedOn ?d", "DISTINCT ?e")
    assert len(evaluated) == 1
    marks = recorded.rows('?s aitia:settingName "fingerprint" ; aitia:settingValue ?v', "?v")
    assert marks
    lineage = recorded.rows(
        '?f rdfs:label "model.safetensors" ; prov:wasDerivedFrom ?m . ?m prov:wasGeneratedBy ?t .'
        " ?t a aitia:TrainingRun",
        "DISTINCT ?f",
    )
    assert lineage
