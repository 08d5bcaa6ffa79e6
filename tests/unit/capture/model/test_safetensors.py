import json

import pytest

pytest.importorskip("safetensors")
np = pytest.importorskip("numpy")

import safetensors  # noqa: E402
import safetensors.numpy  # noqa: E402

from aitia.capture.model.safetensors import SafetensorsAdapter, header  # noqa: E402
from aitia.records import Entity, Json, Setting  # noqa: E402

pytestmark = pytest.mark.frameworks

TENSORS = {"w": np.ones((2, 3), dtype=np.float32), "b": np.zeros(2, dtype=np.float16)}


def test_what_is_written_is_told_of_the_content_of_the_file(observe, tmp_path) -> None:
    path = tmp_path / "net.safetensors"
    with observe(SafetensorsAdapter()) as observed:
        safetensors.numpy.save_file(TENSORS, path, metadata={"format": "np", "step": "7"})
        safetensors.numpy.load_file(path)
        with safetensors.safe_open(path, framework="np") as file:
            assert sorted(file.keys()) == ["b", "w"]
    (model,) = observed.records.of(Entity)
    assert (model.type, model.label) == ("aitia:Model", "net.safetensors")
    told = {s.name: s.value for s in observed.records.of(Setting) if s.subject == model.id}
    assert told == {
        "safetensors.tensor_count": 2,
        "safetensors.parameter_count": 8,
        "safetensors.element_types": Json({"F16": 1, "F32": 1}),
        "safetensors.tensors": Json({"w": ["F32", 2, 3], "b": ["F16", 2]}),
        "safetensors.metadata format": "np",
        "safetensors.metadata step": "7",
    }


def test_a_file_that_is_named_like_an_adapter_is_one(observe, tmp_path) -> None:
    path = tmp_path / "adapter_model.safetensors"
    with observe(SafetensorsAdapter()) as observed:
        safetensors.numpy.save_file({"x": np.ones(1)}, filename=str(path))
    assert [entity.type for entity in observed.records.of(Entity)] == ["aitia:Adapter"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff" * 64, (5).to_bytes(8, "little") + b"{]", (4).to_bytes(8, "little") + b"null"],
)
def test_a_file_without_a_header_has_none(tmp_path, content: bytes) -> None:
    path = tmp_path / "broken.safetensors"
    path.write_bytes(content)
    assert header(path) is None
    assert header(tmp_path / "absent") is None


def test_of_very_many_tensors_the_first_are_named(tmp_path) -> None:
    path = tmp_path / "many.safetensors"
    form = {f"t{i}": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]} for i in range(100)}
    text = json.dumps(form).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text)
    found = header(path)
    assert found is not None
    told = found.settings()
    assert (told["safetensors.tensor_count"], told["safetensors.parameter_count"]) == (100, 200)
    assert len(told["safetensors.tensors"].data) == 64


def test_everything_is_put_back(observe) -> None:
    before = (safetensors.numpy.save_file, safetensors.numpy.load_file, safetensors.safe_open)
    with observe(SafetensorsAdapter()):
        assert safetensors.numpy.save_file is not before[0]
        assert safetensors.numpy.save_file.__wrapped__ is before[0]
    after = (safetensors.numpy.save_file, safetensors.numpy.load_file, safetensors.safe_open)
    assert after == before
