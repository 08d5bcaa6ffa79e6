import pytest

from aitia.capture.model import distributed
from aitia.capture.model.distributed import Replicas, is_replicated, is_sharded, of_rank

pytestmark = pytest.mark.frameworks


class DistributedDataParallel:
    """Stands for the wrapper of that name, which needs processes that form a group."""


class FSDPModule:
    pass


class Net:
    def __init__(self, *inner: object) -> None:
        self._inner = inner

    def modules(self):
        return [self, *self._inner]


def test_without_a_group_every_model_is_of_this_process() -> None:
    assert Replicas().model("r", DistributedDataParallel()) == (None, True)
    assert distributed.ranks() == {}


def test_the_models_of_a_job_have_the_same_ids_in_all_ranks(monkeypatch) -> None:
    one, two = Replicas(), Replicas()
    told = []
    for rank, replicas in enumerate((one, two)):
        monkeypatch.setattr(distributed, "ranks", lambda r=rank: {"rank": r, "world_size": 2})
        told.append([replicas.model("r", DistributedDataParallel()) for _ in range(2)])
        assert replicas.model("r", Net()) == (None, True)
        assert replicas.model("s", DistributedDataParallel())[0] == "urn:uuid:s#shared-model-1"
    assert told[0] == [("urn:uuid:r#shared-model-1", True), ("urn:uuid:r#shared-model-2", True)]
    assert told[1] == [("urn:uuid:r#shared-model-1", False), ("urn:uuid:r#shared-model-2", False)]


def test_what_is_replicated_and_what_is_sharded() -> None:
    assert is_replicated(DistributedDataParallel())
    assert not is_replicated(Net())
    assert is_sharded(Net(FSDPModule()))
    assert not is_sharded(Net(DistributedDataParallel()))


@pytest.mark.parametrize(("rank", "mark"), [("0", ""), ("3", " of rank 3"), ("x", "")])
def test_choices_of_other_ranks_are_told_apart(monkeypatch, rank: str, mark: str) -> None:
    monkeypatch.setenv("RANK", rank)
    assert of_rank() == mark
