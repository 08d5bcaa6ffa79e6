"""Whatever lies in a journal's folder, what can be read is read, and the rest is named."""

import os
import subprocess
import sys

import pytest

from aitia.errors import RecordVersionError, SealError
from aitia.journal import reader
from aitia.journal.writer import JournalWriter
from aitia.records import Note, encode

RUN = "0b5c5b8e-1b5a-4f0e-9b1e-0d6f6f7c8a11"


@pytest.fixture
def path(tmp_path):
    writer = JournalWriter.create(tmp_path, run=RUN)
    for number in range(5):
        writer.write(encode(Note("test", f"note {number}")))
    writer.close()
    return writer.path


def only(path):
    [segment] = reader.segments(os.path.dirname(os.path.dirname(path)))
    return segment


def edit(path, before: bytes, after: bytes) -> None:
    with open(path, "rb") as handle:
        data = handle.read()
    assert before in data
    with open(path, "wb") as handle:
        handle.write(data.replace(before, after))


def test_no_folder_is_no_journal(tmp_path):
    assert reader.segments(tmp_path / "nowhere") == []


def test_offsets_and_numbers_point_at_the_lines(path):
    with open(path, "rb") as handle:
        for line in reader.read(only(path)):
            handle.seek(line.offset)
            assert handle.readline() == line.raw
    assert [line.number for line in reader.read(only(path))] == [2, 3, 4, 5, 6]


def test_a_torn_last_line_is_dropped_and_counted(path):
    with open(path, "ab") as handle:
        handle.write(b'{"k":"note","kind":"te')
    segment = only(path)
    assert reader.torn(segment) == 22
    assert len(list(reader.read(segment))) == 5


def test_a_corrupt_line_is_named_and_reading_resumes(path):
    edit(path, b'"text":"note 2"', b'"text":\xff\xfe oops')
    lines = list(reader.read(only(path)))
    assert [line.error is None for line in lines] == [True, True, False, True, True]
    assert "not JSON" in lines[2].error
    assert b"oops" in lines[2].raw


def test_an_unknown_kind_and_a_missing_field_are_errors_of_their_line(path):
    edit(path, b'"k":"note","kind":"test","text":"note 1"', b'"k":"nota"')
    edit(path, b'"k":"note","kind":"test","text":"note 3"', b'"k":"note"')
    errors = [line.error for line in reader.read(only(path)) if line.error]
    assert "nota" in errors[0]
    assert "without kind, text" in errors[1]


def test_an_unknown_version_names_both(path):
    edit(path, b'"v":1', b'"v":7')
    with pytest.raises(RecordVersionError, match=r"version 7.*version 1"):
        list(reader.read(only(path)))


def test_a_damaged_header_loses_no_record(path):
    edit(path, b'{"k":"journal"', b'{"k":"jour')
    segment = only(path)
    assert segment.run == RUN
    assert segment.pid == os.getpid()
    assert segment.scope
    lines = list(reader.read(segment))
    assert lines[0].error
    assert len([line for line in lines if line.record]) == 5


def test_an_empty_file_is_no_segment(path, tmp_path):
    (tmp_path / RUN / "host-1-0.jsonl").write_bytes(b"")
    assert only(path).path == str(path)


def test_an_endless_line_is_named_and_takes_no_memory(path, monkeypatch):
    monkeypatch.setattr(reader, "MAX_LINE", 1000)
    edit(path, b"note 2", b"n" * 5000)
    lines = list(reader.read(only(path)))
    assert [line.error is None for line in lines] == [True, True, False, True, True]
    assert "longer than 1000" in lines[2].error
    assert len(lines[2].raw) <= 1000


def test_an_intact_seal_holds(path):
    assert reader.verify(only(path)) is True


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"note 2", b"note 9"), (b'"pid":', b'"pid": '), (b'"count":5', b'"count":4')],
)
def test_an_edit_breaks_the_seal(path, before, after):
    edit(path, before, after)
    with pytest.raises(SealError, match="as its seal says"):
        reader.verify(only(path))


def test_lines_after_the_seal_break_it(path):
    with open(path, "ab") as handle:
        handle.write(encode(Note("test", "forged")))
    with pytest.raises(SealError, match="after the seal"):
        reader.verify(only(path))


def test_a_removed_or_replaced_segment_breaks_the_chain(tmp_path):
    writer = JournalWriter(str(tmp_path / RUN), run=RUN, limit=1000)
    writer._open()
    for number in range(40):
        writer.write(encode(Note("test", f"note {number}")))
    writer.close()
    first, second, *_ = reader.segments(tmp_path)
    with open(first.path, "rb") as handle:
        lines = handle.readlines()
    with open(first.path, "wb") as handle:
        handle.writelines([*lines[:-1], lines[-1].replace(b'"sha":"', b'"sha":"0')])
    with pytest.raises(SealError, match="another seal"):
        reader.verify(second)
    os.remove(first.path)
    with pytest.raises(SealError, match="no segment"):
        reader.verify(second)


def test_an_unsealed_segment_has_nothing_to_verify(tmp_path):
    writer = JournalWriter.create(tmp_path, run=RUN)
    assert reader.verify(only(writer.path)) is False
    writer.close()


WRITE_AND_STAY = """
import sys
from aitia.journal.writer import JournalWriter
JournalWriter.create(sys.argv[1], run=sys.argv[2])
print("ready", flush=True)
sys.stdin.read()
"""


def test_a_writer_is_alive_until_it_is_gone(tmp_path):
    command = [sys.executable, "-c", WRITE_AND_STAY, str(tmp_path), RUN]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        [segment] = reader.segments(tmp_path)
        assert reader.is_alive(segment)
        assert not reader.is_alive(segment._replace(time=1))
        process.kill()
        process.wait()
    assert not reader.is_alive(segment)


def test_a_sealed_segment_is_not_alive(path):
    assert not reader.is_alive(only(path))


def test_a_process_elsewhere_is_alive_while_it_writes(tmp_path):
    writer = JournalWriter.create(tmp_path, run=RUN)
    segment = only(writer.path)._replace(host="elsewhere", pid=1)
    assert reader.is_alive(segment)
    os.utime(writer.path, (1, 1))
    assert not reader.is_alive(segment)
    writer.close()
