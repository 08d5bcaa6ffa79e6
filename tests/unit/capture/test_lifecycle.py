from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from aitia.journal import reader
from aitia.records import RunEnded

FORKS = """
import os, signal, time
import aitia

run = aitia.capture()
ended = []
for _ in range(20):
    pid = os.fork()
    if pid == 0:
        time.sleep(5)
        os._exit(0)
    # Before the child has run at all.
    os.kill(pid, signal.SIGTERM)
    ended.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
held = signal.pthread_sigmask(signal.SIG_BLOCK, ())
print(set(ended) == {-signal.SIGTERM}, signal.SIGTERM in held)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_that_is_ended_while_it_is_forked_ends(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-c", FORKS],
        cwd=tmp_path,
        env={**os.environ, "AITIA_DIR": str(tmp_path / ".aitia")},
        capture_output=True,
        text=True,
        timeout=100,
    )

    assert ended.stdout == "True False\n", ended.stderr


def run(folder, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "script.py").write_text(text)
    return subprocess.run(
        [sys.executable, "script.py", *arguments],
        cwd=folder,
        env={**os.environ, "AITIA_DIR": str(folder / ".aitia"), "AITIA_TEST_RAISE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )


AT_THE_END = """
import os, signal, sys, threading
import aitia
from aitia.capture import run

aitia.capture()
costs = run.Run._costs

def interrupted(self):
    # The second comes while the first is dealt with, or while the process ends by itself.
    os.kill(os.getpid(), signal.SIGTERM)
    return costs(self)

run.Run._costs = interrupted
if sys.argv[1] == "terminated":
    os.kill(os.getpid(), signal.SIGTERM)
"""


@pytest.mark.parametrize(
    ("how", "status"), [("terminated", "Cancelled"), ("by itself", "Completed")]
)
def test_a_sigterm_while_the_run_ends_lets_it_end(tmp_path, how, status):
    done = run(tmp_path, AT_THE_END, how)
    assert done.returncode == -signal.SIGTERM, done.stderr
    [segment] = reader.segments(tmp_path / ".aitia" / "journal")
    assert reader.verify(segment)
    [end] = [r for line in reader.read(segment) if isinstance(r := line.record, RunEnded)]
    assert end.status == status


HELD = """
import os, signal, threading
import aitia
from aitia.capture import lifecycle, run

lock = threading.Lock()
lifecycle.PATIENCE = 0.2
run.Run._costs = lambda self: lock.acquire()
aitia.capture()
with lock:
    os.kill(os.getpid(), signal.SIGTERM)
print("not reached")
"""


def test_a_sigterm_where_a_lock_is_held_ends_the_process_all_the_same(tmp_path):
    done = run(tmp_path, HELD)
    assert (done.returncode, done.stdout) == (-signal.SIGTERM, ""), done.stderr
    [segment] = reader.segments(tmp_path / ".aitia" / "journal")
    assert not segment.sealed


POOLS = """
import multiprocessing, sys
import aitia

def work(x):
    with aitia.task("work", x=x):
        return x

if __name__ == "__main__":
    aitia.capture()
    for _ in range(int(sys.argv[2])):
        with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
            assert pool.map(work, range(3)) == [0, 1, 2]
    print("done")
"""


@pytest.mark.parametrize(("method", "times"), [("fork", 20), ("forkserver", 6)])
def test_workers_that_pools_end_are_not_waited_for_and_seal_their_journals(tmp_path, method, times):
    done = run(tmp_path, POOLS, method, str(times))
    assert done.stdout == "done\n", done.stderr
    assert all(reader.verify(s) for s in reader.segments(tmp_path / ".aitia" / "journal"))
