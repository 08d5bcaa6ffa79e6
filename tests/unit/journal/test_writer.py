"""One file per process, one write per record, and what happens when the disk refuses."""

import os
import resource
import shutil
import threading

import pytest

from aitia.errors import JournalError
from aitia.journal import files, reader
from aitia.journal.writer import JournalWriter
from aitia.records import Note, encode

RUN = "0b5c5b8e-1b5a-4f0e-9b1e-0d6f6f7c8a11"


@pytest.fixture(params=["mapped", "appended"], autouse=True)
def way(request, monkeypatch):
    monkeypatch.setattr(files, "is_mappable", lambda fd: request.param == "mapped")
    return request.param


def note(number: int) -> bytes:
    return encode(Note("test", f"note {number}"))


def texts(directory: os.PathLike[str]) -> list[str]:
    lines = [line for s in reader.segments(directory) for line in reader.read(s)]
    assert all(line.error is None for line in lines)
    return [line.record.text for line in lines]


def test_a_record_is_in_the_file_when_write_returns(tmp_path):
    writer = JournalWriter.create(tmp_path, run=RUN)
    writer.write(note(1))
    assert texts(tmp_path) == ["note 1"]
    [segment] = reader.segments(tmp_path)
    assert (segment.run, segment.pid, segment.index) == (RUN, os.getpid(), 0)
    assert segment.previous is None
    assert not segment.sealed
    writer.close()
    assert reader.segments(tmp_path)[0].sealed
    assert texts(tmp_path) == ["note 1"]


def test_the_name_holds_host_process_and_index(tmp_path):
    writer = JournalWriter.create(tmp_path, run=RUN)
    writer.close()
    [path] = (tmp_path / RUN).iterdir()
    assert path.name.endswith(f"-{os.getpid()}-0.jsonl")


def test_a_full_segment_is_sealed_and_chained_to_the_next(tmp_path):
    writer = JournalWriter(str(tmp_path / RUN), run=RUN, limit=2000)
    writer._open()
    for number in range(100):
        writer.write(note(number))
    writer.close()
    segments = reader.segments(tmp_path)
    assert len(segments) > 2
    assert [s.index for s in segments] == list(range(len(segments)))
    assert all(reader.verify(s) for s in segments)
    assert all(s.previous for s in segments[1:])
    assert texts(tmp_path) == [f"note {n}" for n in range(100)]


def test_two_recorders_of_one_process_have_their_own_files(tmp_path):
    first = JournalWriter.create(tmp_path, run=RUN)
    second = JournalWriter.create(tmp_path, run=RUN, recorder="flowcept")
    first.write(note(1))
    second.write(note(2))
    first.close()
    second.close()
    assert [s.recorder for s in reader.segments(tmp_path)] == ["aitia", "flowcept"]
    assert all(reader.verify(s) for s in reader.segments(tmp_path))


