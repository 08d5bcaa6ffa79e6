"""Adapters of the system layer: hosts, processors, accelerators, allocations, telemetry."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aitia.capture.identity import Identity, Pseudonyms
    from aitia.capture.system.gpu import GpuAdapter
    from aitia.capture.system.telemetry import ProcessProbe
    from aitia.records.ports import Adapter, Probe

    Make = Callable[[], list[Probe]]


class System:
    """The adapters of this layer and the probes of this host, for one process.

    They share what they read, so one ``System`` serves all runs of a process.

    Parameters
    ----------
    directory:
        Where the records of the project lie.
    pseudonyms, identity:
        What hosts and users are called.
    root:
        Where ``/proc`` and its like are.
    nvml:
        A module with the functions of ``pynvml``, in place of the one that is found.
    """

    def __init__(
        self,
        directory: str,
        pseudonyms: Pseudonyms,
        identity: Identity,
        *,
        root: str = "/",
        nvml: Any | None = None,
    ) -> None:
        from aitia.capture.system.allocation import AllocationAdapter
        from aitia.capture.system.gpu import GpuAdapter
        from aitia.capture.system.host import HostAdapter, Node, places

        self._directory = directory
        self.node = Node(pseudonyms, identity, root=root)
        self.gpu: GpuAdapter = GpuAdapter(self.node, nvml)
        self.adapters: tuple[Adapter, ...] = (
            HostAdapter(self.node, places(directory)),
            self.gpu,
            AllocationAdapter(self.node, self.gpu),
        )

    def services(
        self, pid: int, core_watts: float = 0.0, grid_intensity: float = 0.0
    ) -> Mapping[str, Make]:
        """Return what makes the probes of each service of telemetry, by its name.

        Parameters
        ----------
        pid:
            The process that is observed with its descendants.
        core_watts:
            What a busy core is taken to draw where no energy counter can be read; 0: no estimate.
        grid_intensity:
            Grams of CO2 equivalent for a kilowatt-hour; 0: not known.
        """
        tree = _Tree(pid)
        return {
            "host": lambda: self._host(tree),
            "accelerator": lambda: self._accelerator(tree),
            "energy": lambda: self._energy(tree, core_watts, grid_intensity),
            "storage": lambda: self._storage(),
        }

    def _host(self, tree: _Tree) -> list[Probe]:
        from aitia.capture.system.telemetry import HostProbe

        return [tree.probe, HostProbe(self.node.root, self.node.iri)]

    def _accelerator(self, tree: _Tree) -> list[Probe]:
        from aitia.capture.system.accelerator import GpuProbe

        gpu = self.gpu
        devices = gpu.devices.found
        if gpu.nvml is None or not devices:
            return []
        iris = [gpu.iri(device) for device in devices]
        return [GpuProbe(gpu.nvml, devices, iris=iris, pids=lambda: tree.probe.pids())]

    def _energy(self, tree: _Tree, watts: float, grams: float) -> list[Probe]:
        from aitia.capture.system import energy

        found: list[Probe] = []
        zones = energy.energy_zones(self.node.root)
        if zones:
            found.append(energy.EnergyProbe(zones))
        elif watts > 0:
            found.append(energy.EstimateProbe(lambda: tree.probe.seconds(), watts))
        if grams > 0:
            site = self.node.pseudonyms.iri("site", *self.node.identity.node_key, f"{grams:g}")
            found.append(energy.GridProbe(grams, self.node.iri, site))
        return found

    def _storage(self) -> list[Probe]:
        from aitia.capture.system.space import StorageProbe

        return [StorageProbe(self._directory, self.node.root)]


class _Tree:
    """The process tree of a run, for the services that ask about it."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    @cached_property
    def probe(self) -> ProcessProbe:
        """What reads it."""
        from aitia.capture.system.telemetry import ProcessProbe

        return ProcessProbe(self._pid)
