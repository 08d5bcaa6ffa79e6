"""PyTorch, without a change to the script: choices, checkpoints, and what goes on from one."""

import pytest

pytest.importorskip("torch")

pytestmark = pytest.mark.frameworks

TRAINING = """
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    torch.manual_seed(7)
    data = TensorDataset(torch.randn(32, 4), torch.randint(0, 3, (32,)))
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)

    def train(net, optimizer, epochs):
        schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
        for _ in range(epochs):
            for x, y in DataLoader(data, batch_size=8, shuffle=True):
                optimizer.zero_grad()
                criterion(net(x), y).backward()
                optimizer.step()
            schedule.step()

    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    train(net, optimizer, 2)
    torch.save({"model": net.state_dict(), "optimizer": optimizer.state_dict()}, "last.pt")

    again = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    other = torch.optim.Adam(again.parameters(), lr=0.01)
    state = torch.load("last.pt", weights_only=True)
    again.load_state_dict(state["model"])
    other.load_state_dict(state["optimizer"])
    train(again, other, 1)
"""


@pytest.fixture
def recorded(observe):
    return observe(TRAINING)


def test_what_was_chosen_is_the_configuration(recorded):
    found = recorded.rows(
        "?t a aitia:TrainingRun ; aitia:configuredBy ?c . ?c aitia:hasSetting ?s ."
        " ?s aitia:settingName ?name ; aitia:settingValue ?value",
        "DISTINCT ?name ?value",
    )
    told = {name: str(value) for name, value in found}
    assert told["loss"] == "CrossEntropyLoss"
    assert told["loss label_smoothing"] == "0.1"
    assert (told["scheduler"], told["scheduler step_size"]) == ("StepLR", "2")
    assert told["sampler"] == "RandomSampler"
    losses = recorded.rows("?c aitia:usesLoss ?l . ?l skos:prefLabel ?n", "DISTINCT ?n")
    assert ("cross-entropy",) in losses
    seeds = recorded.rows('?s aitia:settingName "torch_seed" ; aitia:settingValue ?v', "?v")
    assert [str(seed) for (seed,) in seeds] == ["7"]


def test_a_training_goes_on_from_the_checkpoint_of_another(recorded):
    (found,) = recorded.rows(
        "?second a aitia:TrainingRun ; prov:used ?c . ?again prov:wasGeneratedBy ?second ."
        " ?c a aitia:Checkpoint ; aitia:checkpointStep ?step . ?again prov:wasDerivedFrom ?c",
        "DISTINCT ?second ?c ?step ?again",
    )
    assert int(found[2]) == 8
    trained = recorded.rows("?t a aitia:TrainingRun ; aitia:trainedOn ?d", "DISTINCT ?t ?d")
    assert len({t for t, _ in trained}) == 2
    assert len({d for _, d in trained}) == 1


def test_what_the_loop_logs_with_a_step_is_the_curve_of_its_training(observe):
    recorded = observe("""
        import aitia
        import torch

        def train(width):
            net = torch.nn.Linear(4, width)
            optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
            for step in range(5):
                optimizer.zero_grad()
                loss = net(torch.ones(2, 4)).square().mean()
                loss.backward()
                optimizer.step()
                aitia.log(step=step, loss=loss.item())

        train(2)
        train(3)
        aitia.log(width=3)
    """)
    curves = recorded.rows(
        "?t a aitia:TrainingRun ; aitia:hasLearningCurve ?c . ?c aitia:pointCount ?n", "?t ?n"
    )
    assert [int(n) for _, n in curves] == [5, 5]
    assert len({training for training, _ in curves}) == 2
    values = recorded.rows(
        "?r aitia:aboutSubject ?run ; aitia:numericValue ?v . ?run a aitia:WorkflowRun", "?v"
    )
    assert [float(value) for (value,) in values] == [3.0]
