"""Functions, blocks and loops as tasks: what is recorded, and that the user sees no change."""

import asyncio
import inspect
import pickle
import threading

import pytest

import aitia
from aitia.capture.run import Run
from aitia.records import Ended, Json, Point, Setting, Started, Typed
from aitia.testing.memory import MemoryRecorder


@aitia.task
def add(a, b=2, *rest, flag=True, **more):
    """Adds."""
    return a + b


@aitia.task("named", rate=0.1, type="aitia:EvaluationRun")
def named(x):
    return {"loss": x, "label": "ok", "nothing": None}


class Trainer:
    @aitia.task
    def fit(self, rounds):
        return rounds

    @aitia.task
    @staticmethod
    def still(n):
        return n

    @aitia.task
    @classmethod
    def make(cls, n):
        return cls, n


def test_arguments_are_inputs_and_the_result_is_the_output(told):
    assert add(1, 2, 3, flag=False, z="q") == 3
    [start], [end] = told(Started), told(Ended)
    assert start.name == "add"
    assert dict(start.used) == {"a": 1, "b": 2, "flag": False, "rest[0]": 3, "z": "q"}
    assert (end.id, end.status, dict(end.generated)) == (start.id, "Completed", {"result": 3})
    assert start.time < end.time


def test_defaults_are_inputs_too(told):
    add(1)
    assert dict(told(Started)[0].used) == {"a": 1, "b": 2, "flag": True}


def test_a_decorator_with_arguments_names_and_types_the_task(told):
    named(0.5)
    [start], [end] = told(Started), told(Ended)
    assert (start.name, start.type) == ("named", "aitia:EvaluationRun")
    assert dict(start.used) == {"rate": 0.1, "x": 0.5}
    assert dict(end.generated) == {"loss": 0.5, "label": "ok"}


def test_methods_leave_out_what_they_are_bound_to(told):
    assert Trainer().fit(3) == 3
    assert Trainer.still(4) == 4
    assert Trainer.make(5) == (Trainer, 5)
    assert [(s.name, dict(s.used)) for s in told(Started)] == [
        ("Trainer.fit", {"rounds": 3}),
        ("Trainer.still", {"n": 4}),
        ("Trainer.make", {"n": 5}),
    ]


def test_a_decorated_function_is_what_it_was():
    assert add.__name__ == "add"
    assert add.__doc__ == "Adds."
    assert str(inspect.signature(add)) == "(a, b=2, *rest, flag=True, **more)"
    assert pickle.loads(pickle.dumps(len)) is len
    assert inspect.iscoroutinefunction(aitia.task(coroutine))
    assert inspect.isgeneratorfunction(aitia.task(generator))
    assert inspect.isasyncgenfunction(aitia.task(async_generator))


def test_without_a_run_nothing_is_recorded():
    assert add(1) == 3
    with aitia.task("block") as block:
        block.params(x=1)
        block.outputs(y=2)
    assert list(aitia.loop(range(2))) == [0, 1]
    aitia.log(loss=1)
    aitia.params(x=1)
    assert aitia.use("nowhere") == "nowhere"


def test_an_error_ends_the_task_as_failed_and_goes_on_as_it_was(told):
    error = ValueError("no")

    @aitia.task
    def boom():
        raise error

    with pytest.raises(ValueError, match="no") as caught:
        boom()
    assert caught.value is error
    assert (told(Ended)[0].status, told(Ended)[0].error) == ("Failed", "ValueError: no")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyboardInterrupt(), "Cancelled"),
        (asyncio.CancelledError(), "Cancelled"),
        (SystemExit(0), "Completed"),
        (SystemExit(3), "Failed"),
    ],
)
def test_what_ends_a_task_decides_its_status(told, error, status):
    @aitia.task
    def leave():
        raise error

    with pytest.raises(type(error)):
        leave()
    assert told(Ended)[0].status == status


def test_a_call_that_does_not_fit_fails_as_without_aitia(told):
    with pytest.raises(TypeError, match=r"add\(\) missing 1 required positional argument: 'a'"):
        add()
    assert told(Ended)[0].status == "Failed"


def test_tasks_nest(told):
    @aitia.task
    def outer():
        return inner()

    @aitia.task
    def inner():
        return 1

    outer()
    first, second = told(Started)
    assert second.parent == first.id
    assert first.parent == ""


def test_a_block_has_settings_points_and_outputs(told):
    with aitia.task("prepare", rate=0.1) as block:
        block.params(kind="x")
        block.log(step=2, rows=10)
        aitia.log(cols=3)
        block.outputs(kept=9)
    [start], [end] = told(Started), told(Ended)
    assert dict(start.used) == {"rate": 0.1}
    assert told(Setting) == [Setting(start.id, "kind", "x")]
    assert [(p.subject, p.step, dict(p.values)) for p in told(Point)] == [
        (start.id, 2, {"rows": 10}),
        (start.id, None, {"cols": 3}),
    ]
    assert dict(end.generated) == {"kept": 9}


def test_a_block_that_fails_says_so(told):
    with pytest.raises(RuntimeError), aitia.task("block"):
        raise RuntimeError("gone")
    assert told(Ended)[0].error == "RuntimeError: gone"


def test_each_turn_of_a_loop_is_a_task(told):
    loop = aitia.loop(["a", "b"], "word", part=1)
    assert len(loop) == 2
    assert list(loop) == ["a", "b"]
    assert [dict(s.used) for s in told(Started)] == [
        {"part": 1, "word": "a"},
        {"part": 1, "word": "b"},
    ]
    assert [e.status for e in told(Ended)] == ["Completed", "Completed"]


def test_a_loop_over_objects_counts_them(told):
    for _ in aitia.loop([object(), object()], "batch"):
        pass
    assert [dict(s.used) for s in told(Started)] == [{"index": 0}, {"index": 1}]


