"""What happens to a training when its data directory is slow, full, removed or read-only.

The training always finishes, with what it computes; what could not be kept is counted and said.
"""

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

import aitia
from aitia.journal import reader
from aitia.records import Ended, Note

pytestmark = pytest.mark.faults

WORK = """
import sys, time
import aitia

@aitia.task
def work(n):
    aitia.log(step=n, loss=1.0 / (n + 1))
    return n

with aitia.run("strained"):
    total = 0
    for n in range(int(sys.argv[1])):
        total += work(n)
        if n == 500:
            print("half", flush=True)
            sys.stdin.readline()
print(total, flush=True)
"""


def start(directory, count, code=WORK, **environ):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("AITIA")}
    return subprocess.Popen(
        [sys.executable, "-c", code, str(count)],
        env={**clean, "AITIA_DIR": str(directory), "AITIA_ADAPTERS": "off", **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process, count) -> str:
    """Let the training go on, assert that it computed what it should, and return its warnings."""
    output, warnings = process.communicate("\n", timeout=60)
    assert process.returncode == 0, warnings
    assert output.split()[-1] == str(sum(range(count)))
    return warnings


def records(directory):
    found = []
    for segment in reader.segments(directory / "journal"):
        found.extend(line.record for line in reader.read(segment))
    return found


@contextmanager
def mounted(path, *options):
    path.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(path)]
    if subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def test_a_directory_that_is_removed_costs_what_was_in_it(tmp_path):
    folder = tmp_path / "data"
    with start(folder, 2000) as process:
        assert process.stdout.readline().strip() == "half"
        shutil.rmtree(folder)
        finish(process, 2000)


def test_a_small_disk_that_fills_up_keeps_what_was_acknowledged(tmp_path):
    with mounted(tmp_path / "small", "size=512k") as folder:
        with start(folder, 20_000) as process:
            warnings = finish(process, 20_000)
        found = records(folder)
        ended = [r.generated["result"] for r in found if isinstance(r, Ended)]

        assert 500 < len(ended) < 20_000
        assert ended == sorted(set(ended))
        assert "cannot be written" in warnings
        assert "free some space" in warnings


def test_a_read_only_file_system_costs_one_line(tmp_path):
    with mounted(tmp_path / "fixed", "size=1m,ro") as folder, start(folder, 1000) as process:
        warnings = finish(process, 1000)

        assert warnings.count("aitia:") >= 1
        assert "AITIA_DIR" in warnings


def test_a_file_system_that_becomes_read_only_stops_no_training(tmp_path):
    with mounted(tmp_path / "turning", "size=8m") as folder, start(folder, 5000) as process:
        assert process.stdout.readline().strip() == "half"
        # The kernel refuses while a file is open for writing; then nothing has changed.
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], capture_output=True)
        finish(process, 5000)


SLOW = (
    """
import os, time
from aitia.journal import files
files.is_mappable = lambda fd: False
real, far = os.write, os.environ["AITIA_DIR"]
def write(fd, data):
    if os.readlink(f"/proc/self/fd/{fd}").startswith(far):
        time.sleep(0.02)
    return real(fd, data)
os.write = write
"""
    + WORK
)


def test_a_slow_file_system_is_left_for_one_near_by(tmp_path):
    began = time.monotonic()
    with start(tmp_path / "far", 2000, SLOW, TMPDIR=str(tmp_path)) as process:
        warnings = finish(process, 2000)
    took = time.monotonic() - began

    # 6,000 records at 20 ms each would be two minutes.
    assert took < 20
    assert "slow" in warnings
    with aitia.open(tmp_path / "far") as graph:
        assert len(graph.runs()) == 1
    ended = [r for r in records(tmp_path / "far") if isinstance(r, Ended)]
    assert sorted(r.generated["result"] for r in ended) == list(range(2000))


ODD = """
import sys, time
import aitia

class Itself:
    def __init__(self): self.me = self
    def __repr__(self): return repr(self.me)

@aitia.task
def take(thing):
    return thing

with aitia.run("odd"):
    loop = []
    loop.append(loop)
    table = {}
    table["table"] = table
    large = "x" * 100_000_000
    many = list(range(10_000_000))
    for thing in (loop, table, Itself(), large, many, {"a": {"b": loop}}, 10**400):
        aitia.params(thing=thing)
        take(thing)
    for n in range(100_000):
        aitia.log(step=0, **{f"metric_{n}": 0.5})
    aitia.log(**{f"wide_{n}": n for n in range(10_000)})
    aitia.log(text="no number", nothing=None, nan=float("nan"), huge=10**400, lone="\\ud800")
    aitia.params(**{"\\ud800": 1, "": 2, "a b/c?#%": 3})
    print(sum(range(int(sys.argv[1]))), flush=True)
"""


def test_odd_and_huge_things_are_cut_short_and_stop_nothing(tmp_path):
    began = time.monotonic()
    with start(tmp_path / "data", 10, ODD) as process:
        finish(process, 10)

    assert time.monotonic() - began < 30
    size = sum(s.size for s in reader.segments(tmp_path / "data" / "journal"))
    assert size < 32 << 20
    assert not [r for r in records(tmp_path / "data") if isinstance(r, Note) and r.kind == "fault"]
