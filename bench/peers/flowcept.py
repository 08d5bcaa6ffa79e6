"""Flowcept's decorator, offline, as its documentation shows it first."""

from __future__ import annotations

import os

from bench.peers.work import Close, Record, calls_of, lines, produce

NAME, DISTRIBUTION, CALLS = "Flowcept @flowcept_task, offline", "flowcept", 10_000


def start(folder: str) -> tuple[Record, Close]:
    os.environ["FLOWCEPT_USE_DEFAULT"] = "true"
    from flowcept import Flowcept, flowcept_task

    recorder = Flowcept(workflow_name="peers").start()
    return calls_of(flowcept_task(produce)), recorder.stop


def kept(folder: str) -> int:
    return lines(os.path.join(folder, "flowcept_buffer.jsonl"), '"activity_id"')
