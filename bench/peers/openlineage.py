"""OpenLineage: a START and a COMPLETE event for each task, appended to a file."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime

from bench.peers.work import Close, Record, calls_of, lines, produce

NAME, DISTRIBUTION, CALLS = "OpenLineage, START + COMPLETE, file", "openlineage-python", 1000


def start(folder: str) -> tuple[Record, Close]:
    import attr
    from openlineage.client import OpenLineageClient
    from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
    from openlineage.client.generated.base import RunFacet
    from openlineage.client.transport.file import FileConfig, FileTransport

    @attr.define
    class Values(RunFacet):
        values: dict[str, object] = attr.field(factory=dict)

    path = os.path.join(folder, "events")
    client = OpenLineageClient(transport=FileTransport(FileConfig(log_file_path=path, append=True)))
    job = Job(namespace="bench", name="produce")

    def event(state: RunState, run: str, name: str, values: dict[str, object]) -> RunEvent:
        now = datetime.now(UTC).isoformat()
        run_of = Run(runId=run, facets={name: Values(values=values)})
        return RunEvent(eventTime=now, run=run_of, job=job, eventType=state, producer="bench")

    def recorded(*args: object) -> None:
        run = str(uuid.uuid4())
        client.emit(event(RunState.START, run, "inputs", dict(zip("abcde", args, strict=True))))
        made = produce(*args)  # type: ignore[arg-type]
        client.emit(event(RunState.COMPLETE, run, "outputs", made))

    return calls_of(recorded), client.close


def kept(folder: str) -> int:
    return lines(os.path.join(folder, "events"), "COMPLETE")
