import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from aitia.capture.model.checkpoints import is_checkpoint, step_of  # noqa: E402
from aitia.capture.model.torch import TorchAdapter  # noqa: E402
from aitia.records import Derived, Entity, Used  # noqa: E402

pytestmark = pytest.mark.frameworks


def train(net: nn.Module, optimizer: torch.optim.Optimizer, steps: int) -> None:
    for _ in range(steps):
        optimizer.zero_grad()
        net(torch.ones(2, 3)).sum().backward()
        optimizer.step()


def test_a_file_with_the_state_of_an_optimiser_is_a_checkpoint_at_its_step(
    observe, tmp_path
) -> None:
    with observe(TorchAdapter()) as observed:
        net = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.5)
        train(net, optimizer, 3)
        state = {"net": net.state_dict(), "optimizer": optimizer.state_dict()}
        torch.save(state, tmp_path / "a.pt")
        torch.save({**state, "step": 70}, tmp_path / "b.pt")
        torch.save(net.state_dict(), tmp_path / "weights.pt")
    found = [e for e in observed.records.of(Entity) if e.type == "aitia:Checkpoint"]
    assert [(e.label, e.attributes["aitia:checkpointStep"]) for e in found] == [
        ("a.pt", 3),
        ("b.pt", 70),
    ]


def test_what_takes_the_state_of_a_file_goes_on_from_it(observe, tmp_path) -> None:
    net = nn.Linear(3, 1)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    state = {"net": net.state_dict(), "optimizer": optimizer.state_dict(), "step": 5}
    torch.save(state, tmp_path / "a.pt")
    with observe(TorchAdapter()) as observed:
        again = nn.Linear(3, 1)
        other = torch.optim.SGD(again.parameters(), lr=0.1)
        loaded = torch.load(tmp_path / "a.pt", weights_only=True)
        again.load_state_dict(loaded["net"])
        other.load_state_dict(loaded["optimizer"])
        train(again, other, 1)
    (kept,) = [e for e in observed.records.of(Entity) if e.type == "aitia:Checkpoint"]
    assert kept.attributes == {"aitia:checkpointStep": 5}
    used = [(u.entity, u.role) for u in observed.records.of(Used) if u.entity == kept.id]
    assert sorted(used) == [(kept.id, "checkpoint"), (kept.id, "model")]
    assert [d.source for d in observed.records.of(Derived)] == [kept.id]


@pytest.mark.filterwarnings("ignore")
def test_a_folder_that_all_ranks_write_is_a_checkpoint_to_go_on_from(observe, tmp_path) -> None:
    shards = pytest.importorskip("torch.distributed.checkpoint")
    before = (shards.save, shards.load)
    with observe(TorchAdapter()) as observed:
        net = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.5)
        train(net, optimizer, 2)
        state = {"net": net.state_dict(), "optimizer": optimizer.state_dict()}
        shards.save(state, checkpoint_id=tmp_path / "step-2")
        shards.load(state, checkpoint_id=tmp_path / "step-2")
        other = nn.Linear(3, 1)
        other.load_state_dict(state["net"])
        train(other, torch.optim.SGD(other.parameters(), lr=0.1), 1)
    assert (shards.save, shards.load) == before
    kept = {e.id for e in observed.records.of(Entity) if e.type == "aitia:Checkpoint"}
    assert len(kept) == 1
    assert {d.source for d in observed.records.of(Derived)} == kept


def test_a_state_that_was_in_no_file_is_no_source(observe, tmp_path) -> None:
    with observe(TorchAdapter()) as observed:
        net, other = nn.Linear(3, 1), nn.Linear(3, 1)
        net.load_state_dict(other.state_dict())
        train(net, torch.optim.SGD(net.parameters(), lr=0.1), 1)
    assert not observed.records.of(Derived)


@pytest.mark.parametrize(
    ("obj", "told", "step"),
    [
        ({"optimizer_states": [{"state": {}, "param_groups": []}], "global_step": 4}, True, 4),
        ({"optimizer": {"state": {}, "param_groups": []}, "step": -1}, True, None),
        ({"weight": 1, "step": "late"}, False, None),
        ([1, 2], False, None),
    ],
)
def test_checkpoints_are_told_by_what_they_hold(obj, told: bool, step: int | None) -> None:
    assert (is_checkpoint(obj), step_of(obj)) == (told, step)
