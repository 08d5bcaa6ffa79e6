import random

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from aitia.capture.model.torch import TorchAdapter  # noqa: E402
from aitia.capture.model.torch_choices import chosen  # noqa: E402
from aitia.records import Entity, Json, Setting  # noqa: E402

pytestmark = pytest.mark.frameworks


def step(net: nn.Module, optimizer: torch.optim.Optimizer, loss_of: nn.Module) -> None:
    optimizer.zero_grad()
    loss_of(net(torch.ones(2, 3)), torch.zeros(2, 1)).backward()
    optimizer.step()


def configured(records) -> dict:
    (found,) = [e.id for e in records.of(Entity) if e.type == "aitia:TrainingConfiguration"]
    return {s.name: s.value for s in records.of(Setting) if s.subject == found}


def test_loss_and_schedule_are_part_of_the_configuration(observe) -> None:
    with observe(TorchAdapter()) as observed:
        net = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=5)
        step(net, optimizer, nn.HuberLoss(delta=0.5))
        schedule.step()
    told = configured(observed.records)
    assert (told["loss"], told["loss delta"]) == ("HuberLoss", 0.5)
    assert (told["scheduler"], told["scheduler step_size"]) == ("StepLR", 5)


def test_a_loss_that_was_called_for_another_training_is_not_told_of_the_next(observe) -> None:
    with observe(TorchAdapter()) as observed:
        net = nn.Linear(3, 1)
        step(net, torch.optim.SGD(net.parameters(), lr=0.1), nn.L1Loss())
        observed.records.clear()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
        net(torch.ones(2, 3)).sum().backward()
        optimizer.step()
    assert "loss" not in configured(observed.records)


def test_seeds_are_settings_of_what_is_running_each_once(observe) -> None:
    with observe(TorchAdapter()) as observed:
        for _ in range(2):
            torch.manual_seed(3)
        random.seed(4)
    told = [(s.subject, s.name, s.value) for s in observed.records.of(Setting)]
    assert told == [("", "torch_seed", 3), ("", "random_seed", 4)]


def test_mixed_precision_is_told(observe) -> None:
    with observe(TorchAdapter()) as observed:
        net = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = net(torch.ones(2, 3)).float().sum()
        loss.backward()
        optimizer.step()
    assert configured(observed.records)["autocast"] == "bfloat16"


def test_only_what_an_object_keeps_under_the_same_name_is_chosen() -> None:
    told = dict(chosen(nn.CrossEntropyLoss(label_smoothing=0.25)))
    assert told["label_smoothing"] == 0.25
    assert "size_average" not in told
    schedule = torch.optim.lr_scheduler.MultiStepLR(
        torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0), milestones=[2], gamma=0.5
    )
    assert dict(chosen(schedule))["gamma"] == 0.5


def test_everything_is_put_back(observe) -> None:
    base = nn.modules.loss._Loss
    before = (
        *(torch.manual_seed, torch.save, torch.load, random.seed, base.__call__),
        *(torch.optim.lr_scheduler.LRScheduler.__init__, torch.autocast.__enter__),
        *(nn.Module.load_state_dict, torch.optim.Optimizer.load_state_dict),
    )

    def now() -> tuple:
        return (
            *(torch.manual_seed, torch.save, torch.load, random.seed, base.__call__),
            *(torch.optim.lr_scheduler.LRScheduler.__init__, torch.autocast.__enter__),
            *(nn.Module.load_state_dict, torch.optim.Optimizer.load_state_dict),
        )

    with observe(TorchAdapter()):
        assert all(a is not b for a, b in zip(before, now(), strict=True))
        assert torch.manual_seed.__wrapped__ is before[0]
    assert now() == before
    assert "__call__" not in vars(base)


def test_choices_that_are_mappings_are_one_value() -> None:
    class Schedule:
        def __init__(self, plan: dict) -> None:
            self.plan = plan

    assert dict(chosen(Schedule({"warm": 3}))) == {"plan": Json({"warm": 3})}
