from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from aitia.capture.system import energy
from aitia.capture.system.energy import EnergyProbe, EstimateProbe, GridProbe


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Holds the clock of the probes still, and moves it on demand."""
    clock = [1000.0]
    monkeypatch.setattr(energy, "monotonic", lambda: clock[0])

    def move(seconds: float) -> None:
        clock[0] += seconds

    return move


def zones(root: Path, counters: Mapping[str, tuple[str, str]]) -> str:
    for zone, (name, counter) in counters.items():
        folder = root / "sys/class/powercap" / zone
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "name").write_text(name + "\n")
        (folder / "energy_uj").write_text(counter + "\n")
        (folder / "max_energy_range_uj").write_text("1000000000\n")
    return str(root)


PACKAGE = {
    "intel-rapl:0": ("package-0", "5000000"),
    "intel-rapl:0:0": ("core", "4000000"),
    "intel-rapl:0:1": ("dram", "1000000"),
    "intel-rapl:1": ("psys", "9000000"),
}


def test_zones_do_not_contain_one_another(tmp_path: Path) -> None:
    found = energy.energy_zones(zones(tmp_path, PACKAGE))
    assert [os.path.basename(zone) for zone in found] == ["intel-rapl:0", "intel-rapl:0:1"]


def test_zones_that_may_not_be_read_are_left_out(tmp_path: Path) -> None:
    root = zones(tmp_path, PACKAGE)
    os.remove(tmp_path / "sys/class/powercap/intel-rapl:0/energy_uj")
    assert len(energy.energy_zones(root)) == 1
    assert energy.energy_zones(str(tmp_path / "none")) == []


def test_energy_is_summed_from_the_start_and_power_between_readings(
    tmp_path: Path, now: Callable[[float], None]
) -> None:
    probe = EnergyProbe(energy.energy_zones(zones(tmp_path, PACKAGE)))
    zones(tmp_path, {"intel-rapl:0": ("package-0", "25000000")})
    now(2)
    assert probe.read() == {
        "cpu_energy_joules": 20.0,
        "cpu_power_watts": 10.0,
        "package0_energy_joules": 20.0,
        "dram0_energy_joules": 0.0,
    }
    zones(tmp_path, {"intel-rapl:0:1": ("dram", "2000000")})
    now(1)
    values = probe.read()
    assert (values["cpu_energy_joules"], values["cpu_power_watts"]) == (21.0, 1.0)
    assert values["dram0_energy_joules"] == 1.0
    assert values.keys() == probe.units.keys()


def test_energy_counter_that_wrapped_goes_on(tmp_path: Path, now: Callable[[float], None]) -> None:
    counter = {"intel-rapl:0": ("package-0", "999000000")}
    probe = EnergyProbe(energy.energy_zones(zones(tmp_path, counter)))
    zones(tmp_path, {"intel-rapl:0": ("package-0", "1000000")})
    now(1)
    assert probe.read()["cpu_energy_joules"] == 2.0


def test_without_counters_the_processor_time_gives_an_estimate(
    now: Callable[[float], None],
) -> None:
    seconds = [0.5]
    probe = EstimateProbe(lambda: seconds[0], 10.0)
    now(1)
    assert probe.read()["cpu_energy_estimated_joules"] == 5.0
    seconds[0] = 2.5
    now(2)
    values = probe.read()
    assert values == {"cpu_energy_estimated_joules": 25.0, "cpu_power_estimated_watts": 10.0}
    assert probe.name.startswith("estimate")


def test_an_estimate_ends_with_its_processes() -> None:
    assert EstimateProbe(lambda: None, 10.0).read() == {}


def test_the_grid_is_what_the_settings_say() -> None:
    probe = GridProbe(381.0, "urn:x:node", "urn:x:site")
    assert probe.read() == dict.fromkeys(probe.units, 381.0)
