from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from aitia.capture.system import gpu
from aitia.capture.system.gpu import GpuAdapter
from aitia.capture.system.host import Node
from aitia.records import Entity, Ref, Used
from aitia.testing.gpu import GIB, FakeGpu, FakeNvml
from aitia.testing.scope import RecordingScope


def machine_with(*names: str) -> FakeNvml:
    return FakeNvml([FakeGpu(name) for name in names])


def shown(nvml: FakeNvml, environ: dict[str, str]) -> list[int]:
    """Return the places on the bus of the devices that are visible."""
    return [nvml.gpus.index(device.handle) for device in gpu.visible(nvml, environ).found]


FOUR = ("A100", "A100", "A100", "A100")


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (None, [0, 1, 2, 3]),
        ("0", [0]),
        ("2,0", [2, 0]),
        (" 1 , 3 ", [1, 3]),
        ("", []),
        ("-1", []),
        ("1,-1,2", [1]),
        ("0,9,1", [0]),
        ("NoDevFiles", []),
    ],
)
def test_visible_devices_by_index(chosen: str | None, expected: list[int]) -> None:
    environ = {} if chosen is None else {"CUDA_VISIBLE_DEVICES": chosen}
    assert shown(machine_with(*FOUR), environ) == expected


def test_visible_devices_by_uuid_and_by_its_beginning() -> None:
    nvml = machine_with(*FOUR)
    whole, beginning = nvml.gpus[3].uuid, nvml.gpus[1].uuid[:14]
    assert shown(nvml, {"CUDA_VISIBLE_DEVICES": f"{whole},{beginning}"}) == [3, 1]


def test_beginning_that_fits_two_devices_names_none() -> None:
    nvml = machine_with(*FOUR)
    found = gpu.visible(nvml, {"CUDA_VISIBLE_DEVICES": "GPU-0000"})
    assert found.found == ()
    assert any("a GPU by its UUID" in note for note in found.notes)


def test_slice_of_a_device_is_asked_for_by_its_uuid() -> None:
    nvml = FakeNvml([FakeGpu("A100"), FakeGpu("A100 MIG 1g.5gb", uuid="MIG-1", memory_bytes=5)])
    found = gpu.visible(nvml, {"CUDA_VISIBLE_DEVICES": "MIG-1"})
    assert [(d.model, d.memory) for d in found.found] == [("A100 MIG 1g.5gb", 5)]
    assert gpu.visible(nvml, {"CUDA_VISIBLE_DEVICES": "MIG-2"}).found == ()


