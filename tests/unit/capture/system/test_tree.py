"""The processes below one, as the kernel lists them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from aitia.capture.system import tree

NEST = """
import subprocess, sys
deep = int(sys.argv[1])
below = [subprocess.Popen([sys.executable, *sys.orig_argv[1:-1], str(deep - 1)],
                          stdin=subprocess.PIPE) for _ in range(2 if deep else 0)]
print("ready", flush=True)
sys.stdin.read()
for child in below:
    child.communicate()
"""


def process(root: Path, pid: int, threads: dict[int, str], stat: str = "") -> None:
    for thread, children in threads.items():
        folder = root / f"proc/{pid}/task/{thread}"
        folder.mkdir(parents=True)
        (folder / "children").write_text(children)
    (root / f"proc/{pid}/stat").write_text(stat)


@pytest.mark.skipif(
    not os.path.exists(f"/proc/{os.getpid()}/task/{os.getpid()}/children"),
    reason="the kernel does not list children",
)
def test_the_tree_is_the_one_that_psutil_finds() -> None:
    nest = [sys.executable, "-c", NEST, "2"]
    with subprocess.Popen(nest, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as top:
        deadline = time.monotonic() + 30
        found = tree.descendants(top.pid, 100)
        while (found is None or len(found[0]) < 6) and time.monotonic() < deadline:
            time.sleep(0.05)
            found = tree.descendants(top.pid, 100)
        assert found is not None
        expected = psutil.Process(top.pid).children(recursive=True)
        assert sorted(found[0]) == sorted(child.pid for child in expected)
        assert len(found[0]) == 6
        assert not found[1]
        assert tree.usage(top.pid)["memory_bytes"] > 1 << 20
        assert top.stdin is not None
        top.stdin.close()


def test_children_of_all_threads_are_found_and_no_more_than_asked_for(tmp_path: Path) -> None:
    process(tmp_path, 10, {10: "11 12 ", 99: "13 "})
    process(tmp_path, 11, {11: "14 "})
    for pid in (12, 13, 14):
        process(tmp_path, pid, {pid: ""})
    root = str(tmp_path)
    found = tree.descendants(10, 4, root)
    assert found is not None
    assert sorted(found[0]) == [11, 12, 13, 14]
    assert not found[1]
    assert found[0][-1] == 14
    some = tree.descendants(10, 3, root)
    assert some is not None
    assert sorted(some[0]) == [11, 12, 13]
    assert some[1]


def test_a_long_list_of_children_is_read_to_its_end(tmp_path: Path) -> None:
    process(tmp_path, 1, {1: " ".join(map(str, range(1000, 4000)))})
    assert tree.descendants(1, 5000, str(tmp_path)) == (list(range(1000, 4000)), False)


def test_a_kernel_that_does_not_list_children_says_so(tmp_path: Path) -> None:
    (tmp_path / "proc/1/task/1").mkdir(parents=True)
    assert tree.descendants(1, 10, str(tmp_path)) is None


def test_usage_is_that_of_the_files_of_the_kernel(tmp_path: Path) -> None:
    fields = ["S", *["0"] * 10, "100", "50", "7", "3", *["0"] * 6, "25"]
    process(tmp_path, 5, {5: ""}, f"5 (odd ) name) {' '.join(fields)} 0")
    (tmp_path / "proc/5/io").write_text("rchar: 1\nread_bytes: 4096\nwrite_bytes: 8192\n")
    ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    assert tree.usage(5, str(tmp_path)) == {
        "cpu_seconds": 160 / ticks,
        "memory_bytes": 25.0 * page,
        "process_count": 1.0,
        "io_read_bytes": 4096.0,
        "io_write_bytes": 8192.0,
    }
    assert tree.usage(6, str(tmp_path)) == {}
