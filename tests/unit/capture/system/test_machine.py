from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import pytest

from aitia.capture.system import machine

FakeHost = Callable[[Mapping[str, str]], str]


def test_facts_of_a_linux_host(fake_host: FakeHost) -> None:
    found = machine.read(fake_host({}))
    assert found.operating_system.startswith("Test Linux 7, Linux ")
    assert found.instruction_set == os.uname().machine
    assert found.processor == "Intel(R) Xeon(R) Gold 6248"
    assert found.packages == 2
    assert found.cores == os.cpu_count()
    assert found.memory == 16384000 * 1024
    assert found.memory_limit is None


@pytest.mark.parametrize(
    ("cpuinfo", "expected"),
    [
        ("CPU implementer\t: 0x41\nCPU part\t: 0xd0c\n", "ARM Neoverse-N1"),
        ("CPU implementer\t: 0x99\nCPU part\t: 0x001\n", "ARM implementer 0x99 part 0x001"),
        ("processor\t: 0\nModel\t\t: Raspberry Pi 4\n", "Raspberry Pi 4"),
        ("processor : 0\ncpu : POWER9, altivec\n", "POWER9, altivec"),
    ],
)
def test_processor_of_other_architectures(fake_host: FakeHost, cpuinfo: str, expected: str) -> None:
    assert machine.processor_name(fake_host({"proc/cpuinfo": cpuinfo})) == expected


def test_device_tree_names_a_board_that_cpuinfo_does_not(fake_host: FakeHost) -> None:
    root = fake_host({"proc/cpuinfo": "", "proc/device-tree/model": "NVIDIA Jetson Orin\0"})
    assert machine.processor_name(root) == "NVIDIA Jetson Orin"


def test_only_the_head_of_cpuinfo_is_read(fake_host: FakeHost) -> None:
    root = fake_host({"proc/cpuinfo": "flags\t: " + "x" * 5000 + "\nmodel name\t: far\n"})
    assert machine.processor_name(root) == os.uname().machine


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"sys/fs/cgroup/user.slice/cpu.max": "50000 100000\n"}, 0.5),
        ({"sys/fs/cgroup/cpu.max": "50000 100000\n"}, 0.5),
        (
            {
                "proc/self/cgroup": "3:cpu,cpuacct:/job\n",
                "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us": "25000\n",
                "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us": "100000\n",
            },
            0.25,
        ),
    ],
)
def test_processors_are_limited_by_the_quota(
    fake_host: FakeHost, files: dict[str, str], expected: float
) -> None:
    assert machine.read(fake_host(files)).usable_cores == expected


def test_no_quota_leaves_the_affinity(fake_host: FakeHost) -> None:
    root = fake_host({"sys/fs/cgroup/user.slice/cpu.max": "max 100000\n"})
    assert machine.read(root).usable_cores == len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("limit", "expected"),
    [("1073741824\n", 1 << 30), ("max\n", None), ("9223372036854771712\n", None)],
)
def test_memory_limit_of_the_control_group(
    fake_host: FakeHost, limit: str, expected: int | None
) -> None:
    root = fake_host({"sys/fs/cgroup/user.slice/memory.max": limit})
    assert machine.read(root).memory_limit == expected


def test_host_that_tells_nothing_still_has_facts(tmp_path: object) -> None:
    found = machine.read(str(tmp_path))
    assert found.packages == 1
    assert found.processor == os.uname().machine
    assert found.memory == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def test_real_proc_files_are_read_whole() -> None:
    with open("/proc/self/mountinfo") as handle:
        assert machine.text("/", "proc/self/mountinfo", 1 << 20) == handle.read()