def test_threads_lose_nothing_while_segments_rotate(tmp_path):
    writer = JournalWriter(str(tmp_path / RUN), run=RUN, limit=20_000)
    writer._open()

    def work(first: int) -> None:
        for number in range(first, first + 500):
            writer.write(note(number))

    threads = [threading.Thread(target=work, args=(n * 500,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    assert sorted(texts(tmp_path)) == sorted(f"note {n}" for n in range(4000))
    assert all(reader.verify(s) for s in reader.segments(tmp_path))


def test_a_journal_that_is_there_is_left_as_it_is(tmp_path):
    writer = JournalWriter.create(tmp_path, run=RUN)
    writer.write(note(1))
    path, inode = writer.path, os.stat(writer.path).st_ino
    assert writer.last() == ""
    writer.write(note(2))
    writer.close()
    assert writer.last() == ""
    assert (writer.path, os.stat(path).st_ino) == (path, inode)
    assert texts(tmp_path) == ["note 1", "note 2"]


def test_what_was_written_to_a_removed_file_is_written_again(tmp_path):
    writer = JournalWriter.create(tmp_path, run=RUN)
    for number in range(1000):
        writer.write(note(number))
    shutil.rmtree(tmp_path)
    for number in range(1000, 2000):
        writer.write(note(number))
    assert writer.last().endswith("this process wrote its file again")
    writer.write(note(2000))
    writer.close()
    assert texts(tmp_path) == [f"note {number}" for number in range(2001)]
    [segment] = reader.segments(tmp_path)
    assert reader.verify(segment)


def test_what_was_full_before_and_removed_is_counted(tmp_path):
    writer = JournalWriter(str(tmp_path / RUN), run=RUN, limit=600)
    for number in range(50):
        writer.write(note(number))
    full = len(reader.segments(tmp_path)) - 1
    assert full > 1
    shutil.rmtree(tmp_path)
    assert f"and {full} that were full are lost" in writer.last()
    writer.close()
    assert texts(tmp_path)[-1] == "note 49"


def test_where_it_cannot_be_written_again_the_loss_is_told(tmp_path):
    writer = JournalWriter.create(tmp_path / "data", run=RUN)
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(JournalError, match="cannot be written"):
        writer.last()


def test_threads_that_write_while_it_is_written_again_lose_nothing(tmp_path):
    writer = JournalWriter.create(tmp_path, run=RUN)
    shutil.rmtree(tmp_path)
    begun = threading.Barrier(5)

    def work(first):
        begun.wait()
        for number in range(first, first + 2000):
            writer.write(note(number))

    threads = [threading.Thread(target=work, args=(2000 * index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    begun.wait()
    assert writer.last()
    for thread in threads:
        thread.join()
    writer.close()
    assert sorted(texts(tmp_path)) == sorted(f"note {number}" for number in range(8000))


def test_a_file_that_has_never_room_does_not_hold_up_the_run(tmp_path, monkeypatch):
    writer = JournalWriter.create(tmp_path, run=RUN)
    writer.write(note(1))

    def full(record):
        raise ValueError("no room")

    monkeypatch.setattr(writer, "_put", full)
    with pytest.raises(JournalError, match="found no room"):
        writer.write(note(2))


def test_writing_after_close_is_refused(tmp_path):
    writer = JournalWriter.create(tmp_path, run=RUN)
    writer.close()
    writer.close()
    with pytest.raises(JournalError, match="closed journal"):
        writer.write(note(1))


def test_durability_machine_syncs_every_record(tmp_path, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(fd), real(fd)))
    writer = JournalWriter.create(tmp_path, run=RUN, durability="machine")
    before = len(synced)
    writer.write(note(1))
    assert len(synced) == before + 1
    writer.close()


def test_a_folder_that_cannot_be_made_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JournalError, match="AITIA_DIR"):
        JournalWriter.create(tmp_path / "file", run=RUN)


def large() -> bytes:
    return encode(Note("test", "x" * 1000))


def fill(writer: JournalWriter) -> int:
    """Write until the disk refuses; return how many records it took."""
    for count in range(255):
        try:
            writer.write(large())
        except JournalError:
            return count
    return 255


def test_what_was_acknowledged_is_there_when_the_file_may_not_grow(tmp_path):
    # RLIMIT_FSIZE makes the kernel take a part of a record and refuse the rest, as a full disk.
    pid = os.fork()
    if pid == 0:
        count = 0
        try:
            writer = JournalWriter.create(tmp_path, run=RUN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
            count = fill(writer)
            with pytest.raises(JournalError, match="cannot be written"):
                writer.write(large())
        finally:
            os._exit(count)
    count = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    [segment] = reader.segments(tmp_path)
    assert reader.torn(segment) == 0
    assert 40 < count < 255
    assert len(texts(tmp_path)) == count


def test_a_forked_child_writes_its_own_file(tmp_path):
    writer = JournalWriter.create(tmp_path, run=RUN)
    writer.write(note(1))
    pid = os.fork()
    if pid == 0:
        child = writer.for_child("c1")
        child.write(note(2))
        child.close()
        os._exit(0)
    os.waitpid(pid, 0)
    writer.write(note(3))
    writer.close()
    parent, child = sorted(reader.segments(tmp_path), key=lambda s: s.scope)
    assert (parent.scope, child.scope) == ("", "c1")
    assert [line.record.text for line in reader.read(parent)] == ["note 1", "note 3"]
    assert [line.record.text for line in reader.read(child)] == ["note 2"]
    assert child.pid == pid
