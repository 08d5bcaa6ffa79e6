from __future__ import annotations

import pickle
import threading

import pytest

from aitia.capture import context, tasks
from aitia.capture.platform import carry
from aitia.capture.platform.carry import Carried, Place
from aitia.capture.run import Run
from aitia.recorder import RECORDER
from aitia.records import Ended, Started


@pytest.fixture
def opened(observe):
    with observe() as found:
        yield found


def double(x, token=None):
    return 2 * x


def test_a_place_pickles_with_the_recorder_by_name():
    place = Place(RECORDER, "r", "urn:uuid:r", "")

    assert pickle.loads(pickle.dumps(place)).recorder is RECORDER


def test_a_carried_call_is_a_task_where_it_was_handed_out(opened):
    with tasks.task("outer"):
        work = Carried(double, carry.here())
    results = []
    thread = threading.Thread(target=lambda: results.append(work(3, token="hidden")))
    thread.start()
    thread.join()

    assert results == [6]
    outer, call = opened.records.of(Started)
    assert call.parent == outer.id
    assert call.used == {"x": 3, "token": "***"}
    assert opened.records.of(Ended)[-1].generated == {"result": 6}


def test_a_call_that_raises_ends_its_task_as_failed(opened):
    def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Carried(fail, carry.here())()

    assert opened.records.of(Ended)[-1].error == "ValueError: no"


def test_a_task_is_not_recorded_twice(opened):
    Carried(tasks.task(double), carry.here())(1)

    assert len(opened.records.of(Started)) == 1


def test_a_carried_function_looks_like_the_function():
    assert Carried(double, None).__name__ == "double"


def test_what_is_current_pickles_and_other_context_variables_do_not():
    from contextvars import ContextVar

    assert pickle.loads(pickle.dumps(context.HERE)) is context.HERE
    with pytest.raises(TypeError, match="cannot pickle"):
        pickle.dumps(ContextVar("other"))


def test_a_worker_joins_the_run_of_a_place_and_numbers_anew(opened):
    elsewhere = Place(opened.recorder, "0" * 32, f"urn:uuid:{'0' * 32}#7", "")
    try:
        Carried(double, elsewhere)(1)
        joined = [run for run in context.open_runs if run.id == "0" * 32]
        assert len(joined) == 1
        assert opened.records.of(Started)[-1].parent == elsewhere.activity
        joined[0].end()
        Carried(double, elsewhere)(1)
        again = [run for run in context.open_runs if run.id == "0" * 32]
        assert isinstance(again[0], Run)
        assert again[0].scope != joined[0].scope
    finally:
        for run in list(carry._joined.values()):
            run.end()
        carry._joined.clear()
