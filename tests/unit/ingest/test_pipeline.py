from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from aitia.ingest import build, parts, pipeline, reading, stream
from aitia.ingest.pipeline import Summary, adopt, ingest, pending, rebuild
from aitia.journal.writer import JournalWriter
from aitia.records import (
    Ended,
    Entity,
    Point,
    Points,
    Record,
    RunEnded,
    RunStarted,
    Setting,
    Started,
    encode,
)
from aitia.store import graphs
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore

RUN = "11111111-2222-4333-8444-555555555555"
T0 = 1_790_000_000_000_000_000
RECORDS: list[Record] = [
    RunStarted(RUN, "sweep", T0),
    Setting("", "lr", 0.1),
    Started("1", "step", T0 + 10, used={"x": 1.5}),
    Ended("1", T0 + 20, generated={"y": 2.5}),
    *(Point("", T0 + 30 + i, {"loss": 1.0 / (i + 1)}, i) for i in range(8)),
    RunEnded(T0 + 1_000_000_000),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OxigraphStore]:
    with_store = OxigraphStore(str(tmp_path / "store"))
    yield with_store
    with_store.close()


def write(root: Path, records: Iterable[Record], *, run: str = RUN, close: bool = True) -> Path:
    writer = JournalWriter.create(root / "journal", run=run)
    for record in records:
        writer.write(encode(record))
    if close:
        writer.close()
    assert writer.path is not None
    return Path(writer.path)


def hashes(store: OxigraphStore) -> dict[str, str]:
    return {g: digest(store.dump(g)) for g in store.graphs() if graphs.is_bundle(g)}


