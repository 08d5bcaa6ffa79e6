import numpy as np
import pytest

onnxruntime = pytest.importorskip("onnxruntime")
onnx = pytest.importorskip("onnx")

from aitia.capture.model.onnxruntime import OnnxRuntimeAdapter  # noqa: E402
from aitia.records import Ended, Entity, Setting, Started, Used  # noqa: E402

pytestmark = pytest.mark.frameworks


def double() -> bytes:
    helper = onnx.helper
    shape = ["n", 3]
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "x"], ["y"])],
        "double",
        [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, shape)],
    )
    opset = [helper.make_opsetid("", 17)]
    made = helper.make_model(graph, opset_imports=opset, ir_version=8)
    return bytes(made.SerializeToString())


def test_the_calls_of_a_session_are_one_inference_with_its_model(observe, tmp_path) -> None:
    path = tmp_path / "double.onnx"
    path.write_bytes(double())
    with observe(OnnxRuntimeAdapter()) as observed:
        session = onnxruntime.InferenceSession(str(path))
        for _ in range(5):
            (made,) = session.run(None, {"x": np.ones((2, 3), "float32")})
    assert made.tolist() == [[2.0] * 3] * 2
    records = observed.records
    (start,), (end,) = records.of(Started), records.of(Ended)
    assert (start.type, end.generated) == ("aitia:Inference", {"calls": 5})
    (used,) = records.of(Used)
    (model,) = [e for e in records.of(Entity) if e.type == "aitia:Model"]
    assert (used.relation, used.entity) == ("aitia:usedModel", model.id)
    assert (model.label, model.digest is not None) == ("double.onnx", True)
    shapes = {s.name: s.value.data for s in records.of(Setting) if s.subject == start.id}
    assert shapes["input x"] == ["tensor(float)", "n", 3]
    assert shapes["output y"] == ["tensor(float)", "n", 3]


def test_a_model_in_memory_is_told_by_its_bytes(observe) -> None:
    with observe(OnnxRuntimeAdapter()) as observed:
        for _ in range(2):
            session = onnxruntime.InferenceSession(double())
            session.run(None, {"x": np.ones((2, 3), "float32")})
    assert len({e.id for e in observed.records.of(Entity) if e.type == "aitia:Model"}) == 1
    assert [end.generated["calls"] for end in observed.records.of(Ended)] == [1, 1]


def test_a_session_serves_several_runs(observe) -> None:
    with observe(OnnxRuntimeAdapter()) as observed:
        session = onnxruntime.InferenceSession(double())
        session.run(None, {"x": np.ones((2, 3), "float32")})
        with observed.another("inner"):
            session.run(None, {"x": np.ones((2, 3), "float32")})
    assert len(observed.records.of(Started)) == 2
    assert len([e for e in observed.records.of(Entity) if e.type == "aitia:Model"]) == 2


def test_an_error_of_a_session_passes_through_and_everything_is_put_back(observe) -> None:
    before = onnxruntime.InferenceSession.__init__
    with observe(OnnxRuntimeAdapter()):
        session = onnxruntime.InferenceSession(double())
        with pytest.raises(ValueError, match="Required inputs"):
            session.run(None, {})
    assert onnxruntime.InferenceSession.__init__ is before
