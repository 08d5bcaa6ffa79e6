from __future__ import annotations

import pytest

from aitia.errors import AitiaError
from aitia.testing.gpu import FakeGpu, FakeNvml, NVMLError


def test_devices_have_uuids_of_their_own() -> None:
    nvml = FakeNvml([FakeGpu(), FakeGpu(), FakeGpu(uuid="GPU-mine")])
    uuids = [nvml.nvmlDeviceGetUUID(nvml.nvmlDeviceGetHandleByIndex(i)) for i in range(3)]
    assert len(set(uuids)) == 3
    assert uuids[2] == "GPU-mine"
    assert nvml.nvmlDeviceGetHandleByUUID(uuids[1]) is nvml.gpus[1]


def test_state_may_change_while_it_runs() -> None:
    gpu = FakeGpu(power_watts=70)
    nvml = FakeNvml([gpu])
    assert nvml.nvmlDeviceGetPowerUsage(gpu) == 70_000
    gpu.power_watts = 700
    assert nvml.nvmlDeviceGetPowerUsage(gpu) == 700_000


@pytest.mark.parametrize("name", [n for n in vars(FakeNvml) if n.startswith("nvmlDeviceGet")])
def test_every_call_fails_on_request(name: str) -> None:
    nvml = FakeNvml([FakeGpu(slices=[FakeGpu("slice")])], failing={name})
    arguments = {
        "nvmlDeviceGetCount": (),
        "nvmlDeviceGetHandleByIndex": (0,),
        "nvmlDeviceGetHandleByUUID": (nvml.gpus[0].uuid,),
        "nvmlDeviceGetMigDeviceHandleByIndex": (nvml.gpus[0], 0),
        "nvmlDeviceGetDeviceHandleFromMigDeviceHandle": (nvml.gpus[0].slices[0],),
        "nvmlDeviceGetTemperature": (nvml.gpus[0], 0),
    }.get(name, (nvml.gpus[0],))
    with pytest.raises(NVMLError, match=name):
        getattr(nvml, name)(*arguments)
    nvml.failing.clear()
    assert getattr(nvml, name)(*arguments) is not None


def test_its_error_is_one_of_ours() -> None:
    with pytest.raises(AitiaError):
        FakeNvml().nvmlDeviceGetHandleByIndex(0)


def test_one_device_may_fail_alone() -> None:
    nvml = FakeNvml([FakeGpu(failing={"nvmlDeviceGetPowerUsage"}), FakeGpu()])
    with pytest.raises(NVMLError):
        nvml.nvmlDeviceGetPowerUsage(nvml.gpus[0])
    assert nvml.nvmlDeviceGetPowerUsage(nvml.gpus[1]) == 70_000
