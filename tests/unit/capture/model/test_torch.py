import copy
import inspect
import pickle
import sys

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn.functional import cross_entropy  # noqa: E402
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402

from aitia.capture import guard  # noqa: E402
from aitia.capture.model.torch import TorchAdapter, Trainings, configuration_of  # noqa: E402
from aitia.capture.model.weights import weights_digest  # noqa: E402
from aitia.capture.tasks import loop, task  # noqa: E402
from aitia.records import (  # noqa: E402
    Ended,
    Entity,
    Generated,
    Json,
    Ref,
    Setting,
    Started,
    Used,
)

pytestmark = pytest.mark.frameworks


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.relu = nn.ReLU()
        self.fc = nn.Linear(4 * 6 * 6, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(self.relu(self.conv(x)).flatten(1))


X, Y = torch.randn(16, 1, 8, 8), torch.randint(0, 3, (16,))


def train(net: nn.Module, optimizer: torch.optim.Optimizer, steps: int = 3) -> None:
    for _ in range(steps):
        optimizer.zero_grad()
        cross_entropy(net(X), Y).backward()
        optimizer.step()


def entities(records, kind: str) -> list[Entity]:
    return [r for r in records.of(Entity) if r.type == f"aitia:{kind}"]


def hooks(net: nn.Module) -> int:
    return sum(len(module._forward_hooks) for module in net.modules())


def is_watching() -> bool:
    return bool(nn.modules.module._global_forward_hooks)


def test_what_an_optimiser_trains_is_a_training_run(observe) -> None:
    with observe(TorchAdapter()) as observed:
        net = Net()
        train(net, torch.optim.Adam(net.parameters(), lr=0.01))
    records = observed.records
    (start,) = records.of(Started)
    assert (start.name, start.type, start.parent) == ("Adam on Net", "aitia:TrainingRun", "")
    (end,) = records.of(Ended)
    assert end.id == start.id
    assert end.generated == {"optimizer_steps": 3}
    (configuration,) = entities(records, "TrainingConfiguration")
    assert Used(start.id, configuration.id, relation="aitia:configuredBy") in records
    assert configuration.attributes == {
        "aitia:learningRate": 0.01,
        "aitia:batchSize": 16,
        "aitia:usesOptimizer": Ref("scheme:optimizer#Adam"),
    }
    settings = {s.name: s.value for s in records.of(Setting) if s.subject == configuration.id}
    assert settings["betas"] == Json([0.9, 0.999])
    model, again = entities(records, "Model")
    (architecture,) = entities(records, "NeuralArchitecture")
    assert model.attributes == {"aitia:hasArchitecture": Ref(architecture.id)}
    assert Generated(model.id, start.id, "model") in records
    assert (again.id, again.digest) == (model.id, weights_digest(net, 1 << 20))


def test_the_shapes_of_the_first_batch_are_told_of_each_layer(observe) -> None:
    with observe(TorchAdapter()) as observed:
        net = Net()
        train(net, torch.optim.SGD(net.parameters(), lr=0.01))
    (conv,) = entities(observed.records, "ConvolutionLayer")
    (dense,) = entities(observed.records, "DenseLayer")
    assert conv.attributes["aitia:inputShape"] == Json([1, 8, 8])
    assert conv.attributes["aitia:outputShape"] == Json([4, 6, 6])
    assert dense.attributes["aitia:inputShape"] == Json([144])


def test_nothing_watches_after_the_first_batch(observe) -> None:
    with observe(TorchAdapter()):
        net = Net()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        assert is_watching()
        assert hooks(net) == 0
        net(X)
        assert not is_watching()
        train(net, optimizer)
        assert not is_watching()


def test_copies_of_a_network_hold_no_trace(observe) -> None:
    with observe(TorchAdapter()):
        net = Net()
        torch.optim.SGD(net.parameters(), lr=0.01)
        assert is_watching()
        assert b"aitia" not in pickle.dumps(net)
        copy.deepcopy(net)(X)
        assert is_watching()


def test_the_data_of_the_loader_that_gave_the_batch_are_those_trained_on(observe) -> None:
    data = TensorDataset(X, Y)
    with observe(TorchAdapter()) as observed:
        net = Net()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        for images, labels in DataLoader(data, batch_size=8):
            optimizer.zero_grad()
            cross_entropy(net(images), labels).backward()
            optimizer.step()
    (dataset,) = entities(observed.records, "Dataset")
    assert dataset.label == "TensorDataset of 16 items"
    assert dataset.digest is not None
    (trained,) = [u for u in observed.records.of(Used) if u.relation == "aitia:trainedOn"]
    assert (trained.entity, trained.role) == (dataset.id, "data")


def test_the_data_of_another_loader_are_not(observe) -> None:
    with observe(TorchAdapter()) as observed:
        net = Net()
        for _ in DataLoader(TensorDataset(torch.randn(6, 2)), batch_size=3):
            pass
        train(net, torch.optim.SGD(net.parameters(), lr=0.01))
    assert not entities(observed.records, "Dataset")


def test_the_weights_that_are_saved_are_those_of_the_model(observe) -> None:
    with observe(TorchAdapter()) as observed:
        net = Net()
        train(net, torch.optim.SGD(net.parameters(), lr=0.01))
        weights = net.state_dict()
        (model,) = {e.id for e in entities(observed.records, "Model")}
        assert observed.run.refer(weights) == Ref(model)
        assert list(weights) == ["conv.weight", "conv.bias", "fc.weight", "fc.bias"]


def test_networks_made_before_anything_was_observed_are_found(observe) -> None:
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    with observe(TorchAdapter()) as observed:
        train(net, optimizer)
    (architecture,) = entities(observed.records, "NeuralArchitecture")
    assert architecture.label == "Net of 3 layers"


def test_the_same_network_is_the_same_architecture_seen_or_unseen(observe) -> None:
    before = Net()
    optimizer = torch.optim.SGD(before.parameters(), lr=0.01)
    with observe(TorchAdapter()) as observed:
        train(before, optimizer)
        net = Net()
        train(net, torch.optim.Adam(net.parameters()))
    assert len(entities(observed.records, "NeuralArchitecture")) == 1
    assert len({e.id for e in entities(observed.records, "Model")}) == 2


def test_a_training_run_of_the_users_is_the_training(observe) -> None:
    with observe(TorchAdapter()) as observed:
        net = Net()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        with task("train", type="aitia:TrainingRun"):
            train(net, optimizer)
    assert [s.name for s in observed.records.of(Started)] == ["train"]
    (configured,) = observed.records.of(Used)
    assert (configured.activity, configured.relation) == ("1", "aitia:configuredBy")


def test_steps_in_the_turns_of_a_loop_are_part_of_the_run(observe) -> None:
    with observe(TorchAdapter()) as observed:
        net = Net()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        for _ in loop(range(2), "epoch"):
            train(net, optimizer, steps=1)
    (start,) = [s for s in observed.records.of(Started) if s.type == "aitia:TrainingRun"]
    (end,) = [e for e in observed.records.of(Ended) if e.id == start.id]
    assert start.parent == ""
    assert end.attributes == {}


def test_steps_in_one_task_are_part_of_it(observe) -> None:
    with observe(TorchAdapter()) as observed:
        net = Net()
        with task("work"):
            train(net, torch.optim.SGD(net.parameters(), lr=0.01))
    assert observed.records.of(Ended)[-1].attributes == {"aitia:partOfExecution": Ref("1")}


def test_two_networks_are_two_trainings(observe) -> None:
    with observe(TorchAdapter()) as observed:
        for _ in range(2):
            net = Net()
            train(net, torch.optim.SGD(net.parameters(), lr=0.01))
    assert len(observed.records.of(Started)) == 2
    assert len(observed.records.of(Ended)) == 2


def test_each_run_ends_its_own_trainings(observe) -> None:
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    with observe(TorchAdapter()) as observed:
        for name in ("one", "two"):
            with observed.another(name):
                train(net, optimizer)
    assert [e.generated for e in observed.records.of(Ended)] == [{"optimizer_steps": 3}] * 2


def test_groups_of_parameters_tell_what_differs() -> None:
    net = Net()
    groups = [{"params": net.conv.parameters()}, {"params": net.fc.parameters(), "lr": 0.5}]
    told = configuration_of(torch.optim.SGD(groups, lr=torch.tensor(0.25)))
    assert told.parameters["lr"] == 0.25
    assert told.parameters["group 1 lr"] == 0.5
    assert "group 1 momentum" not in told.parameters
    assert told.typed == {"learningRate": 0.25}
    assert configuration_of(torch.optim.SGD(net.parameters(), lr=0.0)).typed == {}


def test_once_something_is_compiled_nothing_watches(observe) -> None:
    with observe(TorchAdapter()) as observed:
        net = Net()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        assert is_watching()
        torch.compile(net, backend="eager")
        assert not is_watching()
        other = Net()
        torch.optim.SGD(other.parameters(), lr=0.01)
        assert not is_watching()
        train(net, optimizer)
    (conv,) = entities(observed.records, "ConvolutionLayer")
    assert "aitia:inputShape" not in conv.attributes


def test_everything_is_put_back(observe) -> None:
    before = (torch.compile, torch.optim.Optimizer.__init__, nn.Module.state_dict)
    net = Net()
    with observe(TorchAdapter()):
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        assert torch.optim.Optimizer.__init__ is not before[1]
        assert list(inspect.signature(torch.optim.SGD).parameters)[:2] == ["params", "lr"]
    assert (torch.compile, torch.optim.Optimizer.__init__, nn.Module.state_dict) == before
    assert not is_watching()
    assert not sys.modules["torch.optim.optimizer"]._global_optimizer_post_hooks
    train(net, optimizer)


def test_networks_and_optimisers_pickle_as_before(observe) -> None:
    with observe(TorchAdapter()):
        net = Net()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        train(net, optimizer)
        again = pickle.loads(pickle.dumps(net))
        assert weights_digest(again, 1 << 20) == weights_digest(net, 1 << 20)
        assert pickle.loads(pickle.dumps(optimizer)).param_groups[0]["lr"] == 0.01


@pytest.mark.parametrize("broken", ["stepped", "tell"])
def test_a_fault_never_reaches_the_user(observe, monkeypatch, broken: str) -> None:
    from aitia.capture.model import torch as adapter

    def fault(*args: object) -> None:
        raise RuntimeError("broken")

    place = Trainings if broken == "stepped" else adapter._Training
    name = "leave" if broken == "stepped" else "tell"
    with observe(TorchAdapter()) as observed:
        with monkeypatch.context() as patch:
            patch.delenv("AITIA_TEST_RAISE")
            patch.setattr(place, name, fault)
            net = Net()
            train(net, torch.optim.SGD(net.parameters(), lr=0.01))
            observed.run.end()
        assert "torch" in guard.drain() or any(
            getattr(r, "kind", "") == "fault" for r in observed.records
        )


def test_a_module_that_passes_between_tasks_is_a_model(observe) -> None:
    with observe(TorchAdapter()) as observed:

        @task
        def build() -> nn.Module:
            return Net()

        build()
    (end,) = observed.records.of(Ended)
    (model,) = entities(observed.records, "Model")
    assert end.generated == {"result": Ref(model.id)}
