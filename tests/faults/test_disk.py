"""What happens to a training when its data directory is slow, full, removed or read-only.

The training always finishes, with what it computes; what could not be kept is counted and said.
"""

import ctypes
import os
import shutil
import struct
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

import aitia
from aitia.journal import reader
from aitia.records import Ended, Note, Point, RunEnded, Started

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


def start(directory, count, code=WORK, *, preexec_fn=None, **environ):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("AITIA")}
    return subprocess.Popen(
        [sys.executable, "-c", code, str(count)],
        env={**clean, "AITIA_DIR": str(directory), "AITIA_ADAPTERS": "off", **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=preexec_fn,
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


@contextmanager
def limited(path, kilobytes):
    """Mount an ext4 of which root may use so much, and so may not what may ignore quotas."""
    path.mkdir()
    image = path.with_suffix(".img")
    image.write_bytes(bytes(16 << 20))
    made = ["mkfs.ext4", "-q", "-O", "quota", str(image)]
    mount = ["mount", "-o", "loop,usrquota", str(image), str(path)]
    try:
        for command in (made, mount):
            subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no file system with quotas can be made here")
    try:
        device = subprocess.check_output(["findmnt", "-no", "SOURCE", str(path)], text=True)
        limits = struct.pack("@8QI4x", kilobytes, kilobytes, 0, 0, 0, 0, 0, 0, QIF_BLIMITS)
        command = Q_SETQUOTA << 8
        if ctypes.CDLL(None).quotactl(command, device.strip().encode(), os.getuid(), limits) != 0:
            pytest.skip("quotas cannot be set here")
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


Q_SETQUOTA, QIF_BLIMITS = 0x800008, 1
PR_CAPBSET_DROP, CAP_SYS_RESOURCE = 24, 24


def obey_quotas():
    """Give up, in a child, the right to ignore quotas."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_SYS_RESOURCE, 0, 0, 0)


def test_a_directory_that_is_removed_costs_nothing(tmp_path):
    folder = tmp_path / "data"
    with start(folder, 2000) as process:
        assert process.stdout.readline().strip() == "half"
        shutil.rmtree(folder)
        finish(process, 2000)
    found = records(folder)
    ended = [r.generated["result"] for r in found if isinstance(r, Ended)]
    assert ended == list(range(2000))
    assert [r.kind for r in found if isinstance(r, Note)] == ["removed"]
    (segment,) = reader.segments(folder / "journal")
    assert reader.verify(segment)


def test_a_directory_that_cannot_be_made_again_costs_one_line(tmp_path):
    folder = tmp_path / "data"
    with start(folder, 2000) as process:
        assert process.stdout.readline().strip() == "half"
        shutil.rmtree(folder)
        folder.write_text("in the way")
        warnings = finish(process, 2000)
    assert warnings.count("aitia:") == 1
    assert "cannot be written" in warnings


def counted(found, tasks):
    """Assert that what could not be written was counted, in the journal; return the results."""
    ended = [r.generated["result"] for r in found if isinstance(r, Ended)]
    assert ended == sorted(set(ended))
    starts, points = (sum(isinstance(r, kind) for r in found) for kind in (Started, Point))
    (note,) = [r for r in found if isinstance(r, Note)]
    assert note.kind == "fault"
    assert "cannot be written" in note.text
    # The end of a task whose start was lost is not tried.
    lost = (tasks - starts) + (tasks - points) + (starts - len(ended))
    assert note.occurrences == lost
    assert isinstance(found[-1], RunEnded)
    return ended


def test_a_quota_that_is_used_up_costs_records_that_are_counted(tmp_path):
    with limited(tmp_path / "rationed", 1024) as folder:
        with start(folder / "data", 20_000, preexec_fn=obey_quotas) as process:
            warnings = finish(process, 20_000)
        ended = counted(records(folder / "data"), 20_000)
    assert 500 < len(ended) < 20_000
    assert "quota" in warnings


def test_a_small_disk_that_fills_up_keeps_what_was_acknowledged(tmp_path):
    with mounted(tmp_path / "small", "size=512k") as folder:
        with start(folder, 20_000) as process:
            warnings = finish(process, 20_000)
        ended = counted(records(folder), 20_000)

        assert 500 < len(ended) < 20_000
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


RATIONED = (
    """
import errno, os
from aitia.journal import files
files.is_mappable = lambda fd: os.environ["KIND"] == "mapped"
reserve, write = os.posix_fallocate, os.write

def check(end):
    if end > 1 << 19:
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

def rationed_reserve(fd, start, length):
    check(start + length)
    reserve(fd, start, length)

def rationed_write(fd, data):
    if os.readlink(f"/proc/self/fd/{fd}").startswith(os.environ["AITIA_DIR"]):
        check(os.fstat(fd).st_size + len(data))
    return write(fd, data)

os.posix_fallocate, os.write = rationed_reserve, rationed_write
"""
    + WORK
)


@pytest.mark.parametrize("kind", ["mapped", "appended"])
def test_a_quota_stops_no_training_and_what_it_costs_is_counted(tmp_path, kind):
    with start(tmp_path / "data", 20_000, RATIONED, KIND=kind) as process:
        warnings = finish(process, 20_000)
    found = records(tmp_path / "data")
    if kind == "mapped":
        counted(found, 20_000)
    assert 500 < sum(isinstance(r, Ended) for r in found) < 20_000
    assert "quota exceeded" in warnings
    assert "times in run" in warnings


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
