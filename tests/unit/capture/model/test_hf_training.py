import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("accelerate")

from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments  # noqa: E402

from aitia.capture.model.hf_training import configuration_of  # noqa: E402
from aitia.capture.model.torch import TorchAdapter  # noqa: E402
from aitia.capture.model.transformers import TransformersAdapter  # noqa: E402
from aitia.records import Ended, Entity, Point, Started, Used  # noqa: E402

pytestmark = [pytest.mark.frameworks, pytest.mark.filterwarnings("ignore")]

ROWS = [{"input_ids": torch.tensor([1, 2, 3]), "labels": torch.tensor([1, 2, 3])}] * 4


def arguments(folder, **more) -> TrainingArguments:
    return TrainingArguments(
        str(folder), per_device_train_batch_size=2, max_steps=2, logging_steps=1, save_steps=1,
        report_to=[], use_cpu=True, disable_tqdm=True, lr_scheduler_type="constant", **more,
    )  # fmt: skip


def net() -> GPT2LMHeadModel:
    config = GPT2Config(n_layer=1, n_head=1, n_embd=4, vocab_size=8, n_positions=4)
    return GPT2LMHeadModel(config)


def test_a_training_that_goes_on_used_the_checkpoint_of_the_one_before(observe, tmp_path) -> None:
    with observe(TorchAdapter(), TransformersAdapter()) as observed:
        Trainer(net(), arguments(tmp_path), train_dataset=ROWS).train()
        on = arguments(tmp_path)
        on.max_steps = 3
        Trainer(net(), on, train_dataset=ROWS).train(resume_from_checkpoint=True)
    first, second = observed.records.of(Started)
    assert first.type == second.type == "aitia:TrainingRun"
    kept = {
        entity.id: entity.attributes["aitia:checkpointStep"]
        for entity in observed.records.of(Entity)
        if entity.type == "aitia:Checkpoint" and entity.attributes
    }
    assert set(kept.values()) == {1, 2, 3}
    used = [
        kept[u.entity]
        for u in observed.records.of(Used)
        if u.role == "checkpoint" and u.activity == second.id and u.entity in kept
    ]
    assert 2 in used
    points = [p.step for p in observed.records.of(Point) if p.subject == first.id]
    assert points[:2] == [1, 2]
    ended = {e.id: e.generated for e in observed.records.of(Ended)}
    assert (ended[first.id]["global_step"], ended[second.id]["global_step"]) == (2, 3)


def test_the_arguments_are_the_configuration_without_places_and_secrets(tmp_path) -> None:
    found = configuration_of(arguments(tmp_path, learning_rate=0.5, hub_token="hf_secret"))
    assert found.typed == {"learningRate": 0.5, "batchSize": 2, "epochBudget": 3}
    assert found.parameters["max_steps"] == 2
    assert not {"output_dir", "hub_token"} & set(found.parameters)


def test_weights_that_no_longer_change_are_one_checkpoint(observe, tmp_path) -> None:
    with observe(TransformersAdapter()) as observed:
        still = arguments(tmp_path, learning_rate=0.0)
        Trainer(net(), still, train_dataset=ROWS).train()
    kept = [e for e in observed.records.of(Entity) if e.type == "aitia:Checkpoint"]
    assert [e.attributes for e in kept] == [{"aitia:checkpointStep": 1}]
