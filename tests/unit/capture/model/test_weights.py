import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from aitia.capture.model.weights import weights_digest  # noqa: E402

pytestmark = pytest.mark.frameworks


def test_weights_have_a_digest_whatever_their_type() -> None:
    torch.manual_seed(0)
    for kind in (torch.float32, torch.float16, torch.bfloat16, torch.float64):
        one = nn.Linear(3, 2).to(kind)
        two = nn.Linear(3, 2).to(kind)
        assert weights_digest(one, 1 << 20) is not None
        assert weights_digest(one, 1 << 20) != weights_digest(two, 1 << 20)
    assert weights_digest(nn.Linear(100, 100), cap=100) is None


def test_weights_of_which_this_process_has_a_part_have_none() -> None:
    class FullyShardedDataParallel(nn.Linear):
        def state_dict(self, *args, **kwargs):
            raise AssertionError("all processes would have to call it")

    assert weights_digest(nn.Sequential(FullyShardedDataParallel(2, 2)), 1 << 20) is None