def count(store: OxigraphStore, pattern: str) -> int:
    prefixes = (
        "PREFIX aitia: <https://w3id.org/aitia/ns#> PREFIX prov: <http://www.w3.org/ns/prov#>"
    )
    _, rows = store.select(f"{prefixes} SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
    (term,) = next(iter(rows))
    assert term is not None
    return int(term.value)


def test_a_run_comes_in_once(tmp_path: Path, store: OxigraphStore) -> None:
    write(tmp_path, RECORDS)
    assert pending(tmp_path, store) > 0
    first = ingest(tmp_path, store)
    assert (first.runs, first.records, first.refused) == (1, len(RECORDS), ())
    before = hashes(store)
    assert ingest(tmp_path, store).runs == 0
    assert pending(tmp_path, store) == 0
    assert hashes(store) == before
    assert count(store, "?run a aitia:WorkflowRun ; aitia:status aitia:Completed") == 1


def test_rebuild_changes_no_hash(tmp_path: Path, store: OxigraphStore) -> None:
    write(tmp_path, RECORDS)
    ingest(tmp_path, store)
    before = hashes(store)
    assert rebuild(tmp_path, store).runs == 1
    assert hashes(store) == before
    fresh = OxigraphStore(None)
    ingest(tmp_path, fresh)
    assert hashes(fresh) == before


def test_rebuild_drops_what_has_no_journal(tmp_path: Path, store: OxigraphStore) -> None:
    write(tmp_path, RECORDS)
    ingest(tmp_path, store)
    shutil.rmtree(tmp_path / "journal")
    rebuild(tmp_path, store)
    assert hashes(store) == {}


def test_a_growing_journal_is_followed(tmp_path: Path, store: OxigraphStore) -> None:
    path = write(tmp_path, RECORDS[:3], close=False)
    ingest(tmp_path, store)
    assert count(store, "?run a aitia:WorkflowRun ; aitia:status aitia:Running") == 1
    with path.open("ab") as handle:
        handle.writelines(encode(record) for record in RECORDS[3:])
    assert ingest(tmp_path, store).runs == 1
    assert count(store, "?run a aitia:WorkflowRun ; aitia:status aitia:Completed") == 1
    assert count(store, "?run a aitia:WorkflowRun ; aitia:status ?any") == 1


def damaged(path: Path, damage: str) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    if damage == "corrupt":
        lines[3] = b'{"k":"start","n":"1" #\xff\n'
    elif damage == "kind":
        lines.insert(3, b'{"k":"dance","n":"1"}\n')
    elif damage == "torn":
        lines[-1] = lines[-1][:10]
    path.write_bytes(b"".join(lines))


@pytest.mark.parametrize(
    ("damage", "reason"), [("corrupt", "not JSON"), ("kind", "record of kind 'dance'")]
)
def test_a_bad_line_goes_to_quarantine_alone(
    tmp_path: Path, store: OxigraphStore, damage: str, reason: str
) -> None:
    damaged(write(tmp_path, RECORDS, close=False), damage)
    summary = ingest(tmp_path, store)
    (refused,) = summary.refused
    assert reason in refused.reasons[0]
    assert count(store, "?q a aitia:QuarantinedRecord ; aitia:recordText ?text") == 1
    assert count(store, "?s aitia:pointCount 8") == 1


def test_a_torn_line_is_counted(tmp_path: Path, store: OxigraphStore) -> None:
    path = write(tmp_path, RECORDS[:-1], close=False)
    path.write_bytes(path.read_bytes().replace(b'"pid":', b'"pid":999999999,"was":') + b'{"k":"ru')
    summary = ingest(tmp_path, store)
    assert summary.refused == ()
    assert count(store, '?n a aitia:CaptureNote ; aitia:noteKind "torn"') == 1
    pattern = "?run aitia:status aitia:Interrupted ; aitia:statusInferred true"
    assert count(store, pattern) == 1


def test_an_unknown_version_is_named_and_loses_nothing_else(
    tmp_path: Path, store: OxigraphStore
) -> None:
    path = write(tmp_path, RECORDS)
    other = path.with_name("other-1-0.jsonl")
    other.write_bytes(path.read_bytes().replace(b'"v":1', b'"v":99', 1))
    summary = ingest(tmp_path, store)
    assert any("version 99" in problem for problem in summary.problems)
    assert count(store, "?s aitia:pointCount 8") == 1


def test_an_edited_segment_is_told(tmp_path: Path, store: OxigraphStore) -> None:
    path = write(tmp_path, RECORDS)
    path.write_bytes(path.read_bytes().replace(b'"lr","v":0.1', b'"lr","v":0.2'))
    summary = ingest(tmp_path, store)
    assert any("seal" in problem for problem in summary.problems)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (Entity("e1", "aitia:Dataset", "labels", digest="abc"), "SHA-256"),
        (Entity("e1", "aitia:Datset", "labels"), "did you mean aitia:Dataset"),
        (Entity("e1", "aitia:DenseLayer", attributes={"aitia:unitCount": -3}), "unit"),
        (Point("", T0, {"loss": "low"}), "expected a number"),
    ],
)
def test_a_record_that_breaks_a_must_goes_alone(
    tmp_path: Path, store: OxigraphStore, record: Record, reason: str
) -> None:
    write(tmp_path, [*RECORDS[:4], record, *RECORDS[4:]])
    summary = ingest(tmp_path, store)
    (refused,) = summary.refused
    assert refused.raw == encode(record)
    assert any(reason.lower() in why.lower() for why in refused.reasons), refused.reasons
    assert summary.records == len(RECORDS)
    assert count(store, "?run a aitia:WorkflowRun ; aitia:status aitia:Completed") == 1
    assert count(store, "?s aitia:pointCount 8") == 1


def test_what_rests_on_a_refused_record_goes_with_it(tmp_path: Path, store: OxigraphStore) -> None:
    bad = Started("9", "late", T0 + 50, type="aitia:TaskRunn")
    write(tmp_path, [*RECORDS[:4], bad, Ended("9", T0 + 60), *RECORDS[4:]])
    summary = ingest(tmp_path, store)
    assert any("did you mean" in why for refused in summary.refused for why in refused.reasons)
    assert count(store, "?s aitia:pointCount 8") == 1


