"""The GPUs that this process may use, by NVML.

``pynvml`` (the package nvidia-ml-py) is loaded only where a driver is, and every call may fail on
its own: a device that a control group hides, a card without a power meter.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from aitia.capture.system.host import Node
from aitia.records.ports import Scope
from aitia.records.prov import Entity, Used
from aitia.records.values import Ref, Value
from aitia.vocabulary.terms import AITIA

_DRIVER_FILES = ("dev/nvidiactl", "dev/dxg", "proc/driver/nvidia/version")


class Device(NamedTuple):
    """One GPU, or one slice of one; ``memory`` is in bytes, ``parent`` the card of a slice."""

    handle: Any
    uuid: str
    model: str
    memory: int | None
    parent: Any = None

    @property
    def card(self) -> Any:
        """The handle of the whole card, which has the meters of power and heat."""
        return self.handle if self.parent is None else self.parent


class Devices(NamedTuple):
    """The GPUs that this process may use, and what could not be seen of them."""

    found: tuple[Device, ...] = ()
    driver: str = ""
    notes: tuple[str, ...] = ()


def load(root: str = "/") -> Any | None:
    """Return the started ``pynvml`` module, or None when this host has no NVIDIA driver."""
    present = any(os.path.exists(os.path.join(root, path)) for path in _DRIVER_FILES)
    if not present and sys.platform != "win32":
        return None
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    return pynvml


def visible(nvml: Any | None, environ: Mapping[str, str] | None = None) -> Devices:
    """Return the GPUs that CUDA would show this process.

    ``CUDA_VISIBLE_DEVICES`` holds indices, UUIDs or the beginnings of UUIDs; what stands after
    the first entry that names no device is ignored, as CUDA does.
    """
    if nvml is None:
        return Devices(notes=("no NVIDIA driver answers on this host",))
    env = os.environ if environ is None else environ
    every, notes = _every(nvml)
    if not every and notes:
        return Devices(notes=tuple(notes))
    chosen = env.get("CUDA_VISIBLE_DEVICES")
    found = [device for device in every if device is not None]
    if chosen is not None:
        found, more = _chosen(nvml, every, chosen.split(","))
        notes += more
        by_index = any(entry.strip().isdigit() for entry in chosen.split(","))
        mixed = len({device.model for device in every if device is not None}) > 1
        if by_index and mixed and env.get("CUDA_DEVICE_ORDER") != "PCI_BUS_ID":
            notes.append(
                "GPUs of different models are chosen by index, which CUDA counts from the fastest "
                "and NVML by bus; set CUDA_DEVICE_ORDER=PCI_BUS_ID to be sure which ones ran"
            )
    found, more = _sliced(nvml, found)
    notes += more
    if not found:
        notes.append("no GPU is visible to this process")
    driver = ask(nvml, "nvmlSystemGetDriverVersion") or ""
    return Devices(tuple(found), _decoded(driver), tuple(notes))


def _every(nvml: Any) -> tuple[list[Device | None], list[str]]:
    """Return the devices of the host by index, with None where one may not be seen."""
    count = ask(nvml, "nvmlDeviceGetCount")
    if count is None:
        return [], ["the NVIDIA driver does not tell how many GPUs there are"]
    devices: list[Device | None] = []
    for index in range(count):
        handle = ask(nvml, "nvmlDeviceGetHandleByIndex", index)
        devices.append(None if handle is None else _device(nvml, handle))
    hidden = devices.count(None)
    return devices, [f"{hidden} of {count} GPUs may not be seen by this process"] if hidden else []


def _sliced(nvml: Any, found: list[Device]) -> tuple[list[Device], list[str]]:
    """Return the devices with each partitioned card replaced by what CUDA uses of it.

    A process can use one slice only: the first of those that it may see.
    """
    whole = [device for device in found if device.parent is None]
    if not any(_is_partitioned(nvml, device) for device in whole):
        return found[:1] if found and found[0].parent is not None else found, []
    for device in found:
        if device.parent is not None:
            return [device], []
        if _is_partitioned(nvml, device):
            slices = list(_slices(nvml, device))
            if slices:
                text = "the GPU is partitioned (MIG): CUDA uses one slice of it, the first"
                return slices[:1], [text]
    return [d for d in whole if not _is_partitioned(nvml, d)], ["a partitioned GPU has no slice"]


def _is_partitioned(nvml: Any, device: Device) -> bool:
    mode = ask(nvml, "nvmlDeviceGetMigMode", device.handle)
    return mode is not None and mode[0] == 1


def _slices(nvml: Any, device: Device) -> Iterator[Device]:
    for index in range(ask(nvml, "nvmlDeviceGetMaxMigDeviceCount", device.handle) or 0):
        handle = ask(nvml, "nvmlDeviceGetMigDeviceHandleByIndex", device.handle, index)
        if handle is not None:
            yield _device(nvml, handle)._replace(parent=device.handle)


def _chosen(
    nvml: Any, every: list[Device | None], entries: list[str]
) -> tuple[list[Device], list[str]]:
    found: list[Device] = []
    for entry in (entry.strip() for entry in entries):
        device = _by_entry(nvml, every, entry)
        if device is None:
            wanted = entry not in ("", "-1", "none", "void", "NoDevFiles")
            return found, (
                [f"CUDA_VISIBLE_DEVICES names {_shown(entry)}, which is no GPU here"]
                if wanted
                else []
            )
        found.append(device)
    return found, []


def _by_entry(nvml: Any, every: list[Device | None], entry: str) -> Device | None:
    if entry.isdigit():
        return every[int(entry)] if int(entry) < len(every) else None
    if entry.startswith("MIG-"):
        handle = ask(nvml, "nvmlDeviceGetHandleByUUID", entry)
        if handle is None:
            return None
        parent = ask(nvml, "nvmlDeviceGetDeviceHandleFromMigDeviceHandle", handle)
        return _device(nvml, handle)._replace(parent=parent)
    if not entry.startswith("GPU-"):
        return None
    matches = [device for device in every if device is not None and device.uuid.startswith(entry)]
    return matches[0] if len(matches) == 1 else None


def _shown(entry: str) -> str:
    """Return an entry without the identity of a device."""
    kind = entry.partition("-")[0]
    return f"a {kind} by its UUID" if kind in ("GPU", "MIG") else repr(entry[:20])


def _device(nvml: Any, handle: Any) -> Device:
    memory = ask(nvml, "nvmlDeviceGetMemoryInfo", handle)
    return Device(
        handle,
        _decoded(ask(nvml, "nvmlDeviceGetUUID", handle) or ""),
        _decoded(ask(nvml, "nvmlDeviceGetName", handle) or "unknown GPU"),
        None if memory is None else int(memory.total),
    )


def ask(nvml: Any, name: str, *arguments: Any) -> Any:
    """Return what an NVML function answers, or None when it fails or these bindings lack it."""
    function = getattr(nvml, name, None)
    if function is None:
        return None
    try:
        return function(*arguments)
    except nvml.NVMLError:
        return None


def _decoded(name: str | bytes) -> str:
    # Bindings before 12.535 answer in bytes.
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name


class GpuAdapter:
    """Records the GPUs that a run may use.

    Parameters
    ----------
    node:
        This host, which they are part of.
    nvml:
        A module with the functions of ``pynvml``; when not given, it is loaded if there is a
        driver.
    """

    name = "gpu"

    def __init__(self, node: Node, nvml: Any | None = None) -> None:
        self.node = node
        self._given = nvml

    @cached_property
    def nvml(self) -> Any | None:
        """The started NVML module, None where there is no driver."""
        return load(self.node.root) if self._given is None else self._given

    @cached_property
    def devices(self) -> Devices:
        """The GPUs that this process may use."""
        return visible(self.nvml)

    def iri(self, device: Device) -> str:
        """Return the IRI of a device, in the state that its driver gives it."""
        facts = (device.model, device.memory, self.devices.driver)
        return self.node.pseudonyms.iri("gpu-state", device.uuid, *facts)

    def start(self, scope: Scope) -> None:
        """Record the GPUs; what could not be seen of them, unless a run around this one did."""
        for device in self.devices.found:
            scope.emit(self._entity(device))
            scope.emit(Used("", self.iri(device), relation=AITIA.ranOn))
        if not scope.nested:
            for note in self.devices.notes:
                scope.note("gpu", note)

    def stop(self, scope: Scope) -> None:
        """Do nothing: the devices stay what they are during a run."""

    def _entity(self, device: Device) -> Entity:
        iri = self.iri(device)
        attributes: dict[str, Value | list[Value]] = {
            AITIA.componentOf: Ref(self.node.iri),
            AITIA.modelName: device.model,
            AITIA.serialOrUuid: self.node.pseudonyms.code("gpu", device.uuid),
        }
        if self.devices.driver:
            attributes[AITIA.driverVersion] = self.devices.driver
        if device.memory is not None:
            attributes[AITIA.memoryBytes] = device.memory
        return Entity(iri, AITIA.GPU, device.model, attributes=attributes)
