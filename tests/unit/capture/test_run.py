"""The life of a run: how it opens, nests, ends, and what it says at its end."""

import asyncio
import os
import threading

import pytest

import aitia
from aitia.capture import context, guard
from aitia.capture.run import MAX_NOTES, Run, outcome
from aitia.errors import CaptureError
from aitia.records import (
    Associated,
    Ended,
    Entity,
    Note,
    Point,
    RunEnded,
    RunStarted,
    Setting,
    Started,
    Typed,
)


def of(recorder, cls):
    return [record for record in recorder.records if isinstance(record, cls)]


def test_a_run_says_its_name_settings_end_and_cost(recorder):
    with Run(recorder, "sweep", settings={"lr": 0.1, "layers": [1, 2], "model": object()}) as run:
        pass
    [started], [ended] = of(recorder, RunStarted), of(recorder, RunEnded)
    assert (started.id, started.name, started.type) == (run.id, "sweep", "aitia:WorkflowRun")
    assert ended.status == "Completed"
    assert ended.attributes["aitia:cpuSeconds"] >= 0
    assert ended.attributes["aitia:peakMemoryBytes"] > 1 << 20
    assert [s.name for s in of(recorder, Setting)] == ["lr", "layers", "model"]
    assert of(recorder, Setting)[2].value == Typed("object", "aitia:PythonType")
    assert recorder.sinks[run.id].closed


def test_an_error_ends_the_run_as_failed_and_goes_on(recorder):
    with pytest.raises(ZeroDivisionError), Run(recorder, "bad"):
        1 / 0  # noqa: B018
    assert of(recorder, RunEnded)[0][1:3] == ("Failed", "ZeroDivisionError: division by zero")


def test_a_run_inside_another_is_part_of_what_runs_there(recorder):
    with (
        Run(recorder, "outer", type="aitia:Campaign") as outer,
        aitia.task("trial"),
        Run(recorder, "inner") as inner,
    ):
        aitia.log(loss=1)
    first, second = of(recorder, RunStarted)
    assert (first.parent, second.parent) == (None, f"urn:uuid:{outer.id}#1")
    assert [type(r) for r in recorder.sinks[inner.id].records][1:2] == [Point]
    assert "aitia:peakMemoryBytes" not in of(recorder, RunEnded)[1].attributes


def test_what_comes_after_an_inner_run_belongs_to_the_outer(recorder):
    with Run(recorder, "outer") as outer:
        with Run(recorder, "inner"):
            pass
        aitia.log(loss=1)
    assert any(isinstance(r, Point) for r in recorder.sinks[outer.id].records)


def test_the_environment_names_the_innermost_open_run(recorder):
    assert "AITIA_RUN" not in os.environ
    with Run(recorder, "outer") as outer:
        assert os.environ["AITIA_RUN"] == outer.id
        with Run(recorder, "inner") as inner:
            assert os.environ["AITIA_PARENT"] == f"urn:uuid:{inner.id}"
        assert os.environ["AITIA_PARENT"] == f"urn:uuid:{outer.id}"
    assert "AITIA_RUN" not in os.environ
    assert "AITIA_PARENT" not in os.environ


