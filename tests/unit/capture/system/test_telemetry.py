from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from aitia.capture.system import telemetry
from aitia.capture.system.gpu import visible
from aitia.capture.system.telemetry import EnergyProbe, GpuProbe, HostProbe, ProcessProbe
from aitia.testing.gpu import FakeGpu, FakeNvml

BUSY = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "b = bytearray(64 << 20)\\nwhile True: pass"])
print("ready", flush=True)
sys.stdin.read()
child.kill()
child.wait()
print("reaped", flush=True)
time.sleep(30)
"""


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Holds the clock of the probes still, and moves it on demand."""
    clock = [1000.0]
    monkeypatch.setattr(telemetry, "monotonic", lambda: clock[0])

    def move(seconds: float) -> None:
        clock[0] += seconds

    return move


def test_busy_process_is_seen() -> None:
    probe = ProcessProbe(os.getpid())
    probe.read()
    began = time.process_time()
    while time.process_time() - began < 0.2:
        pass
    values = probe.read()
    assert values.keys() <= probe.units.keys()
    assert values["cpu_seconds"] >= 0.15
    assert values["cpu_percent"] > 10
    assert values["memory_bytes"] > 1 << 20
    assert values["process_count"] >= 1


def test_children_count_while_they_run_and_after_they_ended() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdout.readline()
        probe = ProcessProbe(parent.pid)
        deadline = time.monotonic() + 30
        values = probe.read()
        while values["cpu_seconds"] < 0.3 and time.monotonic() < deadline:
            time.sleep(0.05)
            values = probe.read()
        assert values["cpu_seconds"] >= 0.3
        assert values["process_count"] == 2
        assert values["memory_bytes"] > 64 << 20
        parent.stdin.close()
        parent.stdout.readline()
        after = probe.read()
        assert after["cpu_seconds"] >= values["cpu_seconds"] - 0.05
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    assert "cpu_percent" not in probe.read()


def write(path: Path, size: int) -> None:
    with open(path, "wb") as handle:
        handle.write(os.urandom(size))
        handle.flush()
        os.fsync(handle.fileno())


def test_written_bytes_are_counted_from_the_making_of_the_probe(tmp_path: Path) -> None:
    write(tmp_path / "before", 4 << 20)
    probe = ProcessProbe(os.getpid())
    before = probe.read()["io_write_bytes"]
    assert before < 1 << 20
    write(tmp_path / "after", 4 << 20)
    assert probe.read()["io_write_bytes"] >= before


def test_process_that_is_gone_has_no_values() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    probe = ProcessProbe(child.pid)
    child.wait()
    assert probe.read() == {}


def test_children_are_looked_for_seldom_when_that_is_dear(
    monkeypatch: pytest.MonkeyPatch, now: Callable[[float], None]
) -> None:
    looked = []

    def children(recursive: bool) -> list[object]:
        looked.append(recursive)
        now(0.05)
        return []

    probe = ProcessProbe(os.getpid())
    monkeypatch.setattr(probe._root, "children", children)
    now(1)
    for _ in range(10):
        probe.read()
        now(1)
    assert len(looked) == 2


def test_host_is_seen() -> None:
    probe = HostProbe()
    time.sleep(0.05)
    values = probe.read()
    assert values.keys() <= probe.units.keys()
    assert 0 <= values["host_cpu_percent"] <= 100
    assert values["host_memory_bytes"] > 0
    assert values["network_sent_bytes"] >= 0


def zones(root: Path, counters: Mapping[str, tuple[str, str]]) -> str:
    for zone, (name, energy) in counters.items():
        folder = root / "sys/class/powercap" / zone
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "name").write_text(name + "\n")
        (folder / "energy_uj").write_text(energy + "\n")
        (folder / "max_energy_range_uj").write_text("1000000000\n")
    return str(root)


PACKAGE = {
    "intel-rapl:0": ("package-0", "5000000"),
    "intel-rapl:0:0": ("core", "4000000"),
    "intel-rapl:0:1": ("dram", "1000000"),
    "intel-rapl:1": ("psys", "9000000"),
}


def test_zones_do_not_contain_one_another(tmp_path: Path) -> None:
    found = telemetry.energy_zones(zones(tmp_path, PACKAGE))
    assert [os.path.basename(zone) for zone in found] == ["intel-rapl:0", "intel-rapl:0:1"]


def test_zones_that_may_not_be_read_are_left_out(tmp_path: Path) -> None:
    root = zones(tmp_path, PACKAGE)
    os.remove(tmp_path / "sys/class/powercap/intel-rapl:0/energy_uj")
    assert len(telemetry.energy_zones(root)) == 1
    assert telemetry.energy_zones(str(tmp_path / "none")) == []


def test_energy_is_summed_from_the_start_and_power_between_readings(
    tmp_path: Path, now: Callable[[float], None]
) -> None:
    probe = EnergyProbe(telemetry.energy_zones(zones(tmp_path, PACKAGE)))
    zones(tmp_path, {"intel-rapl:0": ("package-0", "25000000")})
    now(2)
    assert probe.read() == {"cpu_energy_joules": 20.0, "cpu_power_watts": 10.0}
    zones(tmp_path, {"intel-rapl:0:1": ("dram", "2000000")})
    now(1)
    assert probe.read() == {"cpu_energy_joules": 21.0, "cpu_power_watts": 1.0}


def test_energy_counter_that_wrapped_goes_on(tmp_path: Path, now: Callable[[float], None]) -> None:
    counter = {"intel-rapl:0": ("package-0", "999000000")}
    probe = EnergyProbe(telemetry.energy_zones(zones(tmp_path, counter)))
    zones(tmp_path, {"intel-rapl:0": ("package-0", "1000000")})
    now(1)
    assert probe.read()["cpu_energy_joules"] == 2.0


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


def test_probes_of_a_host(tmp_path: Path) -> None:
    nvml = FakeNvml([FakeGpu()])
    root = zones(tmp_path, PACKAGE)
    devices = visible(nvml, {}).found
    found = telemetry.probes(os.getpid(), root=root, nvml=nvml, devices=devices)
    assert [p.name for p in found] == ["psutil process tree", "psutil host", "RAPL", "NVML"]
    quantities = [name for probe in found for name in probe.units]
    assert len(quantities) == len(set(quantities))
    assert len(telemetry.probes(os.getpid(), root=str(tmp_path / "none"))) == 2
    for probe in found:
        probe.close()


def test_module_is_loaded_without_psutil() -> None:
    code = "import sys, aitia.capture.system.telemetry; sys.exit('psutil' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
