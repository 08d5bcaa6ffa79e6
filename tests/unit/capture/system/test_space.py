from __future__ import annotations

import os
from pathlib import Path

from aitia.capture.system.space import StorageProbe


def test_free_space_of_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    probe = StorageProbe(str(tmp_path / "not" / "yet"))
    values = probe.read()
    assert values.keys() <= probe.units.keys()
    space = os.statvfs(tmp_path)
    assert abs(values["storage_free_bytes"] - space.f_bavail * space.f_frsize) < 1 << 30


def test_traffic_of_the_device_counts_from_the_making(tmp_path: Path) -> None:
    device = os.stat(tmp_path).st_dev
    folder = tmp_path / f"sys/dev/block/{os.major(device)}:{os.minor(device)}"
    folder.mkdir(parents=True)
    (folder / "stat").write_text("1 0 10 0 1 0 20 0 0 0 0\n")
    probe = StorageProbe(str(tmp_path), str(tmp_path))
    (folder / "stat").write_text("1 0 12 0 1 0 25 0 0 0 0\n")
    values = probe.read()
    assert (values["storage_read_bytes"], values["storage_write_bytes"]) == (1024, 2560)


def test_a_file_system_without_a_device_has_no_traffic(tmp_path: Path) -> None:
    assert StorageProbe(str(tmp_path), str(tmp_path)).read().keys() == {"storage_free_bytes"}
