"""A SIGTERM has its effect whatever the main thread does, and who else listens is left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from aitia.journal import reader
from aitia.records import RunEnded


def run(folder, text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", text],
        env={**os.environ, "AITIA_DIR": str(folder), "AITIA_ADAPTERS": "off"},
        capture_output=True,
        text=True,
        timeout=60,
    )


NATIVE = """
import hashlib, sys, time
import aitia

aitia.capture()
print("begun", flush=True)
hashlib.pbkdf2_hmac("sha256", b"word", b"salt", 2_000_000_000)
print("not reached")
"""


def test_a_sigterm_during_a_long_call_of_native_code_ends_the_process(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", NATIVE],
        env={**os.environ, "AITIA_DIR": str(tmp_path), "AITIA_ADAPTERS": "off"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.terminate()
        assert process.wait(20) == -signal.SIGTERM
        assert process.stdout.read() == ""
    [segment] = reader.segments(tmp_path / "journal")
    assert reader.verify(segment)
    [end] = [r for line in reader.read(segment) if isinstance(r := line.record, RunEnded)]
    assert end.status == "Cancelled"


OWN = """
import os, signal, time
import aitia
from aitia.capture import deafness

deafness.GRACE = 0.01
aitia.capture()
signal.signal(signal.SIGTERM, lambda *_: print("handled"))
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(0.5)
print("goes on")
"""


def test_a_handler_that_the_user_sets_later_decides_alone(tmp_path):
    done = run(tmp_path, OWN)
    assert (done.returncode, done.stdout) == (0, "handled\ngoes on\n"), done.stderr


LISTENED = """
import os, signal
import aitia

reader, writer = os.pipe()
os.set_blocking(writer, False)
signal.set_wakeup_fd(writer)
aitia.capture()
print(signal.set_wakeup_fd(-1) == writer, flush=True)
os.kill(os.getpid(), signal.SIGTERM)
"""


def test_what_listens_already_is_left_alone(tmp_path):
    done = run(tmp_path, LISTENED)
    assert (done.returncode, done.stdout) == (-signal.SIGTERM, "True\n"), done.stderr
