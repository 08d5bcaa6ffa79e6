"""A process that is killed at any moment loses no record of what had finished."""

import os
import signal
import subprocess
import sys
import time

import pytest

from aitia.journal import reader
from aitia.records import Ended, Point, RunEnded, RunStarted, Started

pytestmark = pytest.mark.faults

TASKS = 1000

WORK = """
import sys, time
import aitia

@aitia.task
def work(n, rate=0.5, name="digits", flag=True, rounds=3):
    aitia.log(step=n, loss=1.0 / (n + 1))
    return {"n": n, "loss": 0.5, "label": name, "ok": flag, "rounds": rounds}

with aitia.run("doomed"):
    for n in range(int(sys.argv[1])):
        work(n)
        if n % 50 == 0:
            print(n, flush=True)
    print("done", flush=True)
    time.sleep(60)
"""


def start(tmp_path, code, *arguments, **environ):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("AITIA")}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env={**clean, "AITIA_DIR": str(tmp_path), "AITIA_ADAPTERS": "off", **environ},
        stdout=subprocess.PIPE,
        text=True,
    )


def records(tmp_path):
    found = []
    for segment in reader.segments(tmp_path / "journal"):
        lines = list(reader.read(segment))
        assert all(line.error is None for line in lines)
        found.extend(line.record for line in lines)
    return found


def of(cls, found):
    return [record for record in found if isinstance(record, cls)]


def test_all_of_a_thousand_finished_tasks_are_in_the_journal(tmp_path):
    with start(tmp_path, WORK, str(TASKS)) as process:
        while process.stdout.readline().strip() != "done":
            pass
        process.kill()
    found = records(tmp_path)
    assert sorted(e.generated["n"] for e in of(Ended, found)) == list(range(TASKS))
    assert [p.step for p in of(Point, found)] == list(range(TASKS))
    assert len(of(RunStarted, found)) == 1
    assert of(RunEnded, found) == []
    [segment] = reader.segments(tmp_path / "journal")
    assert not segment.sealed
    assert not reader.is_alive(segment)
    assert reader.torn(segment) == 0


@pytest.mark.parametrize("after", [0, 150, 400, 750])
def test_a_kill_in_the_middle_loses_nothing_that_was_said_to_be_done(tmp_path, after):
    with start(tmp_path, WORK, "100000") as process:
        said = 0
        for line in process.stdout:
            said = int(line)
            if said >= after:
                break
        time.sleep(0.002 * (after % 7))
        process.send_signal(signal.SIGKILL)
        # What it said before the signal reached it counts as well.
        said = max([said, *(int(line) for line in process.stdout.read().split())])
    found = records(tmp_path)
    ended = [e.generated["n"] for e in of(Ended, found)]
    assert ended == list(range(len(ended)))
    assert len(ended) > said
    started = len(of(Started, found))
    assert started - len(ended) in (0, 1)


CRASH = """
import os, signal
import aitia

@aitia.task
def work(n):
    if n == 500:
        os.kill(os.getpid(), signal.SIGKILL)
    return n

with aitia.run("crash"):
    for n in range(1000):
        work(n)
"""


def test_the_start_of_the_call_that_ends_its_process_is_in_the_journal(tmp_path):
    with start(tmp_path, CRASH) as process:
        assert process.wait(60) == -signal.SIGKILL
    found = records(tmp_path)
    assert [s.used["n"] for s in of(Started, found)] == list(range(501))
    assert [e.generated["result"] for e in of(Ended, found)] == list(range(500))


def test_a_kill_of_a_worker_loses_only_what_it_had_not_finished(tmp_path):
    code = WORK.replace(
        'with aitia.run("doomed"):',
        'import os\nwith aitia.run("doomed"):\n    pid = os.fork()\n    if pid: '
        "os.waitpid(pid, 0); raise SystemExit",
    )
    with start(tmp_path, code, "100000") as process:
        for line in process.stdout:
            if int(line) >= 200:
                break
        [child] = [s.pid for s in reader.segments(tmp_path / "journal") if s.scope]
        os.kill(child, signal.SIGKILL)
        process.wait(30)
    found = records(tmp_path)
    ended = [e.generated["n"] for e in of(Ended, found)]
    assert ended == list(range(len(ended)))
    assert len(ended) > 200
    assert of(RunEnded, found)[0].status == "Completed"


def test_durability_machine_keeps_all_as_well(tmp_path):
    with start(tmp_path, WORK, "100", AITIA_DURABILITY="machine") as process:
        while process.stdout.readline().strip() != "done":
            pass
        process.kill()
    assert len(of(Ended, records(tmp_path))) == 100


FULL = """
import os, resource, aitia

@aitia.task
def work(n):
    return n

with aitia.run("full") as run:
    for n in range(100):
        work(n)
    size = os.path.getsize(run._sink.path)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 1000, resource.RLIM_INFINITY))
    done = [work(n) for n in range(100, 1100)]
    assert done == list(range(100, 1100))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    work(1100)
"""


def test_a_full_disk_costs_records_and_not_the_run(tmp_path):
    with start(tmp_path, FULL) as process:
        assert process.wait(60) == 0
    found = records(tmp_path)
    results = [e.generated["result"] for e in of(Ended, found)]
    assert results[:100] == list(range(100))
    assert 100 < len(results) < 1100
    assert results[-1] == 1100
    [segment] = reader.segments(tmp_path / "journal")
    assert reader.verify(segment)
    lost = [r for r in found if getattr(r, "kind", "") == "fault"]
    assert len(lost) == 1
    assert lost[0].text.startswith("journal: JournalError:")
    assert lost[0].occurrences >= 90


def test_a_disk_without_any_space_costs_one_line(tmp_path):
    # A file system of one page: the folders fit, the journal does not.
    mounted = tmp_path / "tiny"
    mounted.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(mounted)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        (mounted / "ballast").write_bytes(b"x" * 4096)
        with start(mounted, WORK.replace("time.sleep(60)", ""), "300") as process:
            assert "done" in process.stdout.read()
        assert process.returncode == 0
    finally:
        subprocess.run(["umount", str(mounted)], check=True)