def test_runs_in_threads_and_asyncio_do_not_mix(recorder):
    async def one(n):
        with Run(recorder, f"async-{n}") as run:
            await asyncio.sleep(0.001)
            aitia.log(n=n)
            return run.id, n

    async def main():
        return await asyncio.gather(*(one(n) for n in range(5)))

    found = dict(asyncio.run(main()))

    def work(n):
        with Run(recorder, f"thread-{n}") as run:
            for _ in range(20):
                aitia.log(n=n)
            found[run.id] = n

    threads = [threading.Thread(target=work, args=(n,)) for n in range(5, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for run, n in found.items():
        points = [r for r in recorder.sinks[run].records if isinstance(r, Point)]
        assert {p.values["n"] for p in points} == {n}
    assert context.open_runs == []


def test_ending_in_another_thread_than_opened_in(recorder):
    run = Run(recorder, "moved").start()
    thread = threading.Thread(target=run.end)
    thread.start()
    thread.join()
    assert len(of(recorder, RunEnded)) == 1
    aitia.log(after=1)
    assert of(recorder, Point) == []


def test_ending_twice_and_starting_twice_change_nothing(recorder):
    run = Run(recorder, "once")
    with run.start():
        run.start()
    run.end()
    assert len(of(recorder, RunStarted)) == len(of(recorder, RunEnded)) == 1


def test_a_task_that_outlives_its_run_is_dropped(recorder):
    run = Run(recorder, "short").start()
    with aitia.task("long"):
        run.end()
    assert len(of(recorder, Started)) == 1
    assert of(recorder, Ended) == []


def test_the_methods_of_a_run_speak_of_the_run(run, told):
    with aitia.task("inside"):
        run.log(step=1, loss=2)
        run.params(x=1)
    assert told(Point)[0].subject == ""
    assert told(Setting) == [Setting("", "x", 1)]


def test_notes_are_counted_and_bounded(recorder):
    with Run(recorder, "noisy") as run:
        for _ in range(3):
            run.note("seen", "the same")
        for n in range(MAX_NOTES + 10):
            run.note("seen", f"note {n}")
    notes = of(recorder, Note)
    assert notes[0] == Note("seen", "the same", 3)
    assert len(notes) == MAX_NOTES + 1
    assert notes[-1].occurrences == 11


def test_an_agent_is_named_when_it_wants_to_be(recorder):
    recorder.agent = "Ada"
    with Run(recorder, "r"):
        pass
    [agent] = of(recorder, Entity)
    assert (agent.type, agent.label) == ("prov:Person", "Ada")
    assert of(recorder, Associated)[0].agent == of(recorder, RunStarted)[0].agent == agent.id


def test_tasks_of_adapters_are_current_until_they_finish(run, told):
    outer = run.begin("fit", "aitia:TrainingRun", {"n": 1})
    assert run.current() == outer
    assert run.about()[1] == "aitia:TrainingRun"
    inner = run.begin("score", "aitia:EvaluationRun", {})
    run.finish(inner, {"acc": 0.5})
    assert run.current() == outer
    run.finish(outer, {}, "ValueError: no")
    assert run.current() == ""
    assert [(s.id, s.parent) for s in told(Started)] == [(outer, ""), (inner, outer)]
    assert [(e.id, e.status) for e in told(Ended)] == [(inner, "Completed"), (outer, "Failed")]


def test_a_recorder_that_cannot_open_leaves_the_user_alone(recorder, monkeypatch):
    monkeypatch.delenv("AITIA_TEST_RAISE")

    def fail(run):
        raise OSError("no disk")

    recorder.open = fail
    with Run(recorder, "r") as run:
        assert not run.open
        aitia.log(loss=1)
        run.params(x=1)
    assert guard.drain() == {"run": (1, "OSError: no disk")}


def test_faults_end_up_in_the_notes_of_the_run(recorder, monkeypatch):
    monkeypatch.delenv("AITIA_TEST_RAISE")
    with Run(recorder, "r"):
        for _ in range(3):
            guard.attempt("adapter", int, "x")
    [note] = of(recorder, Note)
    assert (note.kind, note.occurrences) == ("fault", 3)
    assert note.text.startswith("adapter: ValueError: invalid literal")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (None, ("Completed", None)),
        (SystemExit(None), ("Completed", None)),
        (SystemExit("bad"), ("Failed", "SystemExit: bad")),
        (KeyboardInterrupt(), ("Cancelled", "KeyboardInterrupt")),
        (ValueError("x"), ("Failed", "ValueError: x")),
    ],
)
def test_outcome(error, expected):
    assert outcome(error) == expected


def test_faults_are_raised_under_test():
    with pytest.raises(CaptureError, match="a fault in adapter"):
        guard.attempt("adapter", int, "x")
    guard.drain()
