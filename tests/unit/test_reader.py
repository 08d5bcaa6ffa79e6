from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import aitia
from aitia.errors import NotFoundError
from aitia.journal.writer import JournalWriter
from aitia.reader import Graph
from aitia.records import Ended, RunEnded, RunStarted, Started, encode
from aitia.store import graphs

RUN = "0190a000-0000-4000-8000-000000000001"
T0 = 1_790_000_000_000_000_000


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[Graph]:
    writer = JournalWriter.create(tmp_path / "journal", run=RUN)
    for record in (
        RunStarted(RUN, "net", T0),
        Started("1", "good", T0 + 10, used={"rate": 0.5}),
        Ended("1", T0 + 20, generated={"loss": 0.25}),
        Started("2", "bad", T0 + 30),
        Ended("2", T0 + 40),
        RunEnded(T0 + 100),
    ):
        writer.write(encode(record))
    writer.close()
    with aitia.open(tmp_path) as opened:
        name = graphs.bundle(RUN)
        lines = opened.store.dump(name).splitlines(keepends=True)
        spoiled = [ln for ln in lines if not (b"#2>" in ln.split()[0] and b"/ns#status>" in ln)]
        opened.store.replace({name: b"".join(spoiled)})
        yield opened


def test_a_task_is_judged_alone(graph: Graph) -> None:
    good = graph.validate_nodes([f"urn:uuid:{RUN}#1"], run=RUN)
    assert good.conforms
    bad = graph.validate_nodes([f"urn:uuid:{RUN}#2"], run=RUN)
    about = {result.focus for result in bad.results}
    assert f"urn:uuid:{RUN}#2" in about
    (whole,) = graph.validate(RUN).values()
    assert bad.results == tuple(r for r in whole.results if r.focus in about)
    assert graph.validate_nodes([f"urn:uuid:{RUN}#2"]).results == bad.results


def test_a_run_that_is_not_there(graph: Graph) -> None:
    with pytest.raises(NotFoundError):
        graph.validate_nodes(["urn:x"], run="none")


def test_a_folder_of_something_else_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "passwd").write_text("root")
    with pytest.raises(NotFoundError, match="nothing was recorded"):
        aitia.open(tmp_path)
    assert os.listdir(tmp_path) == ["passwd"]