def test_long_series_go_to_a_file(tmp_path: Path, store: OxigraphStore) -> None:
    values = tuple(float(i) for i in range(10_001))
    points = Points("", "loss", values, times=values)
    write(tmp_path, [RECORDS[0], points, RECORDS[-1]])
    ingest(tmp_path, store)
    (file,) = (tmp_path / "series").glob("*.parquet")
    from pyarrow import parquet

    assert parquet.read_table(file)["value"].to_pylist() == list(values)
    assert count(store, "?s aitia:storedIn ?f . ?f aitia:sha256 ?d ; aitia:byteSize ?b") == 1
    before = hashes(store)
    rebuild(tmp_path, store)
    assert hashes(store) == before


def test_adopting_twice_is_adopting_once(tmp_path: Path, store: OxigraphStore) -> None:
    for _ in range(2):
        adopt(tmp_path, RECORDS, run=RUN, recorder="flowcept")
        ingest(tmp_path, store)
    assert list(hashes(store)) == [f"urn:uuid:{RUN}#bundle-flowcept"]
    assert count(store, "?s aitia:pointCount 8") == 1
    assert os.listdir(tmp_path / "journal") == [RUN]


def test_progress_ends_at_the_total(tmp_path: Path, store: OxigraphStore) -> None:
    for i in range(3):
        run = RUN[:-1] + str(i)
        write(tmp_path, [RunStarted(run, f"run {i}", T0), RunEnded(T0 + 1)], run=run)
    seen: list[tuple[int, int]] = []
    summary: Summary = ingest(
        tmp_path, store, progress=lambda done, total: seen.append((done, total))
    )
    assert summary.runs == 3
    assert seen[-1][0] == seen[-1][1]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_large_run_in_parts_has_the_graph_of_a_whole_one(
    tmp_path: Path, store: OxigraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks: list[Record] = []
    for n in range(1, 400):
        tasks += [Started(str(n), "step", T0 + n, used={"x": n}), Point(str(n), T0 + n, {"z": n})]
        tasks.append(Ended(str(n), T0 + n + 1, generated={"y": n}))
    bad = Started("400", "step", T0, type="aitia:Nonsense")
    write(tmp_path, [RECORDS[0], *tasks, bad, RunEnded(T0 + 1_000_000)])
    whole = OxigraphStore(None)
    expected = ingest(tmp_path, whole)
    monkeypatch.setattr(build, "WINDOWED_BYTES", 0)
    monkeypatch.setattr(parts, "PART_BYTES", 100_000)
    monkeypatch.setattr(stream, "WINDOW", 500)
    monkeypatch.setattr(stream, "LAG", 10)

    summary = ingest(tmp_path, store)

    assert hashes(store) == hashes(whole)
    assert summary._replace(quads=0) == expected._replace(quads=0)
    assert len(summary.refused) == 1
    assert ingest(tmp_path, store).runs == 0
    assert not list(tmp_path.glob(".ingest-*"))


def test_small_runs_are_there_while_a_large_one_is_mapped(
    tmp_path: Path, store: OxigraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    large, small = RUN, "99999999-2222-4333-8444-555555555555"
    monkeypatch.setattr(pipeline, "LARGE_BYTES", 4_000)
    monkeypatch.setattr(reading, "TICK_BYTES", 1)
    told = [Started(str(i), "step", T0 + i) for i in range(400)]
    write(tmp_path, [RunStarted(large, "large", T0), *told], run=large)
    write(tmp_path, [RunStarted(small, "small", T0), RunEnded(T0 + 1)], run=small)
    seen: set[tuple[bool, bool]] = set()

    def look(done: int, total: int) -> None:
        seen.add((store.ask(f"ASK {{ <urn:uuid:{small}> a ?kind }}"), done > 4_000))

    ingest(tmp_path, store, progress=look, jobs=0)
    assert (False, True) not in seen
    assert (True, True) in seen