@pytest.mark.parametrize(
    ("order", "noted"), [({}, True), ({"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}, False)]
)
def test_index_among_different_models_is_doubted_unless_the_order_is_set(
    order: dict[str, str], noted: bool
) -> None:
    notes = gpu.visible(machine_with("A100", "T4"), {"CUDA_VISIBLE_DEVICES": "0", **order}).notes
    assert any("CUDA_DEVICE_ORDER" in note for note in notes) is noted


def test_device_that_a_control_group_hides_is_counted_and_keeps_its_place() -> None:
    nvml = FakeNvml([FakeGpu(failing={"handle"}), FakeGpu("B200")])
    found = gpu.visible(nvml, {})
    assert [device.model for device in found.found] == ["B200"]
    assert "1 of 2 GPUs may not be seen by this process" in found.notes
    assert shown(nvml, {"CUDA_VISIBLE_DEVICES": "1"}) == [1]


@pytest.mark.parametrize(
    "failing",
    [
        "nvmlDeviceGetName",
        "nvmlDeviceGetUUID",
        "nvmlDeviceGetMemoryInfo",
        "nvmlSystemGetDriverVersion",
    ],
)
def test_failing_call_costs_its_own_fact_alone(failing: str) -> None:
    found = gpu.visible(FakeNvml([FakeGpu()], failing={failing}), {})
    (device,) = found.found
    facts = {
        "nvmlDeviceGetName": device.model == "unknown GPU",
        "nvmlDeviceGetUUID": device.uuid == "",
        "nvmlDeviceGetMemoryInfo": device.memory is None,
        "nvmlSystemGetDriverVersion": found.driver == "",
    }
    assert [name for name, lost in facts.items() if lost] == [failing]


def test_no_count_is_a_note() -> None:
    found = gpu.visible(FakeNvml([FakeGpu()], failing={"nvmlDeviceGetCount"}), {})
    assert found.found == ()
    assert found.notes == ("the NVIDIA driver does not tell how many GPUs there are",)


def test_bindings_that_answer_in_bytes_are_understood() -> None:
    nvml = FakeNvml([FakeGpu(name=b"Tesla V100")])  # type: ignore[arg-type]
    assert gpu.visible(nvml, {}).found[0].model == "Tesla V100"


def start(node: Node, nvml: FakeNvml | None, *, nested: bool = False) -> RecordingScope:
    scope = RecordingScope(nested=nested)
    adapter = GpuAdapter(node, nvml)
    adapter.start(scope)
    adapter.stop(scope)
    return scope


def test_run_ran_on_each_visible_gpu(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1,0")
    scope = start(node, machine_with("A100", "A100"))
    found = [r for r in scope.records if isinstance(r, Entity)]
    assert len({entity.id for entity in found}) == 2
    for entity in found:
        assert (entity.type, entity.label) == ("aitia:GPU", "A100")
        assert entity.attributes["aitia:memoryBytes"] == 80 * GIB
        assert entity.attributes["aitia:driverVersion"] == "550.54.15"
        assert entity.attributes["aitia:componentOf"] == Ref(node.iri)
        assert Used("", entity.id, relation="aitia:ranOn") in scope.records


def test_uuid_is_hashed(node: Node) -> None:
    nvml = machine_with("A100")
    scope = start(node, nvml)
    (entity,) = (r for r in scope.records if isinstance(r, Entity))
    assert entity.attributes["aitia:serialOrUuid"] == node.pseudonyms.code("gpu", nvml.gpus[0].uuid)
    assert nvml.gpus[0].uuid.removeprefix("GPU-")[:13].encode() not in b"".join(scope.lines)


def test_new_driver_makes_another_state_of_the_same_gpu(node: Node) -> None:
    old = start(node, FakeNvml([FakeGpu()], driver="1")).records[0]
    new = start(node, FakeNvml([FakeGpu()], driver="2")).records[0]
    assert isinstance(old, Entity)
    assert isinstance(new, Entity)
    assert old.id != new.id
    assert old.attributes["aitia:serialOrUuid"] == new.attributes["aitia:serialOrUuid"]


def test_nested_run_repeats_the_gpu_but_no_note(node: Node) -> None:
    nvml = FakeNvml([FakeGpu(), FakeGpu(failing={"handle"})])
    outer, inner = start(node, nvml), start(node, nvml, nested=True)
    assert inner.records == outer.records
    assert (len(outer.notes), len(inner.notes)) == (1, 0)


def test_host_without_driver_gets_a_note(node: Node) -> None:
    scope = start(node, None)
    assert scope.lines == []
    assert scope.notes == [("gpu", "no NVIDIA driver answers on this host", 1)]
    assert start(node, None, nested=True).notes == []


def test_nothing_is_loaded_where_no_driver_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert gpu.load(str(tmp_path)) is None


@pytest.mark.parametrize("starts", [True, False])
def test_library_is_started_where_a_driver_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, starts: bool
) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/nvidiactl").touch()
    fake = FakeNvml([FakeGpu()], failing=() if starts else {"nvmlInit"})
    module = ModuleType("pynvml")
    module.__dict__.update(nvmlInit=fake.nvmlInit, NVMLError=fake.NVMLError)
    monkeypatch.setitem(sys.modules, "pynvml", module)
    assert (gpu.load(str(tmp_path)) is module) is starts


def test_missing_bindings_are_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/nvidiactl").touch()
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert gpu.load(str(tmp_path)) is None


def test_real_bindings_have_what_is_asked_of_the_fake() -> None:
    pynvml = pytest.importorskip("pynvml")
    called = [name for name in vars(FakeNvml) if name.startswith("nvml")]
    assert called
    assert [name for name in called if not hasattr(pynvml, name)] == []
    assert pynvml.NVML_TEMPERATURE_GPU == FakeNvml.NVML_TEMPERATURE_GPU
