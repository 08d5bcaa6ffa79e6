"""Flowcept's telemetry: a snapshot at the start and the end of each task, as series.

A snapshot of one task says little, so all snapshots of a host make one series per quantity, and
those of a process another for what is counted by process.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from aitia.records import Points, Record

if TYPE_CHECKING:
    from aitia.importers.flowcept.buffer import Task

PROBE = "flowcept"


class Sample(NamedTuple):
    """The numbers of one snapshot by quantity, and the process that it was taken in."""

    values: dict[str, float]
    process: int | None


class Quantity(NamedTuple):
    """Where a quantity lies in a snapshot, and its unit (UCUM)."""

    name: str
    path: tuple[str, ...]
    unit: str | None


QUANTITIES = (
    Quantity("cpu_percent", ("cpu", "percent_all"), "%"),
    Quantity("cpu_frequency_megahertz", ("cpu", "frequency"), "MHz"),
    Quantity("process_cpu_percent", ("process", "cpu_percent"), "%"),
    Quantity("process_memory_bytes", ("process", "memory", "rss"), "By"),
    Quantity("process_threads", ("process", "num_threads"), None),
    Quantity("process_read_bytes", ("process", "io_counters", "read_bytes"), "By"),
    Quantity("process_write_bytes", ("process", "io_counters", "write_bytes"), "By"),
    Quantity("memory_bytes", ("memory", "virtual", "used"), "By"),
    Quantity("memory_percent", ("memory", "virtual", "percent"), "%"),
    Quantity("swap_bytes", ("memory", "swap", "used"), "By"),
    Quantity("disk_percent", ("disk", "disk_usage", "percent"), "%"),
    Quantity("disk_read_bytes", ("disk", "io_sum", "read_bytes"), "By"),
    Quantity("disk_write_bytes", ("disk", "io_sum", "write_bytes"), "By"),
    Quantity("network_sent_bytes", ("network", "netio_sum", "bytes_sent"), "By"),
    Quantity("network_received_bytes", ("network", "netio_sum", "bytes_recv"), "By"),
)
"""What is kept of a snapshot; per-core, per-disk and per-interface values are not."""

_UNITS = {quantity.name: quantity.unit for quantity in QUANTITIES}
_CPU_TIMES = "process_cpu_seconds"
_GPU_UNITS = {"memory_bytes": "By", "temperature_celsius": "Cel", "power_watts": "W"}


def sample(snapshot: Any) -> Sample | None:
    """Return the numbers of one snapshot, or None when there is none."""
    if not isinstance(snapshot, dict) or not snapshot:
        return None
    found: dict[str, float] = {}
    for quantity in QUANTITIES:
        value = _number(snapshot, *quantity.path)
        if value is not None:
            found[quantity.name] = value
    times = [_number(snapshot, "process", "cpu_times", kind) for kind in ("user", "system")]
    if None not in times:
        found[_CPU_TIMES] = round(sum(time for time in times if time is not None), 6)
    gpus = snapshot.get("gpu")
    if isinstance(gpus, dict):
        for name, device in gpus.items():
            found.update({f"{name}_{key}": value for key, value in _gpu(device)})
    process = _number(snapshot, "process", "pid")
    return Sample(found, None if process is None else int(process)) if found else None


def _gpu(device: Any) -> Iterator[tuple[str, float]]:
    memory = _number(device, "used")
    if memory is not None:
        yield "memory_bytes", memory
    power = _number(device, "power")
    if power is not None:
        # NVML, the source of a plain number, gives milliwatts.
        yield "power_watts", power / 1000
    socket = _number(device, "power", "average_socket_power")
    if socket is not None:
        yield "power_watts", socket
    for path in (("temperature",), ("temperature", "edge")):
        degrees = _number(device, *path)
        if degrees is not None:
            yield "temperature_celsius", degrees


def _number(data: Any, *path: str) -> float | None:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, (int, float)) and not isinstance(data, bool) else None


def cpu_seconds(before: Sample | None, after: Sample | None) -> float | None:
    """Return the CPU time of a process between two snapshots, or None when that is not known."""
    if before is None or after is None or before.process != after.process:
        return None
    start, end = before.values.get(_CPU_TIMES), after.values.get(_CPU_TIMES)
    if start is None or end is None or end < start:
        return None
    return round(end - start, 6)


def groups(tasks: Iterable[Task]) -> dict[tuple[str, int | None], list[tuple[int, Sample]]]:
    """Return the timed snapshots by host, and by host and process for what processes count."""
    found: dict[tuple[str, int | None], list[tuple[int, Sample]]] = defaultdict(list)
    for task in tasks:
        for time, taken in ((task.start, task.before), (task.end, task.after)):
            if time is None or taken is None:
                continue
            of_host = {k: v for k, v in taken.values.items() if not _is_of_process(k)}
            of_process = {k: v for k, v in taken.values.items() if _is_of_process(k)}
            if of_host:
                found[task.host, None].append((time, Sample(of_host, None)))
            if of_process:
                process = -1 if taken.process is None else taken.process
                found[task.host, process].append((time, Sample(of_process, process)))
    return found


def series(rows: Iterable[tuple[int, Sample]], subject: str, began: int) -> Iterator[Record]:
    """Yield one series per quantity over timed snapshots.

    Parameters
    ----------
    rows:
        Times in nanoseconds since the epoch, and what was measured then.
    subject:
        What the series are about.
    began:
        When the run began, in nanoseconds since the epoch.
    """
    columns: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for time, taken in rows:
        for name, value in taken.values.items():
            columns[name].append(((time - began) / 1e9, value))
    for name, points in sorted(columns.items()):
        times, values = zip(*sorted(points), strict=True)
        yield Points(
            subject,
            name,
            values,
            times=times,
            unit=_unit(name),
            kind="telemetry",
            probe=PROBE,
        )


def _is_of_process(quantity: str) -> bool:
    return quantity.startswith("process_")


def _unit(name: str) -> str | None:
    if name == _CPU_TIMES:
        return "s"
    if name.startswith("gpu_"):
        return next((unit for tail, unit in _GPU_UNITS.items() if name.endswith(tail)), None)
    return _UNITS.get(name)
