from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from aitia.capture.system import telemetry, tree
from aitia.capture.system.telemetry import HostProbe, ProcessProbe
from aitia.records.prov import Entity

BUSY = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "b = bytearray(64 << 20)\\nwhile True: pass"])
print("ready", flush=True)
sys.stdin.read()
child.kill()
child.wait()
print("reaped", flush=True)
time.sleep(30)
"""


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Holds the clock of the probes still, and moves it on demand."""
    clock = [1000.0]
    monkeypatch.setattr(telemetry, "monotonic", lambda: clock[0])

    def move(seconds: float) -> None:
        clock[0] += seconds

    return move


def test_busy_process_is_seen() -> None:
    probe = ProcessProbe(os.getpid())
    probe.read()
    began = time.process_time()
    while time.process_time() - began < 0.2:
        pass
    values = probe.read()
    assert values.keys() <= probe.units.keys()
    assert values["cpu_seconds"] >= 0.15
    assert values["cpu_percent"] > 10
    assert values["memory_bytes"] > 1 << 20
    assert values["process_count"] >= 1


def test_children_count_while_they_run_and_after_they_ended() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdout.readline()
        probe = ProcessProbe(parent.pid)
        deadline = time.monotonic() + 30
        values = probe.read()
        while values["cpu_seconds"] < 0.3 and time.monotonic() < deadline:
            time.sleep(0.05)
            values = probe.read()
        assert values["cpu_seconds"] >= 0.3
        assert values["process_count"] == 2
        assert values["memory_bytes"] > 64 << 20
        parent.stdin.close()
        parent.stdout.readline()
        after = probe.read()
        assert after["cpu_seconds"] >= values["cpu_seconds"] - 0.05
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    assert "cpu_percent" not in probe.read()


def write(path: Path, size: int) -> None:
    with open(path, "wb") as handle:
        handle.write(os.urandom(size))
        handle.flush()
        os.fsync(handle.fileno())


def test_written_bytes_are_counted_from_the_making_of_the_probe(tmp_path: Path) -> None:
    write(tmp_path / "before", 4 << 20)
    probe = ProcessProbe(os.getpid())
    before = probe.read()["io_write_bytes"]
    assert before < 1 << 20
    write(tmp_path / "after", 4 << 20)
    assert probe.read()["io_write_bytes"] >= before


def test_process_that_is_gone_has_no_values() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    probe = ProcessProbe(child.pid)
    child.wait()
    assert probe.read() == {}


def test_children_are_looked_for_seldom_when_that_is_dear(
    monkeypatch: pytest.MonkeyPatch, now: Callable[[float], None]
) -> None:
    looked = []

    def descendants(pid: int, most: int) -> tuple[list[int], bool]:
        looked.append(pid)
        now(0.05)
        return [], False

    probe = ProcessProbe(os.getpid())
    monkeypatch.setattr(tree, "descendants", descendants)
    monkeypatch.setattr(telemetry, "_HAS_PROC", True)
    now(1)
    for _ in range(10):
        probe.read()
        now(1)
    assert 1 <= len(looked) <= 2


def test_a_tree_is_read_without_the_files_of_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "_HAS_PROC", False)
    monkeypatch.setattr(telemetry, "MAX_PROCESSES", 2)
    wait = [sys.executable, "-c", "input()"]
    children = [subprocess.Popen(wait, stdin=subprocess.PIPE) for _ in range(2)]
    try:
        probe = ProcessProbe(os.getpid())
        values = probe.read()
        assert values["process_count"] == 2
        assert values["memory_bytes"] > 1 << 20
        assert len(probe.pids()) == 2
        told = Told()
        probe.tell(told)
        assert told.remarks == ["only 2 processes of a tree are read; there were more"]
    finally:
        for child in children:
            child.communicate(b"\n")


def test_host_is_seen() -> None:
    probe = HostProbe()
    time.sleep(0.05)
    values = probe.read()
    assert values.keys() <= probe.units.keys()
    assert 0 <= values["host_cpu_percent"] <= 100
    assert values["host_memory_bytes"] > 0
    assert values["network_sent_bytes"] >= 0


def test_module_is_loaded_without_psutil() -> None:
    code = "import sys, aitia.capture.system.telemetry; sys.exit('psutil' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class Told:
    """Keeps what a probe tells."""

    def __init__(self) -> None:
        self.remarks: list[str] = []
        self.entities: list[Entity] = []
        self.held: list[tuple[str, str | None]] = []

    def remark(self, kind: str, text: str) -> None:
        self.remarks.append(text)

    def describe(self, entity: Entity) -> None:
        self.entities.append(entity)

    def throttled(self, device: str, reason: str | None) -> None:
        self.held.append((device, reason))


def test_a_processor_that_was_throttled_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "sys/devices/system/cpu/cpu0"
    (folder / "thermal_throttle").mkdir(parents=True)
    (folder / "topology").mkdir()
    (folder / "topology/physical_package_id").write_text("0\n")
    counter = folder / "thermal_throttle/package_throttle_count"
    counter.write_text("4\n")
    probe, told = HostProbe(str(tmp_path), "urn:x:node"), Told()
    probe.tell(told)
    counter.write_text("5\n")
    probe.tell(told)
    probe.tell(told)
    assert [reason for _, reason in told.held] == [None, "thermal", None]


def test_network_interfaces_that_carried_something_are_described_once(tmp_path: Path) -> None:
    (tmp_path / "sys/class/net/ib0").mkdir(parents=True)
    (tmp_path / "sys/class/net/ib0/speed").write_text("100000\n")
    probe, told = HostProbe(str(tmp_path), "urn:x:node"), Told()
    probe._cards = {"ib0"}
    probe.tell(told)
    probe.tell(told)
    [entity] = told.entities
    assert (entity.type, entity.label) == ("aitia:NetworkInterface", "ib0")
    assert entity.attributes["aitia:linkSpeedBitsPerSecond"] == 100_000_000_000


def test_a_tree_with_too_many_processes_is_read_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    children = [subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1) for _ in range(3)]
    try:
        monkeypatch.setattr(telemetry, "MAX_PROCESSES", 2)
        probe, told = ProcessProbe(os.getpid()), Told()
        assert probe.read()["process_count"] == 2
        probe.tell(told)
        assert told.remarks == ["only 2 processes of a tree are read; there were more"]
    finally:
        for child in children:
            child.communicate(b"\n")


def test_a_command_that_ended_counts_in_full() -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    child = subprocess.Popen([sys.executable, "-c", burn])
    probe = ProcessProbe(child.pid)
    child.wait()
    seconds = probe.seconds()
    assert seconds is not None
    assert seconds >= 0.25
