"""Software sensors: what a process tree and its host use.

Each is a ``records.ports.Probe``: it only reads, in the thread of the sampler, and leaves out what
it cannot read. Quantities that grow (bytes, joules, seconds) count from the making of the probe.
Units are UCUM codes.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from time import monotonic

from aitia.capture.system import tree
from aitia.capture.system.machine import text
from aitia.records.ports import Telling
from aitia.records.prov import Entity
from aitia.records.values import Ref, Value
from aitia.vocabulary.terms import AITIA

SCAN_SHARE = 0.003
"""Largest share of one processor spent on looking for child processes."""

MAX_PROCESSES = 256
"""Most processes of a tree that are read; of more, the nearest to its root are."""

FRESH = 0.2
"""Seconds for which a reading of the tree serves another service too."""


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
        self.version = f"psutil {psutil.__version__}"
        self._root = psutil.Process(pid)
        self._pid = pid
        self._left_out = False
        self._read: dict[str, float] = {}
        self._read_at = -FRESH
        # A command that was launched is observed from its start, to its end.
        self._is_child = pid != os.getpid()
        self._waited = _waited_for()
        self._children: list[int] = []
        self._scan_at = 0.0
        self._last: tuple[float, float] | None = None
        self._base = self._totals()

    def read(self) -> Mapping[str, float]:
        """Return the usage now, empty when the process is gone."""
        totals = self._read = self._totals()
        self._read_at = monotonic()
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

    def tell(self, telling: Telling) -> None:
        """Say that the tree has too many processes to read them all."""
        if self._left_out:
            text = f"only {MAX_PROCESSES} processes of a tree are read; there were more"
            telling.remark("processes", text)

    def seconds(self) -> float | None:
        """Return the processor time of the tree since the run began; None when it is gone."""
        fresh = monotonic() - self._read_at < FRESH
        spent = (self._read if fresh else self._totals()).get("cpu_seconds")
        if not self._is_child:
            return None if spent is None else spent - self._base.get("cpu_seconds", 0.0)
        if spent is None:
            # It ended and was waited for: the kernel has credited this process with it.
            spent = _waited_for() - self._waited
        return spent

    def pids(self) -> set[int]:
        """Return the ids of the processes of the tree, as last looked for."""
        return {self._pid, *self._children}

    def close(self) -> None:
        """Forget the processes."""
        self._children = []

    def _processes(self) -> list[int]:
        """Return the process and its descendants, looked for only as often as that is cheap."""
        began = monotonic()
        if began >= self._scan_at:
            found = tree.descendants(self._pid, MAX_PROCESSES - 1) if _HAS_PROC else None
            self._children, self._left_out = self._search() if found is None else found
            ended = monotonic()
            self._scan_at = ended + (ended - began) / SCAN_SHARE
        return [self._pid, *self._children]

    def _search(self) -> tuple[list[int], bool]:
        """Look for descendants among all processes."""
        try:
            found = [process.pid for process in self._root.children(recursive=True)]
        except self._psutil.Error:
            return [], False
        return found[: MAX_PROCESSES - 1], len(found) >= MAX_PROCESSES

    def _totals(self) -> dict[str, float]:
        totals: dict[str, float] = {}
        for pid in self._processes():
            for name, value in self._usage(pid).items():
                totals[name] = totals.get(name, 0.0) + value
        return totals

    def _usage(self, pid: int) -> dict[str, float]:
        if _HAS_PROC:
            return tree.usage(pid)
        usage: dict[str, float] = {}
        try:
            process = self._psutil.Process(pid)
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


def _waited_for() -> float:
    """Return the processor time of the ended children of this process."""
    times = os.times()
    return times.children_user + times.children_system


_HAS_PROC = platform.system() == "Linux"


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
        "host_load": "1",
        "host_context_switches": "1",
    }

    def __init__(self, root: str = "/", node: str = "") -> None:
        import psutil

        self._psutil = psutil
        self.version = f"psutil {psutil.__version__}"
        self._root = root
        self._node = node
        self._cards: set[str] = set()
        self._told: set[str] = set()
        self._throttles = _throttle_counters(root) if node else []
        self._throttled = self._throttle_count()
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
        if hasattr(os, "getloadavg"):
            values["host_load"] = os.getloadavg()[0]
        return values

    def tell(self, telling: Telling) -> None:
        """Describe the network interfaces that carried anything, and say what was throttled."""
        if not self._node:
            return
        for card in sorted(self._cards - self._told):
            self._told.add(card)
            telling.describe(self._interface(card))
        count = self._throttle_count()
        held, self._throttled = count > self._throttled, count
        telling.throttled(self._node, "thermal" if held else None)

    def close(self) -> None:
        """Do nothing: the probe holds nothing."""

    def _interface(self, card: str) -> Entity:
        attributes: dict[str, Value | list[Value]] = {AITIA.componentOf: Ref(self._node)}
        speed = text(self._root, f"sys/class/net/{card}/speed").strip()
        # Megabits per second; -1 where the driver does not know.
        if speed.isdigit() and int(speed) > 0:
            attributes[AITIA.linkSpeedBitsPerSecond] = int(speed) * 1_000_000
        iri = f"{self._node}#network-{len(self._told)}"
        return Entity(iri, AITIA.NetworkInterface, card, attributes=attributes)

    def _throttle_count(self) -> int:
        counts = [text(path, "package_throttle_count").strip() for path in self._throttles]
        return sum(int(count) for count in counts if count.isdigit())

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
        counters |= self._switches()
        try:
            cards = self._psutil.net_io_counters(pernic=True, nowrap=False)
        except OSError:
            return counters
        cards = {name: card for name, card in cards.items() if not name.startswith("lo")}
        self._cards |= {name for name, card in cards.items() if card.bytes_recv + card.bytes_sent}
        counters["network_received_bytes"] = float(sum(c.bytes_recv for c in cards.values()))
        counters["network_sent_bytes"] = float(sum(c.bytes_sent for c in cards.values()))
        return counters

    def _switches(self) -> dict[str, float]:
        if not _HAS_PROC:
            return {"host_context_switches": float(self._psutil.cpu_stats().ctx_switches)}
        # The line of interrupts before it is long, which psutil reads twice.
        _, found, rest = text(self._root, "proc/stat", 1 << 20).partition("\nctxt ")
        return {"host_context_switches": float(rest.split(maxsplit=1)[0])} if found else {}


def _throttle_counters(root: str) -> list[str]:
    """Return, for each processor package, the folder with its counter of throttling."""
    base = os.path.join(root, "sys/devices/system/cpu")
    packages: dict[str, str] = {}
    try:
        names = sorted(os.listdir(base))
    except OSError:
        return []
    for name in names:
        folder = os.path.join(base, name, "thermal_throttle")
        if os.path.isdir(folder):
            package = text(base, f"{name}/topology/physical_package_id").strip()
            packages.setdefault(package, folder)
    return list(packages.values())
