"""PyTorch on two processes that ``torchrun`` starts, without a change to the script."""

import sys

import pytest

pytest.importorskip("torch")

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.skipif(sys.platform == "win32", reason="torchrun needs a Unix here"),
]

TRAINING = """
    import torch
    import torch.distributed as dist
    from torch import nn
    from torch.nn.parallel import DistributedDataParallel
    from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

    dist.init_process_group("gloo")
    torch.manual_seed(7)
    data = TensorDataset(torch.randn(32, 4), torch.randint(0, 3, (32,)))
    inner = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    torch.manual_seed(100 + dist.get_rank())
    net = DistributedDataParallel(inner)
    loss_of = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for epoch in range(2):
        for x, y in DataLoader(data, batch_size=8, sampler=DistributedSampler(data)):
            optimizer.zero_grad()
            loss_of(net(x), y).backward()
            optimizer.step()
    if dist.get_rank() == 0:
        state = {"model": net.module.state_dict(), "optimizer": optimizer.state_dict()}
        torch.save(state, "last.pt")
    dist.destroy_process_group()
"""


@pytest.fixture
def recorded(observe):
    launcher = ("-m", "torch.distributed.run", "--nproc-per-node=2", "--standalone")
    return observe(TRAINING, command=(sys.executable, *launcher))


def test_each_rank_trains_and_what_they_share_is_told_once(recorded, tmp_path):
    found = recorded.rows(
        "?t a aitia:TrainingRun ; rdfs:label ?label ; aitia:hasSetting ?s ."
        " ?s aitia:settingName ?name ; aitia:settingValue ?value",
        "?t ?label ?name ?value",
    )
    told = {}
    for training, _, name, value in found:
        told.setdefault(training, {})[name] = str(value)
    ranks = sorted((t["rank"], t["world_size"], t["backend"]) for t in told.values())
    assert ranks == [("0", "2", "gloo"), ("1", "2", "gloo")]
    assert {label for _, label, _, _ in found} == {"SGD on Sequential"}
    steps = recorded.rows(
        "?t a aitia:TrainingRun . ?s prov:wasGeneratedBy ?t ; prov:value ?n ;"
        ' rdfs:label "optimizer_steps"',
        "?t ?n",
    )
    assert sorted(int(n) for _, n in steps) == [4, 4]

    for kind in ("NeuralArchitecture", "TrainingConfiguration", "Dataset", "Model"):
        assert len(recorded.rows(f"?x a aitia:{kind}", "DISTINCT ?x")) == 1, kind
    shared = recorded.rows(
        "?t a aitia:TrainingRun ; aitia:trainedOn ?d ; aitia:configuredBy ?c", "DISTINCT ?t ?d ?c"
    )
    assert len(shared) == 2
    (by,) = recorded.rows(
        "?m a aitia:Model ; aitia:sha256 ?sha ; prov:wasGeneratedBy ?t . ?other prov:used ?m",
        "?t ?other",
    )
    assert told[by[0]]["rank"] == "0"
    assert told[by[1]]["rank"] == "1"

    folder = next(path for path in (tmp_path / ".aitia" / "journal").iterdir() if path.is_dir())
    writers = [path for path in folder.iterdir() if "aitia:TrainingRun" in path.read_text()]
    assert len(writers) == 2


def test_the_first_rank_writes_the_checkpoint_of_the_model(recorded):
    kept = recorded.rows(
        "?c a aitia:Checkpoint ; aitia:checkpointStep ?step ; prov:wasDerivedFrom ?m ."
        " ?m a aitia:Model ; prov:wasGeneratedBy ?t",
        "DISTINCT ?c ?step",
    )
    assert [int(step) for _, step in kept] == [4]
    # A seed that is set again is the one that holds.
    seeds = recorded.rows(
        "?s aitia:settingName ?name ; aitia:settingValue ?v FILTER(STRENDS(?name, 'rank 1'))", "?v"
    )
    assert {str(seed) for (seed,) in seeds} == {"101"}