def test_a_turn_left_by_break_is_completed_when_the_code_goes_on(told):
    with aitia.task("outer"):
        for epoch in aitia.loop(range(10), "epoch"):
            if epoch == 1:
                break
    ends = {e.id: e.status for e in told(Ended)}
    assert ends == {"1": "Completed", "2": "Completed", "3": "Completed"}


def test_a_turn_left_by_an_error_failed(told):
    @aitia.task
    def train():
        for _ in aitia.loop(range(10), "epoch"):
            raise ValueError("diverged")

    with pytest.raises(ValueError, match="diverged"):
        train()
    ends = {e.id: (e.status, e.error) for e in told(Ended)}
    assert ends["2"] == ("Failed", "ValueError: diverged")


def test_what_comes_after_a_broken_loop_belongs_to_what_is_around_it(told):
    for _ in aitia.loop(range(3), "epoch"):
        break
    aitia.log(after=1)
    assert told(Point)[0].subject == ""


async def coroutine(n):
    await asyncio.sleep(0)
    aitia.log(n=n)
    return n


def generator(n):
    for i in range(n):
        aitia.log(i=i)
        got = yield i
        if got is not None:
            aitia.log(got=got)
    return "done"


async def async_generator(n):
    for i in range(n):
        await asyncio.sleep(0)
        aitia.log(i=i)
        yield i


def test_coroutines_are_tasks_and_do_not_mix(told):
    work = aitia.task(coroutine)

    async def main():
        return await asyncio.gather(*(work(n) for n in range(20)))

    assert asyncio.run(main()) == list(range(20))
    used = {s.id: s.used["n"] for s in told(Started)}
    assert {p.subject: p.values["n"] for p in told(Point)} == used
    assert {e.id: e.generated["result"] for e in told(Ended)} == used
    assert all(s.parent == "" for s in told(Started))


def test_a_generator_is_current_only_while_its_body_runs(told):
    work = aitia.task(generator)
    for _ in work(2):
        aitia.log(outside=1)
    subjects = [(next(iter(p.values)), p.subject) for p in told(Point)]
    assert subjects == [("i", "1"), ("outside", ""), ("i", "1"), ("outside", "")]
    assert told(Ended)[0].generated["result"] == "done"


def test_a_generator_is_sent_to_thrown_at_and_closed_as_before(told):
    work = aitia.task(generator)(9)
    assert next(work) == 0
    assert work.send("hello") == 1
    with pytest.raises(KeyError):
        work.throw(KeyError("k"))
    closed = aitia.task(generator)(9)
    next(closed)
    closed.close()
    assert [(e.status, e.error) for e in told(Ended)] == [
        ("Failed", "KeyError: 'k'"),
        ("Completed", None),
    ]
    assert any(p.values.get("got") == "hello" for p in told(Point))


def test_an_async_generator_is_a_task(told):
    work = aitia.task(async_generator)

    async def main():
        seen = [i async for i in work(3)]
        early = work(3)
        await anext(early)
        await early.aclose()
        late = work(3)
        await anext(late)
        with pytest.raises(OSError, match="lost"):
            await late.athrow(OSError("lost"))
        return seen

    assert asyncio.run(main()) == [0, 1, 2]
    assert [(e.status, e.error) for e in told(Ended)] == [
        ("Completed", None),
        ("Completed", None),
        ("Failed", "OSError: lost"),
    ]
    assert {p.subject for p in told(Point)} == {"1", "2", "3"}


def test_a_thread_belongs_to_the_run_and_copies_of_context_to_the_task(told):
    import contextvars

    with aitia.task("outer"):
        for run_it in (add, contextvars.copy_context().run):
            args = (1,) if run_it is add else (add, 1)
            thread = threading.Thread(target=run_it, args=args)
            thread.start()
            thread.join()
    assert [s.parent for s in told(Started)] == ["", "", "1"]


def test_eight_threads_lose_and_mix_nothing():
    recorder = MemoryRecorder()

    @aitia.task
    def work(thread, i):
        aitia.log(step=i, thread=thread)
        return thread

    def many(thread):
        for i in range(300):
            work(thread, i)

    with Run(recorder, "threads"):
        threads = [threading.Thread(target=many, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    starts = {r.id: r for r in recorder.records if isinstance(r, Started)}
    ends = {r.id: r for r in recorder.records if isinstance(r, Ended)}
    points = [r for r in recorder.records if isinstance(r, Point)]
    assert len(starts) == len(ends) == len(points) == 2400
    assert all(ends[n].generated["result"] == s.used["thread"] for n, s in starts.items())
    assert all(starts[p.subject].used["thread"] == p.values["thread"] for p in points)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, Json(None)),
        (float("nan"), Typed("NaN", "xsd:double")),
        (float("-inf"), Typed("-INF", "xsd:double")),
        (2**70, Typed(str(2**70), "xsd:integer")),
        ("\ud800", "\\ud800"),
        ("x" * 5000, "x" * 4096 + "…[cut]"),
        ([1, "a", None], Json([1, "a", None])),
        ((1.5, float("nan")), Json([1.5, "NaN"])),
        ({"a": {"b": 1}}, Json({"a": {"b": 1}})),
        (b"\x00\xff", Typed("00ff", "xsd:hexBinary")),
        (len, "builtins.len"),
        (dict, "builtins.dict"),
        (threading, "threading"),
    ],
)
def test_values_of_every_kind_survive(told, given, kept):
    @aitia.task
    def take(x):
        return None

    take(given)
    assert told(Started)[0].used["x"] == kept


def test_a_class_is_not_touched():
    class Plain:
        pass

    assert aitia.task(Plain) is Plain
    assert aitia.task(len)("abc") == 3
