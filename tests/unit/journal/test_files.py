"""Files that are mapped or appended to: room, end, and what a reader sees meanwhile."""

import errno
import os
import signal
import subprocess
import sys
import time

import pytest

from aitia.errors import JournalError
from aitia.journal import files, reader
from aitia.journal.files import AppendedFile, MappedFile
from aitia.journal.writer import JournalWriter
from aitia.records import Note, encode

RUN = "0b5c5b8e-1b5a-4f0e-9b1e-0d6f6f7c8a11"
LIMIT = 1 << 20


@pytest.fixture(params=[True, False], ids=["mapped", "appended"])
def file(request, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "is_mappable", lambda fd: request.param)
    made = files.create(str(tmp_path / "file"), LIMIT, sync=False)
    assert type(made) is (MappedFile if request.param else AppendedFile)
    yield made
    os.close(made.fd)


def content(file) -> bytes:
    return os.pread(file.fd, 4 * LIMIT, 0).rstrip(b"\0")


def test_a_record_is_in_the_file_when_put_returns(file):
    file.grow(4, LIMIT)
    file.put(b"one\n")

    assert content(file) == b"one\n"


def test_a_file_grows_to_its_limit_and_not_beyond(file):
    line = b"x" * 999 + b"\n"
    count = 0
    while file.grow(len(line), LIMIT):
        file.put(line)
        count += 1

    assert count == LIMIT // 1000
    assert content(file) == line * count


def test_a_record_longer_than_the_limit_has_a_file_of_its_own(file):
    line = b"y" * (2 * LIMIT) + b"\n"

    assert file.grow(len(line), LIMIT)
    file.put(line)

    assert content(file) == line
    assert not file.grow(1, LIMIT)


def test_on_a_full_disk_there_is_room_for_the_last_records(tmp_path, monkeypatch):
    def full(fd, start, length):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    made = files.create(str(tmp_path / "file"), LIMIT, sync=False)
    assert type(made) is MappedFile
    line, count, reserve = b"x" * 999 + b"\n", 0, os.posix_fallocate
    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space"):  # noqa: PT012 - so many fit before
        while made.grow(len(line), LIMIT):
            made.put(line)
            count += 1
    assert (count + 1) * 1000 > 64 << 10
    made.spend()
    for _ in range(16):
        assert made.grow(len(line), LIMIT)
        made.put(line)
    with pytest.raises(OSError, match="No space"):
        made.grow(len(line), LIMIT)
    monkeypatch.setattr(os, "posix_fallocate", reserve)
    assert made.grow(len(line), LIMIT)
    made.put(line)
    made.end()
    assert (tmp_path / "file").read_bytes() == line * (count + 17)
    os.close(made.fd)


def test_an_ended_file_takes_nothing_and_ends_after_its_last_record(file):
    file.grow(4, LIMIT)
    file.put(b"one\n")
    file.end()

    assert os.fstat(file.fd).st_size == 4
    with pytest.raises(ValueError):
        file.put(b"\n")


def test_an_ended_file_without_a_record_is_empty(file):
    file.end()

    assert os.fstat(file.fd).st_size == 0


def test_what_is_written_is_not_kept_in_memory(tmp_path):
    file = files.create(str(tmp_path / "file"), 64 << 20, sync=False)
    if not isinstance(file, MappedFile):
        pytest.skip("this folder is on a file system that is not mapped")
    line = b"z" * 4095 + b"\n"
    before = _resident()
    while file.grow(len(line), 32 << 20):
        file.put(line)
    grown = _resident() - before
    os.close(file.fd)

    assert grown < 4 << 20


def _resident() -> int:
    with open("/proc/self/statm") as handle:
        return int(handle.read().split()[1]) * os.sysconf("SC_PAGESIZE")


@pytest.mark.parametrize("type_", ["nfs4", "fuse.sshfs", "lustre", "btrfs", "9p"])
def test_other_file_systems_are_appended_to(tmp_path, monkeypatch, type_):
    monkeypatch.setattr(files, "_MOUNTS", {})
    monkeypatch.setattr(files, "_file_system", lambda device: type_)
    file = files.create(str(tmp_path / "file"), LIMIT, sync=False)

    assert isinstance(file, AppendedFile)
    os.close(file.fd)


def test_what_survives_a_power_cut_is_appended(tmp_path):
    file = files.create(str(tmp_path / "file"), LIMIT, sync=True)

    assert isinstance(file, AppendedFile)
    os.close(file.fd)


def test_no_room_to_reserve_is_no_failure(tmp_path, monkeypatch):
    def full(fd, offset, length):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    file = files.create(str(tmp_path / "file"), LIMIT, sync=False)
    file.grow(4, LIMIT)
    file.put(b"one\n")

    assert content(file) == b"one\n"
    os.close(file.fd)


def test_a_reader_does_not_see_the_room_that_is_left(tmp_path):
    writer = JournalWriter.create(tmp_path, run=RUN)
    writer.write(encode(Note("test", "one")))
    [segment] = reader.segments(tmp_path)
    size = segment.size
    writer.write(encode(Note("test", "two")))
    [segment] = reader.segments(tmp_path)

    assert size < segment.size < 1000
    assert reader.torn(segment) == 0
    assert [line.record.text for line in reader.read(segment)] == ["one", "two"]
    writer.close()
    assert reader.segments(tmp_path)[0].size == os.stat(segment.path).st_size


def test_a_record_that_a_kill_cut_short_is_torn(tmp_path):
    writer = JournalWriter.create(tmp_path, run=RUN)
    writer.write(encode(Note("test", "one")))
    with open(writer.path, "r+b") as handle:
        size = reader.segments(tmp_path)[0].size
        handle.seek(size)
        handle.write(b'{"k":"no')
    [segment] = reader.segments(tmp_path)

    assert reader.torn(segment) == 8
    assert [line.record.text for line in reader.read(segment)] == ["one"]


def test_the_last_note_is_found_before_the_room_that_is_left(tmp_path):
    writer = JournalWriter.create(tmp_path, run=RUN)
    writer.write(encode(Note("failure", "it burnt")))

    assert reader.last_note(str(tmp_path / RUN), "failure") == "it burnt"
    writer.close()


KILLED = """
import sys
from aitia.journal.writer import JournalWriter
from aitia.records import Note, encode
writer = JournalWriter.create(sys.argv[1], run=sys.argv[2])
n = 0
while True:
    writer.write(encode(Note("test", f"note {n}")))
    n += 1
    sys.stdout.write(f"{n}\\n")
"""


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", KILLED, str(tmp_path), RUN], stdout=subprocess.PIPE
    )
    time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    told = process.communicate()[0].decode().split("\n")
    acknowledged = int(told[-2])
    [segment] = reader.segments(tmp_path)
    texts = [line.record.text for line in reader.read(segment)]

    assert acknowledged > 100
    assert len(texts) in (acknowledged, acknowledged + 1)
    assert texts == [f"note {n}" for n in range(len(texts))]


def test_a_writer_that_was_closed_by_another_thread_refuses_in_words(tmp_path):
    writer = JournalWriter.create(tmp_path, run=RUN)
    put = writer._put
    writer.close()

    with pytest.raises(ValueError):
        put(b"late\n")
    with pytest.raises(JournalError, match="closed journal"):
        writer.write(b"late\n")
    assert all(reader.verify(s) for s in reader.segments(tmp_path))
