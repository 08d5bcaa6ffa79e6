"""Functions made for the signature of a user's function: the same calls, errors and records."""

import inspect
import traceback

import pytest

import aitia
from aitia.capture import clock, generated, guard
from aitia.capture.activity import TASK_RUN, Plan
from aitia.capture.binding import binder
from aitia.records import Ended, Json, Point, Ref, Started, Typed


def plain(a, b=2):
    return a, b


def positional(a, b, /, c, d=4):
    return a, b, c, d


def keyword(a, *, b, c=3):
    return a, b, c


def nothing():
    return None


def scalar(a):
    return 2 * a


def of_our_names(type, float, dict, len, call, USED, ARGUMENTS):  # noqa: N803
    return type, float, dict, len, call, USED, ARGUMENTS


CALLS = [
    (plain, (1,), {}),
    (plain, (), {"b": 1, "a": 2}),
    (positional, (1, 2, 3), {}),
    (positional, (1, 2), {"c": 5}),
    (keyword, (1,), {"b": 2}),
    (nothing, (), {}),
    (of_our_names, (1, 2.0, "x", 3, 4, 5, 6), {}),
]
MISFITS = [
    (plain, (), {}),
    (plain, (1, 2, 3), {}),
    (plain, (1,), {"z": 1}),
    (positional, (1,), {"a": 1, "b": 2}),
    (keyword, (1, 2), {}),
]


def made(function, extras=()):
    plan = Plan(function.__name__, TASK_RUN, binder(function, dict(extras)))
    return generated.recording(function, plan, dict(extras))


@pytest.mark.parametrize(("function", "args", "kwargs"), CALLS)
def test_a_call_is_handed_on_and_its_arguments_are_inputs(told, function, args, kwargs):
    assert made(function) is not None
    assert aitia.task(function)(*args, **kwargs) == function(*args, **kwargs)
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    [start], [end] = told(Started), told(Ended)
    assert dict(start.used) == dict(bound.arguments)
    assert (start.id, start.name) == (end.id, function.__name__)


@pytest.mark.parametrize(("function", "args", "kwargs"), MISFITS)
def test_a_call_that_does_not_fit_raises_what_the_function_would(told, function, args, kwargs):
    with pytest.raises(TypeError) as bare:
        function(*args, **kwargs)
    with pytest.raises(TypeError) as recorded:
        aitia.task(function)(*args, **kwargs)
    assert str(recorded.value) == str(bare.value)
    assert told(Started) == []


def test_a_default_is_the_object_itself(told):
    default = object()

    @aitia.task
    def function(a=default):
        return a

    assert function() is default


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, Json(None)),
        (float("nan"), Typed("NaN", "xsd:double")),
        (float("-inf"), Typed("-INF", "xsd:double")),
        (2**70, Typed(str(2**70), "xsd:integer")),
        ([1, 2], Json([1, 2])),
        ("x" * 5000, "x" * 4096 + "…[cut]"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_is_not_plain_is_recorded_as_ever(told, value, expected):
    assert aitia.task(plain)(value, 1) == (value, 1) or value != value
    assert dict(told(Started)[0].used) == {"a": expected, "b": 1}


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (5, {"result": 5}),
        ({"a": 1, "b": "x"}, {"a": 1, "b": "x"}),
        (None, {}),
        ({}, {}),
        ({"a": 1, "b": None}, {"a": 1}),
        ({"loss": float("nan")}, {"loss": Typed("NaN", "xsd:double")}),
        ({"n": 2**70}, {"n": Typed(str(2**70), "xsd:integer")}),
        ({3: 4}, {"3": 4}),
        ("x" * 5000, {"result": "x" * 4096 + "…[cut]"}),
    ],
)
def test_what_is_returned_is_recorded(told, result, expected):
    @aitia.task
    def function():
        return result

    assert function() is result
    assert dict(told(Ended)[0].generated or {}) == expected


def test_objects_are_followed_from_task_to_task(told):
    class Thing:
        pass

    thing = Thing()
    make, use = aitia.task(lambda: thing), aitia.task(lambda x: 1)
    use(make())
    assert isinstance(told(Ended)[0].generated["result"], Ref)
    assert told(Started)[1].used["x"] == told(Ended)[0].generated["result"]


