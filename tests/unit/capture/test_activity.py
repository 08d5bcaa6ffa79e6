"""The lines of the hot path are what the codec would have written."""

from hypothesis import given
from hypothesis import strategies as st

import aitia
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


def test_a_start_is_recorded_before_the_function_runs():
    recorder = MemoryRecorder()
    seen = []

    @aitia.task
    def work(n):
        seen.append(recorder.lines[-1])
        return n

    with Run(recorder, "r"):
        for n in range(100):
            work(n)
    assert [decode(line).used for line in seen] == [{"n": n} for n in range(100)]


def test_what_began_before_a_fork_is_ended_by_the_parent_alone(told, run):
    with aitia.task("outer"):
        run.fork(run.absolute("1"))
        try:
            aitia.log(x=1)
        finally:
            pass
    assert told(Ended) == []
