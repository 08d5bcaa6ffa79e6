from __future__ import annotations

from pathlib import Path

from aitia.ingest.gate import Item
from aitia.ingest.journals import Journal, journals
from aitia.ingest.quarantine import Refused
from aitia.ingest.reading import Reading
from aitia.ingest.tail import Tail
from aitia.journal.writer import JournalWriter
from aitia.records import Note, RunStarted, encode

RUN = "11111111-2222-4333-8444-555555555555"


def note(text: str) -> bytes:
    return encode(Note("blind", text))


def journal(root: Path) -> Journal:
    (found,) = journals(str(root))
    return found


def whole(root: Path) -> str:
    reading = Reading(journal(root))
    list(reading.items())
    return reading.digest


def test_each_line_comes_once_and_the_digest_is_that_of_all(tmp_path: Path) -> None:
    first = JournalWriter.create(tmp_path / "journal", run=RUN)
    second = JournalWriter.create(tmp_path / "journal", run=RUN, scope="w")
    first.write(encode(RunStarted(RUN, "run", 1)))
    second.write(note("a"))
    tail = Tail()
    assert len(list(tail.read(journal(tmp_path)))) == 2
    assert tail.digest(journal(tmp_path)) == whole(tmp_path)
    first.write(note("b"))
    first.write(b"no record\n")
    second.write(note("c"))
    first.write(note("d"))
    found = list(tail.read(journal(tmp_path)))
    texts = [one.record.text for one in found if isinstance(one, Item)]  # type: ignore[union-attr]
    assert texts == ["b", "d", "c"]
    assert [one.number for one in found if isinstance(one, Refused)] == [4]
    assert tail.digest(journal(tmp_path)) == whole(tmp_path)
    second.close()
    first.close()
    assert list(tail.read(journal(tmp_path))) == []
    assert tail.digest(journal(tmp_path)) == whole(tmp_path)


def test_what_was_written_since_a_journal_was_looked_at_waits(tmp_path: Path) -> None:
    writer = JournalWriter.create(tmp_path / "journal", run=RUN)
    writer.write(encode(RunStarted(RUN, "run", 1)))
    before = journal(tmp_path)
    writer.write(note("later"))
    tail = Tail()
    assert len(list(tail.read(before))) == 1
    assert len(list(tail.read(journal(tmp_path)))) == 1
    writer.close()


def test_a_segment_that_was_cut_is_seen(tmp_path: Path) -> None:
    writer = JournalWriter.create(tmp_path / "journal", run=RUN)
    writer.write(encode(RunStarted(RUN, "run", 1)))
    tail, before = Tail(), journal(tmp_path)
    list(tail.read(before))
    assert not tail.is_cut(before.segments[0])
    assert tail.is_cut(before.segments[0]._replace(size=10))
    writer.close()
