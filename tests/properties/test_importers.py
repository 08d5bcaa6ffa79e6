"""Whatever a file holds, an importer gives records that map, or says which line is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from aitia.errors import ImportFormatError, NotFoundError
from aitia.importers.flowcept import read as read_flowcept
from aitia.importers.port import Imported
from aitia.importers.record_trails import HEADER
from aitia.importers.record_trails import read as read_trail
from aitia.importers.table import read as read_table
from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import Origin
from aitia.ingest.triples import to_nquads
from aitia.records import decode, encode
from aitia.store.oxigraph import OxigraphStore

DATA = Path(__file__).parents[1] / "data"
TRAIL = (DATA / "record_trails" / "2021_02_15_13_56_59_917381.txt").read_bytes()
CANARY = "canary-of-a-secret"

TEXTS = st.text(max_size=6) | st.sampled_from(["task", "1", "g", "node-1", CANARY])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
SECONDS = st.floats(0, 100) | JSON
IDS = st.text(min_size=1, max_size=6) | st.sampled_from(["task", "1", "g", CANARY])
REQUIRED = {
    "type": st.sampled_from(["workflow", "task", "agent", "flowcept_control", None]),
    **dict.fromkeys(("workflow_id", "task_id", "activity_id", "agent_id"), IDS),
}
OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("parent_task_id", "group_id", "hostname", "campaign_id"), TEXTS),
    "status": st.sampled_from(["FINISHED", "ERROR", "RUNNING", "SUBMITTED", "?"]),
    "subtype": st.sampled_from(["learning", "ai_model_invocation", "?"]),
    **dict.fromkeys(("started_at", "ended_at"), SECONDS),
    **dict.fromkeys(("used", "generated"), st.dictionaries(TEXTS, JSON, max_size=3) | JSON),
    **dict.fromkeys(("tags", "stderr", "dependencies", "dependents", "custom_metadata"), JSON),
    **dict.fromkeys(("machine_info", "user", "telemetry_at_start", "telemetry_at_end"), JSON),
    **dict.fromkeys(("code_repository", "name", "flowcept_version"), JSON),
}
MESSAGES = st.fixed_dictionaries(REQUIRED, optional=OPTIONAL).map(
    lambda message: {k: v for k, v in message.items() if k != "type" or v is not None}
)
SECRET = {"type": "workflow", "workflow_id": "1"} | {
    "machine_info": {"1": {"environment": {"MY_TOKEN": CANARY}, "hostname": "h"}}
}


def graph(found: Iterator[Imported]) -> bytes:
    """Map what was imported as ingest does, and have it read as N-Quads."""
    graphs: dict[str, bytes] = {}
    for imported in found:
        mapper = Mapper(imported.run, Origin(imported.recorder, "0.1.0"))
        triples = []
        for i, record in enumerate(imported.records):
            triples += mapper.map(decode(encode(record)), "", i)
        triples += mapper.finish(alive=False)
        graphs[mapper.graph] = to_nquads(triples, mapper.graph)
    OxigraphStore(None).replace(graphs)
    return b"".join(graphs.values())


def refusal(read: Callable[[Path], Iterator[Imported]], content: bytes) -> str:
    """Return why content is refused, or that it is not."""
    try:
        of_bytes(read, content)
    except ImportFormatError as error:
        return error.got
    return "line 0: read"


def of_bytes(read: Callable[[Path], Iterator[Imported]], content: bytes) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        return graph(read(path))


@settings(max_examples=80, deadline=None)
@given(st.lists(MESSAGES, min_size=1, max_size=6))
def test_any_messages_become_a_graph(messages: list[dict[str, Any]]) -> None:
    lines = [json.dumps(message).encode() for message in (SECRET, *messages)]
    found = of_bytes(read_flowcept, b"\n".join(lines) + b"\n")
    assert of_bytes(read_flowcept, b"\n".join(lines) + b"\n") == found


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(["used", "generated", "stderr", "name"]), JSON), TEXTS)
def test_a_secret_of_the_environment_never_gets_through(fields: dict[str, Any], name: str) -> None:
    task = {"type": "task", "workflow_id": "1", "task_id": "2", "activity_id": name or "f"}
    task |= {"stderr": f"at {CANARY}!", "status": "ERROR", **fields}
    lines = [json.dumps(message).encode() for message in (SECRET, task)]
    assert CANARY.encode() not in of_bytes(read_flowcept, b"\n".join(lines))


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_by_their_line(content: bytes) -> None:
    for read in (read_flowcept, read_trail):
        assert refusal(read, content).startswith("line ")


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(HEADER), st.text(max_size=12), st.integers(0, len(TRAIL)))
def test_a_changed_trail_is_read_or_refused(column: str, cell: str, cut: int) -> None:
    rows = TRAIL.split(b"\n")
    cells = rows[1].split(b" ")
    cells[HEADER.index(column)] = cell.encode()
    for content in (b"\n".join([rows[0], b" ".join(cells), *rows[2:]]), TRAIL[:cut]):
        assert refusal(read_trail, content).startswith("line ")


TABLE = """[table]
sources = ["runs.csv"]
run = ["id"]
[settings]
a = "a"
[series]
step = "s"
loss = "l"
[results]
end = "e"
"""
CELLS = st.text(max_size=4) | st.sampled_from(["", "1", "nan", "-inf", '"', ",", "\n", "x"])


def table(description: bytes, rows: bytes) -> str:
    """Return why a table is refused, or that it is not; whatever is read becomes a graph."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "runs.csv").write_bytes(rows)
        path = Path(folder) / "sweep.toml"
        path.write_bytes(description)
        try:
            graph(read_table(path))
        except ImportFormatError as error:
            return str(error.got)
        except NotFoundError:
            return "not found"
    return "read"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[CELLS] * 5), max_size=4), st.binary(max_size=8))
def test_any_table_is_read_or_refused_by_its_line(rows: list[tuple[str, ...]], rest: bytes) -> None:
    text = "".join(",".join(row) + "\n" for row in rows)
    content = b"id,a,s,l,e\n" + text.encode("utf-8", "replace") + rest
    assert table(TABLE.encode(), content).startswith(("line ", "read"))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=20), st.integers(0, len(TABLE)))
def test_any_description_of_a_table_is_used_or_refused(content: bytes, place: int) -> None:
    changed = TABLE[:place].encode() + content + TABLE[place:].encode()
    assert table(changed, b"id,a,s,l,e\n1,2,3,4,5\n")
