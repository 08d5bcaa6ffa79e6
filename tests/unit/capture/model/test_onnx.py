import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from sklearn.linear_model import LogisticRegression  # noqa: E402

from aitia.capture.application import arrays  # noqa: E402
from aitia.capture.model.onnx import OnnxAdapter, TorchOnnxAdapter  # noqa: E402
from aitia.capture.model.onnx_graph import architecture_of, settings_of  # noqa: E402
from aitia.capture.model.sklearn import SklearnAdapter  # noqa: E402
from aitia.records import Derived, Entity, Generated, Setting, Started  # noqa: E402

pytestmark = pytest.mark.frameworks

X = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
y = (X[:, 0] > 0).astype(int)


@pytest.fixture(autouse=True)
def _arrays() -> None:
    arrays.register()


def network(width: int = 4):
    """Two dense layers with one past the other."""
    helper = onnx.helper
    weights = [
        onnx.numpy_helper.from_array(np.ones((3, width), "float32"), "w"),
        onnx.numpy_helper.from_array(np.ones((width, 2), "float32"), "v"),
    ]
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["a"]),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Gemm", ["b", "v"], ["c"], alpha=0.5),
        helper.make_node("Add", ["c", "c"], ["z"]),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "net",
        [value("x", onnx.TensorProto.FLOAT, [None, 3])],
        [value("z", onnx.TensorProto.FLOAT, [None, 2])],
        weights,
    )
    made = helper.make_model(graph, producer_name="test")
    made.metadata_props.add(key="purpose", value="a test")
    return made


def test_operators_in_order_are_the_layers() -> None:
    found = architecture_of(network())
    assert [layer.operator for layer in found.layers] == ["MatMul", "Relu", "Gemm", "Add"]
    assert [layer.kind for layer in found.layers] == [
        "aitia:DenseLayer",
        "aitia:ActivationLayer",
        "aitia:DenseLayer",
        "aitia:Layer",
    ]
    assert [layer.feeds for layer in found.layers] == [(1,), (2,), (3,), ()]
    assert found.attributes["parameterCount"] == 20
    assert found.layers[0].attributes == {"parameterCount": 12, "unitCount": 4}
    assert found.layers[2].settings == {"alpha": 0.5}


def test_what_a_model_says_of_itself_is_told() -> None:
    told = settings_of(network())
    assert told["onnx.producer_name"] == "test"
    assert told["onnx.metadata purpose"] == "a test"
    assert told["onnx.opset ai.onnx"] > 0


def test_a_file_that_is_saved_and_loaded_is_one_model(observe, tmp_path) -> None:
    path = str(tmp_path / "net.onnx")
    with observe(OnnxAdapter()) as observed:
        onnx.save(network(), path)
        onnx.load(path)
    models = [e for e in observed.records.of(Entity) if e.type == "aitia:Model"]
    assert {(m.label, m.id) for m in models} == {("net.onnx", models[0].id)}
    assert models[0].attributes["aitia:hasArchitecture"]
    assert "onnx.producer_name" in [s.name for s in observed.records.of(Setting)]


def test_what_is_converted_is_derived_from_its_model(observe) -> None:
    skl2onnx = pytest.importorskip("skl2onnx")
    with observe(SklearnAdapter(), OnnxAdapter()) as observed:
        model = LogisticRegression().fit(X, y)
        skl2onnx.to_onnx(model, X[:1])
    records = observed.records
    assert [start.name for start in records.of(Started)] == [
        "LogisticRegression.fit",
        "skl2onnx.to_onnx",
    ]
    (derived,) = records.of(Derived)
    models = [e for e in records.of(Entity) if e.type == "aitia:Model"]
    (trained,) = [e for e in models if e.label == "LogisticRegression"]
    (made,) = [g for g in records.of(Generated) if g.activity == records.of(Started)[-1].id]
    assert (derived.derived, derived.source) == (made.entity, trained.id)
    structure = [e for e in records.of(Entity) if e.type == "aitia:LinearArchitecture"]
    assert any(e.label.startswith("ONNX") for e in structure)


@pytest.mark.filterwarnings("ignore")
def test_an_export_of_pytorch_is_derived_from_its_module(observe, tmp_path) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnxscript")
    path, net = str(tmp_path / "t.onnx"), torch.nn.Linear(3, 2)
    with observe(TorchOnnxAdapter()) as observed:
        torch.onnx.export(net, (torch.zeros(1, 3),), path, verbose=False)
    (start,) = observed.records.of(Started)
    assert start.name == "torch.onnx.export"
    (derived,) = observed.records.of(Derived)
    (made,) = [g.entity for g in observed.records.of(Generated)]
    assert (derived.derived, derived.activity) == (made, start.id)


def test_everything_is_put_back(observe) -> None:
    before = onnx.save, onnx.load
    with observe(OnnxAdapter()):
        assert onnx.save.__wrapped__ is before[0]
    assert (onnx.save, onnx.load) == before
