from __future__ import annotations

import os
import subprocess
import sys

import pytest

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
