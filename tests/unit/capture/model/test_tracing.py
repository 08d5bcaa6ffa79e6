import gc

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from aitia.capture.model.tracing import Modules  # noqa: E402

pytestmark = pytest.mark.frameworks


def sgd(*modules: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD([p for m in modules for p in m.parameters()], lr=0.1)


def test_the_outermost_modules_of_the_parameters_are_found() -> None:
    modules = Modules()
    one, two = nn.Sequential(nn.Sequential(nn.Linear(2, 2))), nn.Linear(2, 2)
    assert modules.roots(sgd(one)) == [one]
    assert modules.roots(sgd(one[0][0], two)) == [one, two]


def test_a_module_that_was_taken_out_is_outermost_itself() -> None:
    modules = Modules()
    whole = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    modules.contains(whole, "0", whole[0])
    modules.owns(whole[0], "weight", whole[0].weight)
    inner = whole[0]
    assert modules.roots(torch.optim.SGD([inner.weight], lr=0.1)) == [whole]
    del whole[0]
    assert modules.roots(torch.optim.SGD([inner.weight], lr=0.1)) == [inner]


def test_parameters_of_no_module_have_none() -> None:
    loose = nn.Parameter(torch.zeros(2))
    assert Modules().roots(torch.optim.SGD([loose], lr=0.1)) == []


def test_a_module_that_is_one_layer_is_traced() -> None:
    modules, layer = Modules(), nn.Linear(2, 3)
    modules.made(sgd(layer))
    layer(torch.zeros(4, 2))
    trace = modules.trace(layer)
    assert trace is not None
    assert [(call.taken, call.given) for call in trace.calls] == [((2,), (3,))]
    assert not nn.modules.module._global_forward_hooks


def test_layers_that_are_called_without_the_whole_are_traced_until_asked() -> None:
    modules, net = Modules(), nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    modules.made(sgd(net))
    net[1](net[0](torch.zeros(4, 2)))
    assert nn.modules.module._global_forward_hooks
    trace = modules.trace(net)
    assert trace is not None
    assert len(trace.calls) == 2
    assert not trace.kept
    assert not nn.modules.module._global_forward_hooks


def test_what_never_saw_a_batch_has_no_trace_and_is_not_kept_alive() -> None:
    modules, net = Modules(), nn.Linear(2, 3)
    modules.made(sgd(net))
    assert modules.trace(net) is None
    modules.close()
    del net
    gc.collect()
    assert len(modules._traces) == 0
