"""Running a command as a recorded run: the parent side of ``aitia run``.

The parent opens the run, samples the telemetry of the command and its children, and says how it
ended; Python processes join by ``bootstrap/sitecustomize.py``, which is put on their path.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import NamedTuple

BOOTSTRAP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bootstrap")
NOT_FOUND = 127
NOT_EXECUTABLE = 126

_KNOWN = frozenset(int(number) for number in signal.Signals)

Handler = Callable[[int, FrameType | None], object] | int | None


class Ending(NamedTuple):
    """How a command ended: what the shell would say, the run's status, and the error in words."""

    code: int
    status: str
    error: str | None
    launched: bool = True


def runnable(command: Sequence[str]) -> list[str]:
    """Return the command to run: a Python file that is no program is given to this interpreter."""
    first = command[0]
    if first.endswith(".py") and os.path.isfile(first) and not os.access(first, os.X_OK):
        return [sys.executable, *command]
    return list(command)


def observed(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which Python processes join the run."""
    path = environ.get("PYTHONPATH", "")
    return {**environ, "PYTHONPATH": os.pathsep.join([BOOTSTRAP, path] if path else [BOOTSTRAP])}


def execute(
    command: Sequence[str], environ: Mapping[str, str], started: Callable[[int], None]
) -> Ending:
    """Run a command to its end.

    Interrupts from the keyboard go to the command by the terminal, SIGTERM and SIGHUP are handed
    on, so that the command decides how to end; the parent stays to record it.

    Parameters
    ----------
    command:
        The program and its arguments.
    environ:
        Its environment.
    started:
        Called with the process id once it runs.
    """
    try:
        process = subprocess.Popen(command, env=dict(environ))
    except FileNotFoundError:
        return Ending(NOT_FOUND, "Failed", f"{command[0]}: command not found", False)
    except OSError as error:
        return Ending(NOT_EXECUTABLE, "Failed", f"{command[0]}: {error.strerror}", False)
    before = _hand_on(process)
    try:
        started(process.pid)
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return ending(code)


def _hand_on(process: subprocess.Popen[bytes]) -> dict[int, Handler]:
    def forward(number: int, frame: FrameType | None) -> None:
        process.send_signal(number)

    return {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, forward),
        signal.SIGHUP: signal.signal(signal.SIGHUP, forward),
    }


def ending(code: int) -> Ending:
    """Return how a command ended from what ``wait`` returned; a signal is 128 plus its number."""
    if code == 0:
        return Ending(0, "Completed", None)
    if code > 0:
        return Ending(code, "Failed", f"exit code {code}")
    name = signal.Signals(-code).name if -code in _KNOWN else f"signal {-code}"
    status = "Cancelled" if name in ("SIGINT", "SIGTERM", "SIGHUP") else "Failed"
    return Ending(128 - code, status, f"ended by {name}")


def script_name(command: Sequence[str]) -> str:
    """Return what a run of this command is called: the script or module, else the program."""
    program = os.path.basename(command[0])
    if program.startswith("python"):
        for word, following in zip(command[1:], [*command[2:], ""], strict=True):
            if word == "-m":
                return following
            if not word.startswith("-"):
                return os.path.basename(word)
    return program


def tell(run: str, folder: str, ended: Ending, seconds: float) -> None:
    """Print one line on a terminal: which run it was, how it ended, and how to look at it."""
    if not sys.stderr.isatty():
        return
    inputs, outputs = _counts(folder)
    outcome = "ok" if ended.code == 0 else ended.error
    sys.stderr.write(
        f"aitia: run {run[:8]} {outcome} · {seconds:.1f} s · {inputs} inputs, {outputs} outputs"
        f" · see: aitia show {run[:8]}\n"
    )


def _counts(folder: str) -> tuple[int, int]:
    used = made = 0
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as handle:
            for line in handle:
                used += line.startswith(b'{"k":"used"') and b'"role"' in line
                made += line.startswith(b'{"k":"made"')
    return used, made