def test_calls_nest_and_the_inner_is_part_of_the_outer(told):
    @aitia.task
    def down(n):
        return down(n - 1) if n else 0

    assert down(3) == 0
    starts = told(Started)
    assert [start.parent for start in starts[1:]] == [start.id for start in starts[:-1]]


def test_a_typed_task_is_known_as_such_while_it_runs(told):
    @aitia.task(type="aitia:EvaluationRun", rate=0.5)
    def function(run, x):
        return run.about()[1]

    run = aitia.capture()
    assert function(run, 1) == "aitia:EvaluationRun"
    start = told(Started)[-1]
    assert (start.type, start.used["rate"], start.used["x"]) == ("aitia:EvaluationRun", 0.5, 1)
    assert run.kinds == {}


def test_an_error_passes_through_with_its_own_traceback(told):
    @aitia.task
    def boom(x):
        raise ValueError(x)

    with pytest.raises(ValueError, match="no") as caught:
        boom("no")
    frames = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert frames[-2:] == ["call", "boom"]
    assert caught.value.__context__ is None
    assert told(Ended)[0].status == "Failed"


def test_a_fault_of_capture_is_counted_and_the_function_runs(told, monkeypatch):
    monkeypatch.delenv("AITIA_TEST_RAISE")
    run = aitia.capture()
    broken = aitia.task(plain)
    calls = []

    def write(line):
        calls.append(line)
        raise RuntimeError("broken")

    before = run.put
    run.put = write
    try:
        assert broken(1) == (1, 2)
    finally:
        run.put = before
    assert len(calls) == 1
    assert guard.drain() == {"task": (1, "RuntimeError: broken")}
    broken_end = aitia.task(scalar)
    broken_end(1)
    run.put = lambda line: write(line) if b'"end"' in line else before(line)
    try:
        assert broken_end(1) == 2
    finally:
        run.put = before
    assert guard.drain() == {"task": (1, "RuntimeError: broken")}


def test_a_record_without_room_is_written_anew(told):
    run = aitia.capture()
    twice = aitia.task(scalar)
    twice(1)

    def full(line):
        raise ValueError("data out of range")

    for _ in range(2):
        run.put = full
        assert twice(3) == 6
        assert run.put is not full
        run.put = full
        aitia.log(loss=1.0)
        assert run.put is not full

    assert [record.generated for record in told(Ended)] == [{"result": 2}, *[{"result": 6}] * 2]
    assert len(told(Point)) == 2


def test_what_is_returned_under_other_keys_or_with_other_values_is_recorded(told):
    @aitia.task
    def give(thing):
        return thing

    given = [
        {"loss": 1.0},
        {"loss": 2.0},
        {"accuracy": 1},
        {"loss": 1.5, "accuracy": 2},
        {"loss": float("inf")},
        {"loss": None},
        {"loss": "x"},
        {"api_key": "hunter2-hunter2"},
        {"loss": "token=hunter2"},
        3,
        "text",
        {},
        None,
        True,
    ]
    for thing in given * 2:
        give(thing)

    found = [record.generated for record in told(Ended)]
    assert found[: len(given)] == found[len(given) :]
    assert found[:4] == given[:4]
    assert found[6:9] == [{"loss": "x"}, {"api_key": "***"}, {"loss": "token=***"}]
    assert found[9:14] == [{"result": 3}, {"result": "text"}, {}, {}, {"result": True}]


def test_any_number_of_arguments_is_recorded_in_another_way():
    assert made(lambda *args: 1) is None
    assert made(lambda **kwargs: 1) is None
    assert made(lambda __x: 1) is None


def test_the_time_is_that_of_the_clock(told, monkeypatch):
    monkeypatch.setattr(aitia.capture(), "now", clock.now)
    before = clock.now()
    aitia.task(plain)(1)
    aitia.log(loss=1)
    times = [record.time for kind in (Started, Ended, Point) for record in told(kind)]
    times = [before, *times, clock.now()]
    assert len(times) == 5
    assert times == sorted(times)
