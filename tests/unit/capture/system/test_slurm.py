from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from aitia.capture.system import allocation, slurm
from aitia.capture.system.allocation import AllocationAdapter
from aitia.capture.system.gpu import GpuAdapter
from aitia.capture.system.host import Node
from aitia.records import Entity, Informed, Setting
from aitia.testing.gpu import FakeNvml
from aitia.testing.scope import RecordingScope

ANSWER = (
    "JobId=4711 JobName=train SubmitTime=2026-05-04T10:00:00 EligibleTime=2026-05-04T10:00:00"
    " StartTime=2026-05-04T10:01:30 Dependency=afterok:4709(unfulfilled) Comment=a=b"
)
ENVIRON = {
    "SLURM_JOB_ID": "4711",
    "SLURM_CLUSTER_NAME": "big",
    "SLURM_STEP_ID": "2",
    "SLURM_JOB_DEPENDENCY": "afterok:4700:4701,singleton",
}


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def plant(name: str, body: str) -> None:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")

    return plant


def test_scontrol_is_asked_about_the_job(program) -> None:
    program("scontrol", f'[ "$*" = "show job -o 4711" ] && echo "{ANSWER}"')

    answer = slurm.Inquiry("4711").answer(5)

    assert slurm.queue_wait(answer) == 90.0
    assert slurm.dependencies(answer["Dependency"]) == ("4709",)


def test_sacct_is_asked_where_scontrol_is_not(program) -> None:
    program("sacct", "echo '2026-05-04T10:00:00|2026-05-04T10:00:05'")

    assert slurm.queue_wait(slurm.Inquiry("4711").answer(5)) == 5.0


def test_an_answer_that_does_not_come_is_not_waited_for(program) -> None:
    program("scontrol", "exec sleep 20")
    asked = slurm.Inquiry("4711")

    began = time.monotonic()
    assert asked.answer() == {}
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("body", ["exit 1", "true", "echo slurm_load_jobs error"])
def test_an_answer_that_says_nothing_is_none(program, body: str) -> None:
    program("scontrol", body)

    assert slurm.queue_wait(slurm.Inquiry("4711").answer(5)) is None


def test_a_job_that_is_no_number_is_not_asked_about(program) -> None:
    program("scontrol", f"echo {ANSWER}")

    assert slurm.Inquiry("4711; rm").answer(5) == {}


@pytest.mark.parametrize(
    "times",
    [("", ""), ("Unknown", "2026-05-04T10:00:00"), ("2026-05-04T10:00:01", "2026-05-04T10:00:00")],
)
def test_times_that_are_none_make_no_wait(times: tuple[str, str]) -> None:
    assert slurm.queue_wait(dict(zip(("SubmitTime", "StartTime"), times, strict=True))) is None


def test_a_job_tells_its_wait_its_step_and_the_jobs_before_it(node: Node, program) -> None:
    program("scontrol", f'echo "{ANSWER}"')
    scope = RecordingScope()
    gpu = GpuAdapter(node, FakeNvml([]))
    adapter = AllocationAdapter(node, gpu, lambda: allocation.find(ENVIRON))
    adapter.start(scope)
    time.sleep(0.3)
    adapter.stop(scope)

    jobs = [r for r in scope.records if isinstance(r, Entity) and r.type == "aitia:JobAllocation"]
    assert {r.attributes.get("aitia:queueWaitSeconds") for r in jobs} == {None, 90.0}
    names = {r.id: r.attributes.get("aitia:jobIdentifier") for r in jobs if r.label}
    waited = [r for r in scope.records if isinstance(r, Informed)]
    assert {names[r.informant] for r in waited} == {"4700", "4701", "4709"}
    assert {names[r.informed] for r in waited} == {"4711"}
    assert Setting("", "slurm.step", "2") in scope.records
