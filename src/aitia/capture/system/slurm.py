"""What Slurm knows of a job beyond its environment: when it was submitted, and what it waited for.

Slurm is asked when a run starts and heard when it ends, so that nobody waits for it; what it has
not answered by then is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from aitia.capture.guard import attempt

if TYPE_CHECKING:
    from subprocess import Popen

TIMEOUT = 0.5
"""Longest wait for an answer when a run ends, in seconds."""

_FIELD = re.compile(r"(\w+)=(\S*)")
_DEPENDENCY = re.compile(r"(after\w*|singleton)((?::\d+(?:_\d+|_\*)?(?:\+\d+)?(?:\([^)]*\))?)*)")
_JOB = re.compile(r":(\d+(?:_\d+)?)")


class Inquiry:
    """A question to Slurm about one job, by ``scontrol`` or else ``sacct``."""

    def __init__(self, job: str) -> None:
        self._process: Popen[str] | None = None
        self._is_list = False
        attempt("slurm", self._ask, job)

    def _ask(self, job: str) -> None:
        import subprocess
        from shutil import which

        if not re.fullmatch(r"[\d_]+", job):
            return
        program = which("scontrol")
        command = [program or "", "show", "job", "-o", job]
        if program is None:
            program = which("sacct")
            command = [program or "", "-n", "-P", "-X", "-j", job, "-o", "Submit,Start"]
            self._is_list = True
        if program is not None:
            pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
            self._process = subprocess.Popen(
                command, stdin=nowhere, stdout=pipe, stderr=nowhere, text=True, errors="replace"
            )

    def answer(self, timeout: float = TIMEOUT) -> dict[str, str]:
        """Return what was answered by name; nothing when the answer did not come in time."""
        process, self._process = self._process, None
        if process is None:
            return {}
        import subprocess

        try:
            output = process.communicate(timeout=timeout)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
            return {}
        if process.returncode != 0 or not output.strip():
            return {}
        first = output.splitlines()[0]
        if self._is_list:
            return dict(zip(("SubmitTime", "StartTime"), first.split("|"), strict=False))
        return dict(_FIELD.findall(first))


def queue_wait(answer: Mapping[str, str]) -> float | None:
    """Return how long a job waited, in seconds, when its submission and start are known.

    >>> queue_wait({"SubmitTime": "2026-05-04T10:00:00", "StartTime": "2026-05-04T10:01:30"})
    90.0
    """
    try:
        submitted = datetime.fromisoformat(answer.get("SubmitTime", ""))
        started = datetime.fromisoformat(answer.get("StartTime", ""))
    except ValueError:
        return None
    waited = (started - submitted).total_seconds()
    return waited if waited >= 0 else None


def dependencies(text: str) -> tuple[str, ...]:
    """Return the jobs that a job waits for.

    >>> dependencies("afterok:4710:4711(unfulfilled),afterany:12_3+5")
    ('4710', '4711', '12_3')
    """
    found: list[str] = []
    for match in _DEPENDENCY.finditer(text):
        found.extend(_JOB.findall(match[2]))
    return tuple(dict.fromkeys(found))
