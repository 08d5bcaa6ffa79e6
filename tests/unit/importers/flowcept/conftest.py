from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aitia.importers.flowcept.buffer import Workflow, parse
from aitia.importers.source import open_source

Message = dict[str, Any]
Parse = Callable[..., list[Workflow]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def of(*messages: Message) -> Path:
        path = tmp_path / "buffer.jsonl"
        path.write_text("".join(json.dumps(message) + "\n" for message in messages))
        return path

    return of


@pytest.fixture
def parsed(write: Callable[..., Path]) -> Parse:
    def of(*messages: Message) -> list[Workflow]:
        return parse(open_source(write(*messages)))

    return of


@pytest.fixture
def task() -> Callable[..., Message]:
    """Return a maker of task messages that ran from ``start`` to ``end`` seconds after 1000."""

    def of(name: str, start: float, end: float | None, **more: Any) -> Message:
        message: Message = {
            "type": "task",
            "task_id": f"{name}-id",
            "workflow_id": "wf",
            "activity_id": name,
            "hostname": "node-1",
            "status": "FINISHED",
            "started_at": 1000.0 + start,
        }
        if end is not None:
            message["ended_at"] = 1000.0 + end
        return {k: v for k, v in {**message, **more}.items() if v is not None}

    return of
