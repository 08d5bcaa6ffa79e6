"""What this host is made of, read from ``/proc``, ``/sys`` and ``/etc`` or, elsewhere, the OS."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple

_MODEL_FIELDS = ("model name", "Model", "cpu model", "Hardware", "cpu")
_MAX_CPUS = 4096

# Part numbers of the Main ID Register, which is all that an ARM kernel shows of the model.
_ARM_PARTS = {
    ("0x41", "0xd03"): "ARM Cortex-A53",
    ("0x41", "0xd08"): "ARM Cortex-A72",
    ("0x41", "0xd0b"): "ARM Cortex-A76",
    ("0x41", "0xd0c"): "ARM Neoverse-N1",
    ("0x41", "0xd40"): "ARM Neoverse-V1",
    ("0x41", "0xd49"): "ARM Neoverse-N2",
    ("0x41", "0xd4f"): "ARM Neoverse-V2",
    ("0x46", "0x001"): "Fujitsu A64FX",
}


class Machine(NamedTuple):
    """The facts about a host that do not change while it is up.

    ``cores`` counts logical processors; ``usable_cores`` those that this process may use, by its
    affinity and the quota of its control group; ``memory`` is in bytes, as is ``memory_limit`` of
    the control group, which is None when there is none. ``packages`` counts processor packages.
    """

    operating_system: str
    instruction_set: str
    processor: str
    packages: int
    cores: int
    usable_cores: float
    memory: int | None
    memory_limit: int | None


def read(root: str = "/") -> Machine:
    """Return the facts about this host; ``root`` is where ``/proc`` and its like are."""
    cores = os.cpu_count() or 1
    return Machine(
        operating_system=_operating_system(root),
        instruction_set=_instruction_set(),
        processor=processor_name(root),
        packages=_packages(root),
        cores=cores,
        usable_cores=_usable_cores(root, cores),
        memory=_memory(root),
        memory_limit=_memory_limit(root),
    )


def _instruction_set() -> str:
    if hasattr(os, "uname"):
        return os.uname().machine
    return os.environ.get("PROCESSOR_ARCHITECTURE", "unknown").lower()


def _operating_system(root: str) -> str:
    """Return the name of the distribution and of the kernel, with their releases."""
    if sys.platform == "win32":
        version = sys.getwindowsversion()
        return f"Windows {version.major}.{version.minor}.{version.build}"
    system = os.uname()
    kernel = f"{system.sysname} {system.release}"
    for path in ("etc/os-release", "usr/lib/os-release"):
        for line in text(root, path).splitlines():
            name, _, value = line.partition("=")
            if name == "PRETTY_NAME":
                return f"{value.strip().strip(chr(34))}, {kernel}"
    return kernel


def processor_name(root: str = "/") -> str:
    """Return the model of the processor.

    Only the head of ``/proc/cpuinfo`` is read: the kernel asks every processor for its frequency
    as it writes the file, which takes long where there are hundreds.
    """
    fields: dict[str, str] = {}
    for line in text(root, "proc/cpuinfo", 4096).splitlines():
        name, colon, value = line.partition(":")
        if colon and value.strip():
            fields.setdefault(name.strip(), value.strip())
    for name in _MODEL_FIELDS:
        if name in fields:
            return " ".join(fields[name].split())
    if "CPU part" in fields:
        code = (fields.get("CPU implementer", "?"), fields["CPU part"])
        return _ARM_PARTS.get(code, f"ARM implementer {code[0]} part {code[1]}")
    device = text(root, "proc/device-tree/model").strip("\0\n ")
    return device or _instruction_set()


def _packages(root: str) -> int:
    """Return how many processor packages there are, at least 1."""
    base = os.path.join(root, "sys/devices/system/cpu")
    try:
        names = os.listdir(base)
    except OSError:
        return 1
    cpus = [name for name in names if name.startswith("cpu") and name[3:].isdigit()]
    found = {text(base, f"{cpu}/topology/physical_package_id").strip() for cpu in cpus[:_MAX_CPUS]}
    return max(1, len(found - {"", "-1"}))


def _usable_cores(root: str, cores: int) -> float:
    usable = float(cores)
    if hasattr(os, "sched_getaffinity"):
        usable = float(len(os.sched_getaffinity(0)))
    quota = _cpu_quota(root)
    return usable if quota is None else min(usable, quota)


def _cpu_quota(root: str) -> float | None:
    """Return the processors that the control group grants, or None when it grants all."""
    for group in _control_groups(root):
        quota, _, period = text(root, f"{group}/cpu.max").strip().partition(" ")
        if not quota:
            quota = text(root, f"{group}/cpu.cfs_quota_us").strip()
            period = text(root, f"{group}/cpu.cfs_period_us").strip()
        if quota.isdigit() and period.isdigit() and int(period) > 0:
            return round(int(quota) / int(period), 2)
    return None


def _memory(root: str) -> int | None:
    for line in text(root, "proc/meminfo", 4096).splitlines():
        name, _, value = line.partition(":")
        if name == "MemTotal":
            return int(value.split()[0]) * 1024
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def _memory_limit(root: str) -> int | None:
    """Return the memory limit of the control group, or None when there is none below the host's."""
    limits = []
    for group in _control_groups(root):
        for name in ("memory.max", "memory.limit_in_bytes"):
            limit = text(root, f"{group}/{name}").strip()
            if limit.isdigit() and int(limit) > 0:
                limits.append(int(limit))
    total = _memory(root)
    least = min(limits, default=None)
    return None if least is None or (total is not None and least >= total) else least


def _control_groups(root: str) -> list[str]:
    """Return the folders of the control groups of this process, innermost first.

    Inside a container the path in ``/proc/self/cgroup`` may be the host's, which is not mounted
    there; then the root of the mount is the container's own group.
    """
    folders = []
    for line in text(root, "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        names = controllers.split(",")
        if controllers and not {"cpu", "memory"} & set(names):
            continue
        base = f"sys/fs/cgroup/{controllers}" if controllers else "sys/fs/cgroup"
        inner = path.strip("/")
        while inner:
            folders.append(f"{base}/{inner}")
            inner = inner.rpartition("/")[0]
        folders.append(base)
    return folders


def text(root: str, path: str, limit: int = 65536) -> str:
    """Return the text of a small file, empty when it cannot be read."""
    try:
        # Unbuffered: a buffered read would fetch more of /proc than asked for, and the kernel
        # gives such files out by the page.
        with open(os.path.join(root, path), "rb", buffering=0) as handle:
            parts = []
            while limit > 0 and (part := handle.read(limit)):
                parts.append(part)
                limit -= len(part)
        return b"".join(parts).decode("utf-8", "replace")
    except OSError:
        return ""
