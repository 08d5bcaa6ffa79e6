from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from aitia.capture.system import accelerator
from aitia.capture.system import gpu as devices
from aitia.capture.system.accelerator import GpuProbe
from aitia.capture.system.gpu import visible
from aitia.records.prov import Entity
from aitia.testing.gpu import FakeGpu, FakeNvml


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Holds the clock of the probes still, and moves it on demand."""
    clock = [1000.0]
    monkeypatch.setattr(accelerator, "monotonic", lambda: clock[0])

    def move(seconds: float) -> None:
        clock[0] += seconds

    return move


def gpu_probe(nvml: FakeNvml) -> GpuProbe:
    return GpuProbe(nvml, visible(nvml, {}).found)


def test_one_gpu(now: Callable[[float], None]) -> None:
    device = FakeGpu(
        utilisation_percent=80, used_bytes=7, power_watts=300.5, temperature_celsius=61
    )
    probe = gpu_probe(FakeNvml([device]))
    device.energy_joules = 12.5
    now(1)
    values = probe.read()
    assert values == {
        "gpu_utilisation_percent": 80.0,
        "gpu_memory_bytes": 7.0,
        "gpu_power_watts": 300.5,
        "gpu_temperature_celsius": 61.0,
        "gpu_energy_joules": 12.5,
        "gpu_process_memory_bytes": 0.0,
    }
    assert values.keys() == probe.units.keys()


def test_several_gpus_together_and_each(now: Callable[[float], None]) -> None:
    busy = FakeGpu(utilisation_percent=100, power_watts=400, temperature_celsius=70, used_bytes=3)
    idle = FakeGpu(utilisation_percent=0, power_watts=50, temperature_celsius=30, used_bytes=1)
    probe = gpu_probe(FakeNvml([busy, idle]))
    now(1)
    values = probe.read()
    assert values["gpu_power_watts"] == 450.0
    assert values["gpu_utilisation_percent"] == 50.0
    assert values["gpu_temperature_celsius"] == 70.0
    assert values["gpu_memory_bytes"] == 4.0
    assert (values["gpu0_power_watts"], values["gpu1_power_watts"]) == (400.0, 50.0)
    assert values.keys() == probe.units.keys()


def test_card_without_energy_counter_is_integrated(now: Callable[[float], None]) -> None:
    probe = gpu_probe(FakeNvml([FakeGpu(power_watts=100, energy_joules=None)]))
    now(2)
    assert probe.read()["gpu_energy_joules"] == 200.0
    now(1)
    assert probe.read()["gpu_energy_joules"] == 300.0


@pytest.mark.parametrize(
    ("failing", "lost"),
    [
        ("nvmlDeviceGetUtilizationRates", {"gpu_utilisation_percent"}),
        ("nvmlDeviceGetMemoryInfo", {"gpu_memory_bytes"}),
        ("nvmlDeviceGetPowerUsage", {"gpu_power_watts"}),
        ("nvmlDeviceGetTemperature", {"gpu_temperature_celsius"}),
    ],
)
def test_failing_call_costs_its_own_quantity_alone(failing: str, lost: set[str]) -> None:
    probe = gpu_probe(FakeNvml([FakeGpu()], failing={failing}))
    assert probe.units.keys() - probe.read().keys() == lost


class Told:
    """Keeps what a probe tells."""

    def __init__(self) -> None:
        self.remarks: set[str] = set()
        self.reason: str | None = None

    def remark(self, kind: str, text: str) -> None:
        self.remarks.add(text)

    def describe(self, entity: Entity) -> None:
        raise AssertionError(entity)

    def throttled(self, device: str, reason: str | None) -> None:
        self.reason = reason


@pytest.mark.parametrize(
    ("bits", "reason"),
    [
        *((0x0, None), (0x1, None), (0x2, None), (0x4, "power")),
        *((0x80, "power"), (0x8, "other"), (0x20, "thermal"), (0x48, "thermal")),
    ],
)
def test_reasons_of_low_clocks(bits: int, reason: str | None) -> None:
    nvml = FakeNvml([FakeGpu(throttle_reasons=bits)])
    told = Told()
    GpuProbe(nvml, visible(nvml, {}).found, iris=["urn:x:gpu"]).tell(told)
    assert told.reason == reason


def test_a_device_that_is_lost_is_told_and_answers_nothing_more() -> None:
    device = FakeGpu()
    probe, told = gpu_probe(FakeNvml([device])), Told()
    assert probe.read()
    device.lost = True
    assert probe.read() == {}
    probe.tell(told)
    assert told.remarks == {"GPU 0 of this process no longer answers"}


def test_memory_of_the_processes_of_the_run_alone() -> None:
    nvml = FakeNvml([FakeGpu(processes={7: 100, 8: 20, 9: 3})])
    probe = GpuProbe(nvml, visible(nvml, {}).found, pids=lambda: {7, 9})
    assert probe.read()["gpu_process_memory_bytes"] == 103.0


@pytest.mark.parametrize("processes", [{7: None}, {8: 5}])
def test_memory_that_may_not_be_known_is_left_out(processes: dict[int, int | None]) -> None:
    nvml = FakeNvml([FakeGpu(processes=processes)])
    probe = GpuProbe(nvml, visible(nvml, {}).found, pids=lambda: {7})
    assert "gpu_process_memory_bytes" not in probe.read()


def test_a_slice_has_the_meters_of_its_card(now: Callable[[float], None]) -> None:
    part = FakeGpu("NVIDIA H100 MIG 1g.10gb", memory_bytes=10, used_bytes=4)
    card = FakeGpu(power_watts=200, temperature_celsius=50, slices=[part])
    nvml = FakeNvml([card])
    probe, told = GpuProbe(nvml, visible(nvml, {}).found), Told()
    card.energy_joules = 30.0
    now(1)
    values = probe.read()
    assert values["gpu_memory_bytes"] == 4.0
    assert (values["gpu_power_watts"], values["gpu_energy_joules"]) == (200.0, 30.0)
    assert "gpu_utilisation_percent" not in values
    probe.tell(told)
    assert "whole card" in told.remarks.pop()


def cards() -> tuple[FakeNvml, FakeGpu, FakeGpu]:
    first, second = FakeGpu("slice a"), FakeGpu("slice b")
    return FakeNvml([FakeGpu(slices=[first, second]), FakeGpu("whole")]), first, second


@pytest.mark.parametrize("environ", [{}, {"CUDA_VISIBLE_DEVICES": "0"}])
def test_on_a_partitioned_card_the_first_slice_is_used(environ: dict[str, str]) -> None:
    nvml, first, _ = cards()
    found = visible(nvml, environ)
    assert [device.uuid for device in found.found] == [first.uuid]
    assert any("MIG" in note for note in found.notes)


def test_a_slice_by_its_uuid() -> None:
    nvml, _, second = cards()
    [device] = visible(nvml, {"CUDA_VISIBLE_DEVICES": second.uuid}).found
    assert (device.handle, device.parent) == (second, nvml.gpus[0])


def test_a_whole_card_beside_a_partitioned_one() -> None:
    nvml, _, _ = cards()
    [device] = visible(nvml, {"CUDA_VISIBLE_DEVICES": "1"}).found
    assert device.model == "whole"


def real() -> Any:
    nvml = devices.load()
    if nvml is None:
        pytest.skip("no NVIDIA driver answers on this host")
    return nvml


def test_a_real_gpu_answers() -> None:
    nvml = real()
    found = visible(nvml).found
    if not found:
        pytest.skip("no GPU is visible to this process")
    probe, told = GpuProbe(nvml, found, iris=["urn:x"], pids=lambda: {os.getpid()}), Told()
    values = probe.read()
    probe.tell(told)
    assert values.keys() <= probe.units.keys()
    assert values["gpu_memory_bytes"] > 0
