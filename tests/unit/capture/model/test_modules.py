import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from aitia.capture.model.architecture import digest  # noqa: E402
from aitia.capture.model.modules import architecture_of, kind_of, leaves_of  # noqa: E402

pytestmark = pytest.mark.frameworks


class Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(width, width), nn.ReLU())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.inner(x)


class Plain(Block):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # No connection past the layer.
        return self.inner(x)


def convolutional() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 8, (3, 5), stride=2, padding=1, dilation=2, groups=1, bias=False),
        nn.BatchNorm2d(8),
        nn.LeakyReLU(0.2),
        nn.MaxPool2d(2),
        nn.Dropout(0.3),
        nn.Flatten(),
        nn.Linear(8, 10),
    )


def test_leaves_are_layers_in_order_with_what_their_makers_chose() -> None:
    found = architecture_of(convolutional())
    assert [layer.kind.removeprefix("aitia:") for layer in found.layers] == [
        "ConvolutionLayer",
        "NormalizationLayer",
        "ActivationLayer",
        "PoolingLayer",
        "RegularizationLayer",
        "Layer",
        "DenseLayer",
    ]
    conv, norm, act, pool, drop, _, dense = found.layers
    assert conv.attributes == {
        "unitCount": 8,
        "kernelSize": [3, 5],
        "stride": 2,
        "padding": 1,
        "parameterCount": 8 * 3 * 15,
    }
    assert conv.settings["dilation"] == 2
    assert conv.settings["bias"] is False
    assert norm.settings["num_features"] == 8
    assert act.attributes == {"activationFunction": "leakyrelu", "parameterCount": 0}
    assert act.settings["negative_slope"] == 0.2
    assert pool.attributes["kernelSize"] == 2
    assert drop.attributes["dropoutRate"] == 0.3
    assert dense.attributes == {"unitCount": 10, "parameterCount": 90}
    assert found.attributes["parameterCount"] == sum(
        p.numel() for p in convolutional().parameters()
    )
    assert [layer.feeds for layer in found.layers] == [(i,) for i in range(1, 7)] + [()]


@pytest.mark.parametrize(
    ("module", "kind"),
    [
        (nn.Conv1d(1, 1, 1), "ConvolutionLayer"),
        (nn.ConvTranspose3d(1, 1, 1), "ConvolutionLayer"),
        (nn.AdaptiveAvgPool1d(2), "PoolingLayer"),
        (nn.Bilinear(1, 1, 1), "Layer"),
        (nn.LSTM(1, 1), "RecurrentLayer"),
        (nn.GRUCell(1, 1), "RecurrentLayer"),
        (nn.MultiheadAttention(4, 2), "AttentionLayer"),
        (nn.GroupNorm(1, 1), "NormalizationLayer"),
        (nn.LayerNorm(4), "NormalizationLayer"),
        (nn.AlphaDropout(), "RegularizationLayer"),
        (nn.EmbeddingBag(4, 2), "EmbeddingLayer"),
        (nn.GELU(), "ActivationLayer"),
        (nn.Softmax(dim=1), "ActivationLayer"),
        (nn.Identity(), "Layer"),
    ],
)
def test_kinds(module: nn.Module, kind: str) -> None:
    assert kind_of(module) == f"aitia:{kind}"


def test_attention_is_one_layer_and_a_shared_layer_is_told_once() -> None:
    shared = nn.ReLU()
    found = [type(m).__name__ for m in leaves_of(nn.TransformerEncoderLayer(8, 2))]
    assert found.count("MultiheadAttention") == 1
    assert "NonDynamicallyQuantizableLinear" not in found
    assert len(list(leaves_of(nn.Sequential(shared, nn.Linear(1, 1), shared)))) == 2
    assert list(leaves_of(nn.Sequential(nn.Sequential(), nn.CrossEntropyLoss()))) == []


def test_weights_do_not_matter_and_structure_does() -> None:
    torch.manual_seed(0)
    one = convolutional()
    torch.manual_seed(1)
    two = convolutional()
    assert digest(architecture_of(one)) == digest(architecture_of(two))
    two.append(nn.ReLU())
    assert digest(architecture_of(one)) != digest(architecture_of(two))


def test_what_the_code_does_between_layers_is_part_of_the_structure() -> None:
    digests = {digest(architecture_of(cls(4))) for cls in (Block, Block, Plain)}
    assert len(digests) == 2


def test_comments_and_layout_of_code_are_not() -> None:
    class Block(nn.Module):
        def __init__(self, width: int) -> None:
            super().__init__()
            self.inner = nn.Sequential(nn.Linear(width, width), nn.ReLU())

        def forward(
            self,
            x: torch.Tensor,
        ) -> torch.Tensor:
            # Another comment.
            return x + self.inner(x)

    assert digest(architecture_of(Block(4))) != digest(architecture_of(Plain(4)))
    first = architecture_of(Block(4)).settings["forward of Block"]

    class Block(nn.Module):
        def __init__(self, width: int) -> None:
            super().__init__()
            self.inner = nn.Sequential(nn.Linear(width, width), nn.ReLU())

        def forward(
            self,
            x: torch.Tensor,
        ) -> torch.Tensor:

            return x + self.inner(x)

    assert architecture_of(Block(4)).settings["forward of Block"] == first


def test_code_without_source_has_a_digest_too() -> None:
    namespace: dict[str, object] = {"nn": nn, "__name__": "made_up"}
    exec("class Net(nn.Linear):\n    def forward(self, x):\n        return x\n", namespace)
    net = namespace["Net"](2, 2)
    assert len(architecture_of(net).settings["forward of Net"]) == 16
