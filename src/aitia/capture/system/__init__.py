"""Adapters of the system layer: hosts, processors, accelerators, allocations, telemetry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aitia.capture.identity import Identity, Pseudonyms
    from aitia.capture.system.gpu import GpuAdapter
    from aitia.records.ports import Adapter, Probe


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

        self.node = Node(pseudonyms, identity, root=root)
        self.gpu: GpuAdapter = GpuAdapter(self.node, nvml)
        self.adapters: tuple[Adapter, ...] = (
            HostAdapter(self.node, places(directory)),
            self.gpu,
            AllocationAdapter(self.node, self.gpu),
        )

    def probes(self, pid: int) -> list[Probe]:
        """Return the telemetry probes for the process ``pid`` and its descendants."""
        from aitia.capture.system.telemetry import probes

        gpu = self.gpu
        return probes(pid, root=self.node.root, nvml=gpu.nvml, devices=gpu.devices.found)
