"""Journals written near by are forwarded when they are closed, and what a kill left, later."""

import os
import signal
import subprocess
import sys

import pytest

from aitia.errors import JournalError
from aitia.journal import files, reader, spool
from aitia.journal.files import AppendedFile
from aitia.journal.leftover import collect
from aitia.journal.writer import JournalWriter
from aitia.records import Note, encode

RUN = "0b5c5b8e-1b5a-4f0e-9b1e-0d6f6f7c8a11"


@pytest.fixture
def near(tmp_path):
    return os.path.join(spool.place(str(tmp_path / "journal"), str(tmp_path / "near")), RUN)


def note(text: str) -> bytes:
    return encode(Note("test", text))


def texts(directory) -> list[str]:
    return [line.record.text for s in reader.segments(directory) for line in reader.read(s)]


def test_a_journal_written_near_by_arrives_whole_when_it_is_closed(tmp_path, near):
    writer = JournalWriter.create(tmp_path / "journal", run=RUN, near=near)
    writer.write(note("one"))

    assert texts(tmp_path / "journal") == []
    writer.close()
    assert texts(tmp_path / "journal") == ["one"]
    assert all(reader.verify(s) for s in reader.segments(tmp_path / "journal"))
    assert os.listdir(near) == []


def test_another_process_never_takes_the_name_of_what_was_forwarded(tmp_path, near):
    for text in ("one", "two"):
        writer = JournalWriter.create(tmp_path / "journal", run=RUN, near=near)
        writer.write(note(text))
        writer.close()

    assert texts(tmp_path / "journal") == ["one", "two"]


def test_a_slow_file_is_left_and_its_chain_goes_on_near_by(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "is_mappable", lambda fd: False)
    monkeypatch.setattr(spool, "_own", lambda: str(tmp_path / "near"))
    told = []
    writer = JournalWriter.create(tmp_path / "journal", run=RUN)
    writer.on_slow = told.append
    writer.write(note("one"))
    file = writer._file
    assert isinstance(file, AppendedFile)
    file._waited, file._count = 10.0, 20
    writer.write(note("two"))
    writer.write(note("three"))

    assert texts(tmp_path / "journal") == ["one", "two"]
    assert len(told) == 1
    assert told[0].startswith(str(tmp_path / "near"))
    writer.close()
    assert texts(tmp_path / "journal") == ["one", "two", "three"]
    assert all(reader.verify(s) for s in reader.segments(tmp_path / "journal"))


def test_what_is_to_survive_a_power_cut_is_never_moved_for_being_slow(tmp_path):
    file = files.create(str(tmp_path / "file"), 1 << 20, sync=True)
    file._waited, file._count = 10.0, 20

    assert not file.slow
    os.close(file.fd)


KILLED = """
import os, signal, sys
from aitia.journal.writer import JournalWriter
from aitia.records import Note, encode
writer = JournalWriter.create(sys.argv[1], run=sys.argv[2], near=sys.argv[3])
writer.write(encode(Note("test", "kept")))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_is_forwarded_by_the_next_command(tmp_path, near):
    far = str(tmp_path / "journal")
    ended = subprocess.run([sys.executable, "-c", KILLED, far, RUN, near], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert texts(far) == []

    assert collect(far, str(tmp_path / "near")) == 1
    assert texts(far) == ["kept"]
    assert collect(far, str(tmp_path / "near")) == 0


def test_what_a_living_process_writes_is_left_alone(tmp_path, near):
    writer = JournalWriter.create(tmp_path / "journal", run=RUN, near=near)

    assert collect(str(tmp_path / "journal"), str(tmp_path / "near")) == 0
    writer.close()


def test_a_spool_of_somebody_else_is_refused(tmp_path, near, monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 12345)

    with pytest.raises(JournalError, match="belongs to somebody else"):
        JournalWriter.create(tmp_path / "journal", run=RUN, near=near)


def test_what_cannot_be_forwarded_stays_and_is_told(tmp_path, near):
    writer = JournalWriter.create(tmp_path / "journal", run=RUN, near=near)
    writer.write(note("one"))
    (tmp_path / "journal").write_text("in the way")

    with pytest.raises(JournalError, match="cannot be forwarded"):
        writer.close()
    (tmp_path / "journal").unlink()
    assert collect(str(tmp_path / "journal"), str(tmp_path / "near")) == 1
    assert texts(tmp_path / "journal") == ["one"]
