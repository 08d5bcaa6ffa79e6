"""What the GPUs of a process use, by NVML. Units are UCUM codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any

from aitia.capture.system.gpu import Device, ask
from aitia.records.ports import Telling

_REASONS = (
    (0x20 | 0x40, "thermal"),
    (0x04 | 0x80, "power"),
    (0x08, "other"),
)
"""Bits of the reasons why clocks are low (nvml.h); an idle GPU or clocks set low are no fault."""


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
        "process_memory_bytes": "By",
    }

    def __init__(
        self,
        nvml: Any,
        devices: Sequence[Device],
        *,
        iris: Sequence[str] = (),
        pids: Callable[[], set[int]] = set,
    ) -> None:
        self._nvml = nvml
        driver = ask(nvml, "nvmlSystemGetDriverVersion") or ""
        self.version = f"NVIDIA driver {driver}" if driver else ""
        self._iris = tuple(iris)
        self._pids = pids
        self._lost: set[int] = set()
        self._answered: set[int] = set()
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
        for index, usage in enumerate(each):
            if usage:
                self._answered.add(index)
            elif index in self._answered:
                self._lost.add(index)
        values = _together(each)
        if len(each) > 1:
            for index, usage in enumerate(each):
                values |= {f"gpu{index}_{name}": value for name, value in usage.items()}
        return values

    def tell(self, telling: Telling) -> None:
        """Say which devices were lost, which are slices, and which are held back."""
        for index in self._lost:
            telling.remark("gpu", f"GPU {index} of this process no longer answers")
        for index, device in enumerate(self._devices):
            if device.parent is not None:
                text = f"GPU {index} is a slice: its power, energy and heat are of the whole card"
                telling.remark("gpu", text)
            if index < len(self._iris):
                telling.throttled(self._iris[index], self._held_back(device))

    def close(self) -> None:
        """Do nothing: NVML stays started as long as the process uses it."""

    def _meter(self, device: Device) -> float | None:
        """Return the energy counter of a device in joules, where it has one (from Volta on)."""
        millijoules = ask(self._nvml, "nvmlDeviceGetTotalEnergyConsumption", device.card)
        return None if millijoules is None else millijoules / 1e3

    def _held_back(self, device: Device) -> str | None:
        """Return why a device runs slower than it could, None when it does not or cannot tell."""
        for name in ("EventReasons", "ThrottleReasons"):
            mask = ask(self._nvml, f"nvmlDeviceGetCurrentClocks{name}", device.card)
            if mask is not None:
                return next((reason for bits, reason in _REASONS if mask & bits), None)
        return None

    def _own_memory(self, handle: Any) -> float | None:
        """Return the memory of this process and its descendants, where the driver tells it."""
        running = ask(self._nvml, "nvmlDeviceGetComputeRunningProcesses", handle)
        if running is None:
            return None
        own = self._pids()
        # In a container the driver may count processes as the host does: then none is known.
        known = [one.usedGpuMemory for one in running if one.pid in own]
        if any(used is None for used in known) or (running and not known):
            return None
        return float(sum(known))

    def _usage(self, index: int, elapsed: float) -> dict[str, float]:
        device, nvml = self._devices[index], self._nvml
        handle, card = device.handle, device.card
        usage: dict[str, float] = {}
        rates = ask(nvml, "nvmlDeviceGetUtilizationRates", handle)
        if rates is not None:
            usage["utilisation_percent"] = float(rates.gpu)
        memory = ask(nvml, "nvmlDeviceGetMemoryInfo", handle)
        if memory is not None:
            usage["memory_bytes"] = float(memory.used)
        own = self._own_memory(handle)
        if own is not None:
            usage["process_memory_bytes"] = own
        power = ask(nvml, "nvmlDeviceGetPowerUsage", card)
        if power is not None:
            usage["power_watts"] = power / 1e3
        sensor = getattr(nvml, "NVML_TEMPERATURE_GPU", 0)
        temperature = ask(nvml, "nvmlDeviceGetTemperature", card, sensor)
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
