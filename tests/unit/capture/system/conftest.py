from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from aitia.capture.identity import Identity, Pseudonyms
from aitia.capture.system.host import Node

CPUINFO = """\
processor	: 0
vendor_id	: GenuineIntel
model name	: Intel(R) Xeon(R)  Gold 6248
physical id	: 0

processor	: 1
"""

MOUNTS = """\
22 27 0:21 / /proc rw - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 27 0:40 /export /lab\\040data rw - nfs4 nas.example:/export rw
41 27 0:41 / /scratch rw shared:3 master:1 - lustre mds@tcp:/scratch rw
42 27 0:42 / /scratch rw - tmpfs tmpfs rw
"""


@pytest.fixture
def fake_host(tmp_path: Path) -> Callable[[Mapping[str, str]], str]:
    """Plants files under a root and returns it; without any, a small two-package Linux host."""
    root = tmp_path / "root"

    def make(files: Mapping[str, str]) -> str:
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return str(root)

    make(
        {
            "proc/cpuinfo": CPUINFO,
            "proc/meminfo": "MemTotal:       16384000 kB\nMemFree:  1 kB\n",
            "proc/self/cgroup": "0::/user.slice\n",
            "proc/self/mountinfo": MOUNTS,
            "etc/os-release": 'NAME="Test"\nPRETTY_NAME="Test Linux 7"\n',
            "sys/devices/system/cpu/cpu0/topology/physical_package_id": "0\n",
            "sys/devices/system/cpu/cpu1/topology/physical_package_id": "1\n",
            "sys/devices/system/cpu/cpufreq/boost": "1\n",
        }
    )
    return make


@pytest.fixture
def pseudonyms() -> Pseudonyms:
    return Pseudonyms(b"k" * 32)


@pytest.fixture
def identity(pseudonyms: Pseudonyms) -> Identity:
    label = pseudonyms.label("node", "gpu07")
    return Identity("gpu07.lab", "ada", "/home/ada", ("gpu07",), label, "user-1", None)


@pytest.fixture
def node(
    fake_host: Callable[[Mapping[str, str]], str], pseudonyms: Pseudonyms, identity: Identity
) -> Node:
    return Node(pseudonyms, identity, root=fake_host({}))
