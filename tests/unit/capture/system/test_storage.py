from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from aitia.capture.system import storage
from aitia.capture.system.machine import text


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/home/x", ("/dev/vda", "ext4")),
        ("/", ("/dev/vda", "ext4")),
        ("/lab data/run", ("nas.example:/export", "nfs4")),
        ("/lab data2", ("/dev/vda", "ext4")),
        ("/scratch/run", ("tmpfs", "tmpfs")),
    ],
)
def test_longest_and_latest_mount_holds_the_path(
    fake_host: Callable[[Mapping[str, str]], str], path: str, expected: tuple[str, str]
) -> None:
    assert storage.mount_of(path, text(fake_host({}), "proc/self/mountinfo")) == expected


def test_malformed_lines_are_passed_over() -> None:
    assert storage.mount_of("/", "nonsense\n1 2 - \n27 1 0:1 / / rw - xfs /dev/sda1 rw") == (
        "/dev/sda1",
        "xfs",
    )


def test_capacity_is_that_of_the_file_system(tmp_path: Path) -> None:
    found = storage.of_path(str(tmp_path))
    size = os.statvfs(tmp_path)
    assert found is not None
    assert found.capacity == size.f_frsize * size.f_blocks


def test_missing_folder_has_no_file_system(tmp_path: Path) -> None:
    assert storage.of_path(str(tmp_path / "none")) is None


def test_shared_file_systems_are_known() -> None:
    assert storage.Storage("mds@tcp:/scratch", "lustre", 1).shared
    assert not storage.Storage("/dev/vda", "ext4", 1).shared
