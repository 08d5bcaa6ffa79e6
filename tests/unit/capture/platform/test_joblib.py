from __future__ import annotations

import inspect

import pytest

joblib = pytest.importorskip("joblib")

from joblib import Parallel, delayed  # noqa: E402

from aitia.capture.platform import joblib as adapter  # noqa: E402
from aitia.capture.platform.joblib import JoblibAdapter  # noqa: E402
from aitia.records import Ended, Started  # noqa: E402

pytestmark = pytest.mark.frameworks


def double(x):
    return 2 * x


def test_calls_are_tasks_of_their_loop(observe):
    with observe(JoblibAdapter()) as opened:
        assert Parallel(n_jobs=2, backend="threading")(delayed(double)(i) for i in range(3)) == [
            0,
            2,
            4,
        ]

    loop, *calls = opened.records.of(Started)
    assert dict(loop.used) == {"backend": "threading", "n_jobs": 2}
    assert [(call.name, call.parent) for call in calls] == [("double", loop.id)] * 3
    assert opened.records.of(Ended)[-1].generated == {"calls": 3, "workers": 2}


def test_calls_beyond_a_number_are_counted(observe, monkeypatch):
    monkeypatch.setattr(adapter, "MAX_CALLS", 2)
    with observe(JoblibAdapter()) as opened:
        Parallel(n_jobs=1)(delayed(double)(i) for i in range(5))
        notes = dict(opened.run._notes)

    assert len(opened.records.of(Started)) == 1 + 2
    assert list(notes.values()) == [3]


def test_calls_inside_a_training_are_counted(observe):
    with observe(JoblibAdapter()) as opened:
        task = opened.run.begin("fit", "aitia:TrainingRun", {})
        Parallel(n_jobs=1)(delayed(double)(i) for i in range(5))
        opened.run.finish(task, {})

    assert [start.name for start in opened.records.of(Started)] == ["fit"]


def test_results_that_are_taken_one_by_one_are_lazy(observe):
    with observe(JoblibAdapter()) as opened:
        results = Parallel(n_jobs=1, return_as="generator")(delayed(double)(i) for i in range(3))
        assert list(results) == [0, 2, 4]

    assert [start.name for start in opened.records.of(Started)] == ["double"] * 3


def test_an_error_goes_on_as_it_was(observe):
    with observe(JoblibAdapter()) as opened, pytest.raises(ZeroDivisionError):
        Parallel(n_jobs=1)([delayed(divmod)(1, 0)])

    assert {end.status for end in opened.records.of(Ended)} == {"Failed"}


def test_joblib_gets_its_call_back(observe):
    before = Parallel.__call__
    with observe(JoblibAdapter()):
        assert Parallel.__call__.__wrapped__ is before
        assert inspect.signature(Parallel.__call__) == inspect.signature(before)
    assert Parallel.__call__ is before
