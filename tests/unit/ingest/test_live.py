from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from aitia.ingest import following, live, series, watching
from aitia.ingest.live import CHANCES, Live
from aitia.ingest.pipeline import Summary, ingest
from aitia.journal.writer import JournalWriter
from aitia.records import Ended, Point, Record, RunEnded, RunStarted, Started, encode
from aitia.store import graphs
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore

RUN = "11111111-2222-4333-8444-555555555555"
T0 = 1_790_000_000_000_000_000


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LEAST_BYTES", 0)
    monkeypatch.setattr(following, "LAG", 4)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[JournalWriter]:
    made = JournalWriter.create(tmp_path / "journal", run=RUN)
    tell(made, [RunStarted(RUN, "sweep", T0)])
    yield made
    made.close()


def tell(writer: JournalWriter, records: Iterable[Record]) -> None:
    for record in records:
        writer.write(encode(record))


def task(number: int) -> list[Record]:
    here = str(number)
    return [Started(here, "step", T0 + number), Ended(here, T0 + number + 1)]


class Followed:
    """A store that is kept up to date by following."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = OxigraphStore(None)
        self.live = Live(str(root))

    def look(self) -> Summary:
        return ingest(self.root, self.store, live=self.live)

    def bundle(self) -> str:
        return digest(self.store.dump(graphs.bundle(RUN, "aitia")))

    def expected(self) -> str:
        other = OxigraphStore(None)
        ingest(self.root, other)
        return digest(other.dump(graphs.bundle(RUN, "aitia")))


@pytest.fixture
def followed(tmp_path: Path, writer: JournalWriter) -> Followed:
    made = Followed(tmp_path)
    made.look()
    return made


def test_only_what_is_new_is_mapped(followed: Followed, writer: JournalWriter) -> None:
    tell(writer, task(1))
    assert followed.look().records == 2
    tell(writer, task(2))
    assert followed.look().records == 2
    assert followed.live.bundles == [graphs.bundle(RUN, "aitia")]
    assert followed.bundle() == followed.expected()


def test_another_process_goes_on_where_one_left_off(
    followed: Followed, writer: JournalWriter
) -> None:
    tell(writer, task(1))
    followed.look()
    followed.live = Live(str(followed.root))
    tell(writer, task(2))
    assert followed.look().records == 2
    assert followed.bundle() == followed.expected()


def test_a_run_that_has_ended_is_judged_once_more_as_a_whole(
    followed: Followed, writer: JournalWriter
) -> None:
    tell(writer, task(1))
    followed.look()
    tell(writer, [RunEnded(T0 + 100)])
    writer.close()
    assert followed.look().records == 1
    assert followed.live.has_ended
    assert followed.bundle() == followed.expected()
    assert followed.look().records == 4
    assert not followed.live.has_ended
    assert followed.look().runs == 0


def test_what_breaks_a_shape_is_refused_and_the_run_followed_on(
    followed: Followed, writer: JournalWriter
) -> None:
    tell(writer, [Started("1", "step", T0 + 50), Ended("1", T0 + 10)])
    summary = followed.look()
    assert [refused.number for refused in summary.refused] == [4]
    tell(writer, task(2))
    assert followed.look().records == 2
    assert followed.bundle() == followed.expected()


def test_what_is_said_of_a_task_long_after_its_end_is_mapped_as_a_whole(
    followed: Followed, writer: JournalWriter
) -> None:
    for number in range(1, 5):
        tell(writer, task(number))
        followed.look()
    tell(writer, [Point("1", T0 + 90, {"loss": 0.5})])
    assert followed.look().records == 10
    assert followed.bundle() == followed.expected()
    assert not followed.live.is_whole


def test_a_run_that_is_late_again_and_again_is_followed_no_more(
    followed: Followed, writer: JournalWriter
) -> None:
    for number in range(1, 5):
        tell(writer, task(number))
    followed.look()
    for number in range(CHANCES):
        tell(writer, [Point("1", T0 + 90, {f"loss{number}": 0.5})])
        followed.look()
    assert followed.live.is_whole
    tell(writer, task(5))
    assert followed.look().records == 1 + 10 + CHANCES
    assert followed.bundle() == followed.expected()


def test_a_follower_that_is_behind_the_store_begins_again(
    followed: Followed, writer: JournalWriter
) -> None:
    tell(writer, task(1))
    followed.look()
    tell(writer, task(2))
    ingest(followed.root, followed.store)
    tell(writer, task(3))
    assert followed.look().records == 2
    assert followed.bundle() == followed.expected()


def test_a_line_that_is_no_record_lies_in_quarantine_once(
    followed: Followed, writer: JournalWriter
) -> None:
    writer.write(b"not a record\n")
    assert len(followed.look().refused) == 1
    tell(writer, task(1))
    assert followed.look().refused == ()
    kept = followed.store.dump(graphs.quarantine(RUN, "aitia"))
    assert kept.count(b"QuarantinedRecord") == 1


def test_a_long_series_has_one_file_however_often_it_grew(
    followed: Followed, writer: JournalWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series, "INLINE_LIMIT", 3)
    for number in range(8):
        tell(writer, [Point("", T0 + number, {"loss": 0.5 + number}, number)])
        followed.look()
    assert followed.bundle() == followed.expected()
    assert len(list((followed.root / "series").iterdir())) == 1


def test_what_another_process_watches_is_left_to_it(
    followed: Followed, writer: JournalWriter
) -> None:
    tell(writer, task(1))
    told = {"pid": 0, "host": "elsewhere", "bundles": [graphs.bundle(RUN, "aitia")]}
    path = followed.root / watching.FILE
    path.write_text(json.dumps(told), encoding="utf-8")
    assert followed.look().runs == 0
    then = path.stat().st_mtime - watching.FRESH_SECONDS - 1
    os.utime(path, (then, then))
    assert followed.look().records == 2
