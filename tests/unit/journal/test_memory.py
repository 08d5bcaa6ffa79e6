"""Records in memory reach the disk when they can, and are counted as lost when they cannot."""

import pytest

from aitia.errors import JournalError
from aitia.journal import memory
from aitia.journal.memory import MemorySink
from aitia.testing import memory as doubles


def test_what_was_kept_is_written_at_the_end():
    reached = doubles.MemorySink()
    sink = MemorySink(lambda: reached)
    sink.write(b"one\n")
    sink.write(b"two\n")
    assert reached.lines == []
    sink.close()
    assert reached.lines == [b"one\n", b"two\n"]
    assert reached.closed


def test_a_disk_that_stays_away_is_an_error():
    def fail():
        raise JournalError("still read-only")

    sink = MemorySink(fail)
    sink.write(b"one\n")
    with pytest.raises(JournalError, match="still read-only"):
        sink.close()


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(memory, "MAX_BYTES", 10)
    sink = MemorySink(doubles.MemorySink)
    sink.write(b"12345678\n")
    with pytest.raises(JournalError, match="more than 10 bytes"):
        sink.write(b"12345678\n")
