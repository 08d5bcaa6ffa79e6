# The functions have the names of the library that they stand for.
# ruff: noqa: N802
"""A fake of NVIDIA's management library, for machines without a GPU.

``FakeNvml`` has the functions of ``pynvml`` that Aitia calls, over devices that a test describes::

    nvml = FakeNvml([FakeGpu("NVIDIA A100-SXM4-80GB", power_watts=250.0)])
    System(directory, pseudonyms, identity, nvml=nvml)

A call can be made to fail as it does on real machines: everywhere with ``failing``, or on one
device with ``FakeGpu(failing=...)``, where ``"handle"`` hides the device as a control group does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from aitia.errors import CaptureError

GIB = 1 << 30


class NVMLError(CaptureError):
    """What a failing call raises; its name is that of the real one."""

    def __init__(self, function: str) -> None:
        super().__init__(f"{function}: Not Supported")


class Memory(NamedTuple):
    """Memory of a device, in bytes."""

    total: int
    free: int
    used: int


class Running(NamedTuple):
    """A process on a device; its memory is None where the user may not know it."""

    pid: int
    usedGpuMemory: int | None  # noqa: N815


class Rates(NamedTuple):
    """Busy share of the processors and of the memory bus, in percent."""

    gpu: int
    memory: int


@dataclass
class FakeGpu:
    """One device, in the state that the test wants; the state may be changed while it runs.

    ``energy_joules`` is the reading of the energy counter since the driver was loaded, and None
    for a card that has no such counter. ``throttle_reasons`` are the bits of nvml.h, ``processes``
    maps process ids to the memory that they hold. A card with ``slices`` is partitioned (MIG); a
    slice has no meters of its own. A ``lost`` device fails every call, as one off the bus does.
    """

    name: str = "NVIDIA H100 80GB HBM3"
    uuid: str = ""
    memory_bytes: int = 80 * GIB
    used_bytes: int = 0
    utilisation_percent: int = 0
    power_watts: float = 70.0
    energy_joules: float | None = 0.0
    temperature_celsius: int = 30
    failing: Collection[str] = field(default_factory=frozenset)
    throttle_reasons: int = 0
    processes: dict[int, int | None] = field(default_factory=dict)
    slices: Sequence[FakeGpu] = ()
    lost: bool = False
    parent: FakeGpu | None = field(default=None, repr=False)


_OF_CARDS = frozenset(
    {
        "nvmlDeviceGetUtilizationRates",
        "nvmlDeviceGetPowerUsage",
        "nvmlDeviceGetTotalEnergyConsumption",
        "nvmlDeviceGetTemperature",
        "nvmlDeviceGetCurrentClocksThrottleReasons",
        "nvmlDeviceGetMigMode",
    }
)
"""What a slice does not answer."""


class FakeNvml:
    """Stands for the module ``pynvml`` after ``nvmlInit``.

    Parameters
    ----------
    gpus:
        The devices in the order of their bus; one without a UUID gets one by its index.
    driver:
        Version of the driver.
    failing:
        Names of functions that fail on every call.
    """

    NVMLError = NVMLError
    NVML_TEMPERATURE_GPU = 0

    def __init__(
        self,
        gpus: Sequence[FakeGpu] = (),
        *,
        driver: str = "550.54.15",
        failing: Collection[str] = (),
    ) -> None:
        self.gpus = list(gpus)
        self.driver = driver
        self.failing = set(failing)
        for index, gpu in enumerate(self.gpus):
            gpu.uuid = gpu.uuid or f"GPU-{UUID(int=(index + 1) << 96 | 0xFACE)}"
            for number, part in enumerate(gpu.slices):
                part.parent = gpu
                serial = (index + 1) << 96 | (number + 1) << 32 | 0xFACE
                part.uuid = part.uuid or f"MIG-{UUID(int=serial)}"

    def _check(self, function: str, gpu: FakeGpu | None = None) -> None:
        if function in self.failing or (gpu is not None and function in gpu.failing):
            raise NVMLError(function)
        if gpu is not None and (gpu.lost or (gpu.parent is not None and gpu.parent.lost)):
            raise NVMLError(function)
        if gpu is not None and gpu.parent is not None and function in _OF_CARDS:
            raise NVMLError(function)

    def nvmlInit(self) -> None:
        """Start the library."""
        self._check("nvmlInit")

    def nvmlShutdown(self) -> None:
        """Stop the library."""
        self._check("nvmlShutdown")

    def nvmlSystemGetDriverVersion(self) -> str:
        """Return the version of the driver."""
        self._check("nvmlSystemGetDriverVersion")
        return self.driver

    def nvmlDeviceGetCount(self) -> int:
        """Return how many devices there are, hidden ones too."""
        self._check("nvmlDeviceGetCount")
        return len(self.gpus)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> FakeGpu:
        """Return a device by its place on the bus."""
        if index >= len(self.gpus):
            raise NVMLError("nvmlDeviceGetHandleByIndex")
        self._check("nvmlDeviceGetHandleByIndex")
        self._check("handle", self.gpus[index])
        return self.gpus[index]

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> FakeGpu:
        """Return a device, or a slice of one, by its whole UUID."""
        self._check("nvmlDeviceGetHandleByUUID")
        for gpu in self.gpus:
            for device in (gpu, *gpu.slices):
                if device.uuid == uuid:
                    return device
        raise NVMLError("nvmlDeviceGetHandleByUUID")

    def nvmlDeviceGetName(self, handle: FakeGpu) -> str:
        """Return the model of a device."""
        self._check("nvmlDeviceGetName", handle)
        return handle.name

    def nvmlDeviceGetUUID(self, handle: FakeGpu) -> str:
        """Return the UUID of a device."""
        self._check("nvmlDeviceGetUUID", handle)
        return handle.uuid

    def nvmlDeviceGetMemoryInfo(self, handle: FakeGpu) -> Memory:
        """Return the memory of a device."""
        self._check("nvmlDeviceGetMemoryInfo", handle)
        return Memory(
            handle.memory_bytes, handle.memory_bytes - handle.used_bytes, handle.used_bytes
        )

    def nvmlDeviceGetUtilizationRates(self, handle: FakeGpu) -> Rates:
        """Return how busy a device is."""
        self._check("nvmlDeviceGetUtilizationRates", handle)
        return Rates(handle.utilisation_percent, 0)

    def nvmlDeviceGetPowerUsage(self, handle: FakeGpu) -> int:
        """Return the power that a device draws, in milliwatts."""
        self._check("nvmlDeviceGetPowerUsage", handle)
        return round(handle.power_watts * 1e3)

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: FakeGpu) -> int:
        """Return the energy counter of a device, in millijoules."""
        self._check("nvmlDeviceGetTotalEnergyConsumption", handle)
        if handle.energy_joules is None:
            raise NVMLError("nvmlDeviceGetTotalEnergyConsumption")
        return round(handle.energy_joules * 1e3)

    def nvmlDeviceGetTemperature(self, handle: FakeGpu, sensor: int) -> int:
        """Return the temperature of a device, in degrees Celsius."""
        self._check("nvmlDeviceGetTemperature", handle)
        if sensor != self.NVML_TEMPERATURE_GPU:
            raise NVMLError("nvmlDeviceGetTemperature")
        return handle.temperature_celsius

    def nvmlDeviceGetCurrentClocksThrottleReasons(self, handle: FakeGpu) -> int:
        """Return the bits of the reasons why a device is slower than it could be."""
        self._check("nvmlDeviceGetCurrentClocksThrottleReasons", handle)
        return handle.throttle_reasons

    def nvmlDeviceGetComputeRunningProcesses(self, handle: FakeGpu) -> list[Running]:
        """Return the processes on a device."""
        self._check("nvmlDeviceGetComputeRunningProcesses", handle)
        return [Running(pid, used) for pid, used in handle.processes.items()]

    def nvmlDeviceGetMigMode(self, handle: FakeGpu) -> tuple[int, int]:
        """Return whether a card is partitioned now, and will be."""
        self._check("nvmlDeviceGetMigMode", handle)
        return (1, 1) if handle.slices else (0, 0)

    def nvmlDeviceGetMaxMigDeviceCount(self, handle: FakeGpu) -> int:
        """Return how many slices a card can have."""
        self._check("nvmlDeviceGetMaxMigDeviceCount", handle)
        return 7

    def nvmlDeviceGetMigDeviceHandleByIndex(self, handle: FakeGpu, index: int) -> FakeGpu:
        """Return a slice of a card."""
        self._check("nvmlDeviceGetMigDeviceHandleByIndex", handle)
        if index >= len(handle.slices):
            raise NVMLError("nvmlDeviceGetMigDeviceHandleByIndex")
        return handle.slices[index]

    def nvmlDeviceGetDeviceHandleFromMigDeviceHandle(self, handle: FakeGpu) -> FakeGpu:
        """Return the card of a slice."""
        self._check("nvmlDeviceGetDeviceHandleFromMigDeviceHandle", handle)
        if handle.parent is None:
            raise NVMLError("nvmlDeviceGetDeviceHandleFromMigDeviceHandle")
        return handle.parent
