import pytest

torch = pytest.importorskip("torch")
peft = pytest.importorskip("peft")

from torch import nn  # noqa: E402

from aitia.capture.model.peft import PeftAdapter  # noqa: E402
from aitia.capture.model.torch import TorchAdapter  # noqa: E402
from aitia.records import Derived, Entity, Json, Setting  # noqa: E402

pytestmark = pytest.mark.frameworks


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(x)


def adapt(net: nn.Module):
    return peft.get_peft_model(net, peft.LoraConfig(r=2, lora_alpha=6, target_modules=["fc"]))


def of(records, kind: str) -> list[Entity]:
    return [e for e in records.of(Entity) if e.type == f"aitia:{kind}"]


def test_an_adapter_and_the_model_that_it_makes_are_told(observe) -> None:
    with observe(PeftAdapter()) as observed:
        net = adapt(Net())
        merged = net.merge_and_unload()
        assert isinstance(merged, Net)
    (adapter,) = of(observed.records, "Adapter")
    assert adapter.attributes == {"aitia:adapterRank": 2, "aitia:adapterScale": 3.0}
    told = {s.name: s.value for s in observed.records.of(Setting) if s.subject == adapter.id}
    assert (told["method"], told["target_modules"]) == ("LORA", Json(["fc"]))
    made, merged_model = of(observed.records, "AdaptedModel")
    assert merged_model.label == "Net merged"
    assert [(d.derived, d.source) for d in observed.records.of(Derived)] == [
        (merged_model.id, made.id)
    ]
    assert not of(observed.records, "FoundationModel")


def test_a_base_that_was_trained_in_the_run_is_a_foundation_model(observe) -> None:
    with observe(TorchAdapter(), PeftAdapter()) as observed:
        base = Net()
        optimizer = torch.optim.SGD(base.parameters(), lr=0.1)
        base(torch.ones(2, 3)).sum().backward()
        optimizer.step()
        adapt(base)
    (foundation,) = of(observed.records, "FoundationModel")
    (made,) = of(observed.records, "AdaptedModel")
    assert made.attributes["aitia:adaptedFrom"].id == foundation.id


def test_everything_is_put_back(observe) -> None:
    tuner = peft.tuners.tuners_utils.BaseTuner
    before = (peft.PeftModel.__init__, tuner.merge_and_unload)
    with observe(PeftAdapter()):
        assert peft.PeftModel.__init__.__wrapped__ is before[0]
    assert (peft.PeftModel.__init__, tuner.merge_and_unload) == before
    adapt(Net())
