"""Snapshots of telemetry: what is kept, and how they become series."""

from __future__ import annotations

from typing import Any

import pytest

from aitia.importers.flowcept.buffer import Task
from aitia.importers.flowcept.telemetry import Sample, cpu_seconds, groups, sample, series
from aitia.records import Points

NVIDIA = {"used": 7, "temperature": 40, "power": 55_000, "name": "H100", "id": "GPU-1"}
AMD = {
    "used": 9,
    "temperature": {"edge": 50, "hotspot": 60},
    "power": {"average_socket_power": 120, "energy_accumulator": 1},
}
SNAPSHOT: dict[str, Any] = {
    "cpu": {"percent_all": 12.5, "frequency": None, "percent_per_cpu": [1.0, 2.0]},
    "process": {
        "pid": 42,
        "memory": {"rss": 1000},
        "cpu_times": {"user": 1.5, "system": 0.25},
        "cmd_line": ["python", "--token", "x"],
    },
    "memory": {"virtual": {"used": 5, "percent": True}},
    "gpu": {"gpu_0": NVIDIA, "gpu_1": AMD},
}


def test_keeps_numbers_and_drops_the_rest() -> None:
    found = sample(SNAPSHOT)
    assert found is not None
    assert found.process == 42
    assert found.values == {
        "cpu_percent": 12.5,
        "process_memory_bytes": 1000,
        "process_cpu_seconds": 1.75,
        "memory_bytes": 5,
        "gpu_0_memory_bytes": 7,
        "gpu_0_power_watts": 55.0,
        "gpu_0_temperature_celsius": 40,
        "gpu_1_memory_bytes": 9,
        "gpu_1_power_watts": 120,
        "gpu_1_temperature_celsius": 50,
    }


@pytest.mark.parametrize("snapshot", [None, {}, "x", [1], {"cpu": "x", "gpu": [1]}])
def test_what_holds_no_number_is_nothing(snapshot: Any) -> None:
    assert sample(snapshot) is None


def at(seconds: float, process: int | None = 1) -> Sample:
    return Sample({"process_cpu_seconds": seconds}, process)


@pytest.mark.parametrize(
    ("before", "after", "spent"),
    [
        (at(1.0), at(1.3), 0.3),
        (at(1.3), at(1.0), None),
        (at(1.0), at(1.3, 2), None),
        (None, at(1.3), None),
        (at(1.0), Sample({"cpu_percent": 1.0}, 1), None),
    ],
)
def test_cpu_time_of_a_task(
    before: Sample | None, after: Sample | None, spent: float | None
) -> None:
    assert cpu_seconds(before, after) == spent


def done(host: str, start: float, before: Sample | None, after: Sample | None) -> Task:
    fields = {"task_id": "x", "hostname": host, "started_at": start, "ended_at": start + 1}
    return Task(fields, before, after)


def test_hosts_and_processes_have_series_of_their_own() -> None:
    one = Sample({"cpu_percent": 1.0, "process_threads": 2.0}, 7)
    other = Sample({"cpu_percent": 3.0, "process_threads": 4.0}, 8)
    found = groups([done("a", 10, one, other), done("b", 20, None, one)])
    assert set(found) == {("a", None), ("a", 7), ("a", 8), ("b", None), ("b", 7)}
    assert [time for time, _ in found["a", None]] == [10_000_000_000, 11_000_000_000]


def test_a_snapshot_without_a_time_is_left_out() -> None:
    task = Task({"task_id": "x", "hostname": "a", "started_at": 1.0}, None, at(1.0))
    assert groups([task]) == {}


def test_series_are_in_order_of_time_since_the_run_began() -> None:
    rows = [(3_000_000_000, Sample({"cpu_percent": 9.0}, None))]
    rows += [(2_000_000_000, Sample({"cpu_percent": 4.0, "gpu_0_power_watts": 1.0}, None))]
    cpu, gpu = series(rows, "", 1_000_000_000)
    assert cpu == Points(
        *("", "cpu_percent", (4.0, 9.0)),
        times=(1.0, 2.0),
        unit="%",
        kind="telemetry",
        probe="flowcept",
    )
    assert isinstance(gpu, Points)
    assert (gpu.quantity, gpu.unit) == ("gpu_0_power_watts", "W")
