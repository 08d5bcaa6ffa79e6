"""The doubles are real implementations of the ports, and the same each time."""

import pytest

import aitia
from aitia.capture.run import Run
from aitia.errors import JournalError
from aitia.records import Note, encode
from aitia.testing.memory import START, ManualClock, MemoryRecorder, MemorySink, SeededIds


def golden() -> list[bytes]:
    recorder = MemoryRecorder(seed=7)
    with Run(recorder, "golden", settings={"lr": 0.1}):
        with aitia.task("fit", rounds=3):
            aitia.log(step=1, loss=0.5)
        recorder.clock.advance(2)
    # What a run cost is measured, so it is the one thing that differs.
    return recorder.lines[:-1]


def test_a_run_is_the_same_each_time():
    first = golden()
    assert first == golden()
    assert len(first) == 5


def test_a_sink_gives_back_what_was_written_and_refuses_more_after_close():
    sink = MemorySink()
    sink.write(encode(Note("a", "b")))
    assert sink.records == [Note("a", "b")]
    sink.close()
    with pytest.raises(JournalError, match="closed sink"):
        sink.write(b"")


def test_a_clock_moves_by_steps_and_when_told():
    clock = ManualClock(step=5)
    assert [clock(), clock()] == [START, START + 5]
    clock.advance(1.5)
    assert clock() == START + 10 + 1_500_000_000


def test_ids_depend_on_the_seed_alone():
    first, again, other = SeededIds(1), SeededIds(1), SeededIds(2)
    assert first() == again() != other()
