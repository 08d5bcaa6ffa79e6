"""Software sensors: what a process tree, its host, its processors and its GPUs use.

Each is a ``records.ports.Probe``: it only reads, in the thread of the sampler, and leaves out what
it cannot read. Quantities that grow (bytes, joules, seconds) count from the making of the probe.
Units are UCUM codes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

from aitia.capture.system.gpu import Device, ask
from aitia.capture.system.machine import text

if TYPE_CHECKING:
    import psutil

    from aitia.records.ports import Probe

SCAN_SHARE = 0.01
"""Largest share of one processor spent on looking for child processes."""


class ProcessProbe:
    """Processor time, memory and storage traffic of a process and its descendants.

    ``cpu_percent`` is 100 for one busy core; ``memory_bytes`` the sum of the resident sets, in
    which pages shared by several processes count for each. Processes that ended count through
    their parent, which the kernel credits with them.
    """

    name = "psutil process tree"
    units: Mapping[str, str] = {
        "cpu_percent": "%",
        "cpu_seconds": "s",
        "memory_bytes": "By",
        "io_read_bytes": "By",
        "io_write_bytes": "By",
        "process_count": "1",
    }

    def __init__(self, pid: int) -> None:
        import psutil

        self._psutil = psutil
        self._root = psutil.Process(pid)
        self._children: list[psutil.Process] = []
        self._scan_at = 0.0
        self._last: tuple[float, float] | None = None
        self._base = self._totals()

    def read(self) -> Mapping[str, float]:
        """Return the usage now, empty when the process is gone."""
        totals = self._totals()
        if not totals:
            return {}
        values = {
            "memory_bytes": totals["memory_bytes"],
            "process_count": totals["process_count"],
        }
        for name in ("cpu_seconds", "io_read_bytes", "io_write_bytes"):
            if name in totals:
                values[name] = max(0.0, totals[name] - self._base.get(name, 0.0))
        now, spent = monotonic(), totals["cpu_seconds"]
        if self._last is not None and now > self._last[0]:
            share = max(0.0, spent - self._last[1]) / (now - self._last[0])
            values["cpu_percent"] = 100.0 * share
        self._last = now, spent
        return values

    def close(self) -> None:
        """Forget the processes."""
        self._children = []

    def _processes(self) -> list[psutil.Process]:
        """Return the process and its descendants, looked for only as often as that is cheap."""
        began = monotonic()
        if began >= self._scan_at:
            try:
                self._children = self._root.children(recursive=True)
            except self._psutil.Error:
                self._children = []
            ended = monotonic()
            self._scan_at = ended + (ended - began) / SCAN_SHARE
        return [self._root, *self._children]

    def _totals(self) -> dict[str, float]:
        totals: dict[str, float] = {}
        for process in self._processes():
            for name, value in self._usage(process).items():
                totals[name] = totals.get(name, 0.0) + value
        return totals

    def _usage(self, process: psutil.Process) -> dict[str, float]:
        usage: dict[str, float] = {}
        try:
            cpu = process.cpu_times()
            usage = {
                "cpu_seconds": cpu.user + cpu.system + cpu.children_user + cpu.children_system,
                "memory_bytes": float(process.memory_info().rss),
                "process_count": 1.0,
            }
            traffic = process.io_counters()
            usage["io_read_bytes"] = float(traffic.read_bytes)
            usage["io_write_bytes"] = float(traffic.write_bytes)
        except (self._psutil.Error, AttributeError, OSError):
            # Gone, not ours, or an operating system that does not count storage traffic.
            return usage
        return usage


class HostProbe:
    """Processor, memory, storage and network use of the whole host."""

    name = "psutil host"
    units: Mapping[str, str] = {
        "host_cpu_percent": "%",
        "host_memory_bytes": "By",
        "host_disk_read_bytes": "By",
        "host_disk_write_bytes": "By",
        "network_received_bytes": "By",
        "network_sent_bytes": "By",
    }

    def __init__(self) -> None:
        import psutil

        self._psutil = psutil
        self._base = self._counters()
        self._cpu = self._cpu_times()

    def read(self) -> Mapping[str, float]:
        """Return the usage now; processor use is 100 when all cores are busy."""
        values = {
            name: max(0.0, value - self._base.get(name, 0.0))
            for name, value in self._counters().items()
        }
        memory = self._psutil.virtual_memory()
        values["host_memory_bytes"] = float(memory.total - memory.available)
        busy, total = self._cpu_times()
        was_busy, was_total = self._cpu
        if total > was_total:
            share = (busy - was_busy) / (total - was_total)
            values["host_cpu_percent"] = min(100.0, max(0.0, 100.0 * share))
        self._cpu = busy, total
        return values

    def close(self) -> None:
        """Do nothing: the probe holds nothing."""

    def _cpu_times(self) -> tuple[float, float]:
        times = self._psutil.cpu_times()
        total = float(sum(times))
        # The time of guests is contained in that of users (proc(5)).
        total -= getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
        return total - times.idle - getattr(times, "iowait", 0.0), total

    def _counters(self) -> dict[str, float]:
        counters: dict[str, float] = {}
        try:
            disk = self._psutil.disk_io_counters(nowrap=False)
        except (RuntimeError, OSError):
            disk = None
        if disk is not None:
            counters["host_disk_read_bytes"] = float(disk.read_bytes)
            counters["host_disk_write_bytes"] = float(disk.write_bytes)
        try:
            cards = self._psutil.net_io_counters(pernic=True, nowrap=False)
        except OSError:
            return counters
        cards = {name: card for name, card in cards.items() if not name.startswith("lo")}
        counters["network_received_bytes"] = float(sum(c.bytes_recv for c in cards.values()))
        counters["network_sent_bytes"] = float(sum(c.bytes_sent for c in cards.values()))
        return counters


class EnergyProbe:
    """Energy of the processor packages and their memory, by RAPL counters under ``/sys``."""

    name = "RAPL"
    units: Mapping[str, str] = {"cpu_energy_joules": "J", "cpu_power_watts": "W"}

    def __init__(self, zones: Sequence[str]) -> None:
        self._zones = {zone: int(text(zone, "max_energy_range_uj").strip() or 0) for zone in zones}
        self._counters = {zone: self._microjoules(zone) for zone in zones}
        self._joules = 0.0
        self._at = monotonic()

    def read(self) -> Mapping[str, float]:
        """Return the energy since the probe was made and the power since the last reading."""
        spent = 0
        for zone, largest in self._zones.items():
            before, now = self._counters[zone], self._microjoules(zone)
            if before is not None and now is not None:
                spent += now - before if now >= before else now + largest - before
            self._counters[zone] = now
        at = monotonic()
        elapsed, self._at = at - self._at, at
        self._joules += spent / 1e6
        values = {"cpu_energy_joules": self._joules}
        if elapsed > 0:
            values["cpu_power_watts"] = spent / 1e6 / elapsed
        return values

    def close(self) -> None:
        """Do nothing: the counters belong to the kernel."""

    @staticmethod
    def _microjoules(zone: str) -> int | None:
        counter = text(zone, "energy_uj").strip()
        return int(counter) if counter.isdigit() else None


def energy_zones(root: str = "/") -> list[str]:
    """Return the folders of the RAPL zones that can be read and do not contain one another."""
    base = os.path.join(root, "sys/class/powercap")
    try:
        names = sorted(os.listdir(base))
    except OSError:
        return []
    zones = []
    for name in names:
        zone = os.path.join(base, name)
        kind = text(zone, "name").strip()
        # A package contains its cores and its graphics, but not its memory.
        if kind.startswith(("package", "dram")) and text(zone, "energy_uj").strip().isdigit():
            zones.append(zone)
    return zones


class GpuProbe:
    """Use, memory, power, energy and temperature of GPUs, by NVML.

    With one GPU a quantity is ``gpu_power_watts``; with several that name stands for all together
    (the sum; the mean of use, the maximum of temperature), and ``gpu0_power_watts`` for the first.
    """

    name = "NVML"
    _UNITS: Mapping[str, str] = {
        "utilisation_percent": "%",
        "memory_bytes": "By",
        "power_watts": "W",
        "energy_joules": "J",
        "temperature_celsius": "Cel",
    }

    def __init__(self, nvml: Any, devices: Sequence[Device]) -> None:
        self._nvml = nvml
        self._devices = tuple(devices)
        self._energy = [0.0] * len(self._devices)
        self._meters = [self._meter(device) for device in self._devices]
        self._at = monotonic()
        prefixes = ["gpu"]
        if len(self._devices) > 1:
            prefixes += [f"gpu{index}" for index in range(len(self._devices))]
        self.units: Mapping[str, str] = {
            f"{prefix}_{name}": unit for prefix in prefixes for name, unit in self._UNITS.items()
        }

    def read(self) -> Mapping[str, float]:
        """Return what each GPU and all of them together use."""
        now = monotonic()
        elapsed, self._at = now - self._at, now
        each = [self._usage(index, elapsed) for index in range(len(self._devices))]
        values = _together(each)
        if len(each) > 1:
            for index, usage in enumerate(each):
                values |= {f"gpu{index}_{name}": value for name, value in usage.items()}
        return values

    def close(self) -> None:
        """Do nothing: NVML stays started as long as the process uses it."""

    def _meter(self, device: Device) -> float | None:
        """Return the energy counter of a device in joules, where it has one (from Volta on)."""
        millijoules = ask(self._nvml, "nvmlDeviceGetTotalEnergyConsumption", device.handle)
        return None if millijoules is None else millijoules / 1e3

    def _usage(self, index: int, elapsed: float) -> dict[str, float]:
        handle, nvml = self._devices[index].handle, self._nvml
        usage: dict[str, float] = {}
        rates = ask(nvml, "nvmlDeviceGetUtilizationRates", handle)
        if rates is not None:
            usage["utilisation_percent"] = float(rates.gpu)
        memory = ask(nvml, "nvmlDeviceGetMemoryInfo", handle)
        if memory is not None:
            usage["memory_bytes"] = float(memory.used)
        power = ask(nvml, "nvmlDeviceGetPowerUsage", handle)
        if power is not None:
            usage["power_watts"] = power / 1e3
        sensor = getattr(nvml, "NVML_TEMPERATURE_GPU", 0)
        temperature = ask(nvml, "nvmlDeviceGetTemperature", handle, sensor)
        if temperature is not None:
            usage["temperature_celsius"] = float(temperature)
        energy = self._spent(index, usage.get("power_watts"), elapsed)
        if energy is not None:
            usage["energy_joules"] = energy
        return usage

    def _spent(self, index: int, watts: float | None, elapsed: float) -> float | None:
        """Return the joules of a device so far: by its counter, else power times time."""
        counter, before = self._meter(self._devices[index]), self._meters[index]
        if counter is not None and before is not None:
            self._energy[index] += max(0.0, counter - before)
            self._meters[index] = counter
        elif watts is not None:
            self._energy[index] += watts * elapsed
        else:
            return None
        return self._energy[index]


def _together(each: Sequence[Mapping[str, float]]) -> dict[str, float]:
    values: dict[str, float] = {}
    for name in GpuProbe._UNITS:
        found = [usage[name] for usage in each if name in usage]
        if not found:
            continue
        if name == "utilisation_percent":
            values[f"gpu_{name}"] = sum(found) / len(found)
        else:
            values[f"gpu_{name}"] = max(found) if name == "temperature_celsius" else sum(found)
    return values


def probes(
    pid: int, *, root: str = "/", nvml: Any | None = None, devices: Sequence[Device] = ()
) -> list[Probe]:
    """Return the probes that this host has, for the process ``pid`` and its descendants.

    Parameters
    ----------
    pid:
        The process to observe.
    root:
        Where ``/sys`` is.
    nvml, devices:
        The started NVML module, and the GPUs that the process may use.
    """
    found: list[Probe] = [ProcessProbe(pid), HostProbe()]
    zones = energy_zones(root)
    if zones:
        found.append(EnergyProbe(zones))
    if nvml is not None and devices:
        found.append(GpuProbe(nvml, devices))
    return found
