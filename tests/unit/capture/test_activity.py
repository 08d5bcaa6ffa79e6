"""The lines of the hot path are what the codec would have written."""

from hypothesis import given
from hypothesis import strategies as st

import aitia
from aitia.capture.activity import BRIEF
from aitia.capture.run import Run
from aitia.records import Ended, Json, Ref, Started, decode, encode
from aitia.records.values import to_value
from aitia.testing.memory import MemoryRecorder

VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.text(alphabet=st.characters(categories=("Cs", "Lu", "Cc")), max_size=5)
    | st.just("null")
    | st.lists(st.integers() | st.floats(), max_size=4)
    | st.dictionaries(st.text(max_size=3), st.integers(), max_size=3)
    | st.binary(max_size=8)
    | st.text(min_size=4090, max_size=5000)
)


def hand_laid(line: bytes) -> bytes:
    """Return what the codec writes for the record of a line."""
    return encode(decode(line))


@given(st.lists(VALUES, min_size=3, max_size=3), VALUES)
def test_start_and_end_are_the_lines_of_their_records(inputs, output):
    @aitia.task
    def work(a, b, c):
        return output

    recorder = MemoryRecorder()
    with Run(recorder, "r"):
        work(*inputs)
    [start] = [line for line in recorder.lines if line.startswith(b'{"k":"start"')]
    [end] = [line for line in recorder.lines if line.startswith(b'{"k":"end"')]
    started, ended = decode(start), decode(end)
    expected = dict(zip("abc", map(to_value, inputs), strict=True))
    assert started == Started("1", started.name, started.time, used=expected)
    assert decode(encode(started)) == started
    assert decode(encode(ended)) == ended
    assert orderless(start) == orderless(hand_laid(start))
    assert orderless(end) == orderless(hand_laid(end))
    if output is None:
        assert ended == Ended("1", ended.time)
    elif isinstance(output, (dict, list)):
        assert all(isinstance(v, (int, float, Json, Ref)) or v for v in ended.generated.values())
    else:
        assert ended == Ended("1", ended.time, generated={"result": to_value(output)})


def orderless(line: bytes) -> object:
    import orjson

    return orjson.loads(line)


def test_parents_types_and_settings_are_in_the_line(told):
    with aitia.task("outer"), aitia.task("inner", type="aitia:EvaluationRun", lr=0.1):
        pass
    inner = told(Started)[1]
    assert inner == Started("2", "inner", inner.time, "aitia:EvaluationRun", "1", {"lr": 0.1})


class HoldingSink:
    """A sink that tells how lines came to it: alone, or held for the next."""

    def __init__(self):
        self.lines, self.held, self.calls = [], [], []

    def write(self, line):
        self.lines += [*self.held, line]
        self.calls.append(len(self.held) + 1)
        self.held = []

    def hold(self, line):
        self.held.append(line)

    def close(self):
        self.lines += self.held


class HoldingRecorder(MemoryRecorder):
    def open(self, run):
        self.sink = HoldingSink()
        return self.sink


def writes_of(function, calls=20, step=1000):
    """Return in how many lines each write came that a function's calls led to."""
    recorder = HoldingRecorder(step=step)
    with Run(recorder, "r"):
        recorder.sink.calls.clear()
        for n in range(calls):
            function(n)
        found = list(recorder.sink.calls)
    kinds = [type(decode(line)) for line in recorder.sink.lines]
    assert kinds.count(Started) == kinds.count(Ended) == calls
    return found


def test_brief_calls_come_to_be_written_at_once():
    @aitia.task
    def brief(n):
        return n

    assert writes_of(brief) == [1] * 16 + [2] * 12


def test_long_calls_are_never_held():
    @aitia.task
    def long(n):
        return n

    assert writes_of(long, step=BRIEF + 1) == [1] * 40


def test_a_long_call_ends_the_trust():
    recorder = HoldingRecorder(step=1000)

    @aitia.task
    def work(n):
        if n == 15:
            recorder.clock.advance(1)

    with Run(recorder, "r"):
        for n in range(15):
            work(n)
        work(15)
        recorder.sink.calls.clear()
        for n in range(20):
            work(n + 100)
        assert recorder.sink.calls == [1] * 40


def test_what_a_brief_call_records_is_written_after_its_start():
    @aitia.task
    def talks(n):
        aitia.log(n=n)

    assert writes_of(talks)[-2:] == [2, 1]


def test_a_function_that_calls_itself_is_never_held():
    @aitia.task
    def deep(n):
        return deep(n - 1) if n > 0 else 0

    recorder = HoldingRecorder()
    with Run(recorder, "r"):
        recorder.sink.calls.clear()
        for _ in range(20):
            deep(2)
        assert set(recorder.sink.calls) == {1}


def test_blocks_loops_and_coroutines_are_never_held():
    recorder = HoldingRecorder()
    with Run(recorder, "r"):
        recorder.sink.calls.clear()
        block = aitia.task("block")
        for _ in aitia.loop(range(30)):
            with block:
                pass
        assert set(recorder.sink.calls) == {1}


def test_what_began_before_a_fork_is_ended_by_the_parent_alone(told, run):
    with aitia.task("outer"):
        run.fork(run.absolute("1"))
        try:
            aitia.log(x=1)
        finally:
            pass
    assert told(Ended) == []
