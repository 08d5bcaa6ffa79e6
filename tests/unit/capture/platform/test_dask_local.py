from __future__ import annotations

import sys

import pytest

dask = pytest.importorskip("dask")
pytest.importorskip("dask.local")

from aitia.capture.platform import dask_local  # noqa: E402
from aitia.capture.platform.dask import DaskAdapter  # noqa: E402
from aitia.records import Ended, Informed, Started  # noqa: E402

pytestmark = pytest.mark.frameworks


def work(x):
    return 1 // x


def compute(*items, kind="threads"):
    return dask.delayed(sum)([dask.delayed(work)(item) for item in items]).compute(scheduler=kind)


@pytest.mark.parametrize("kind", ["threads", "sync"])
def test_tasks_of_a_graph_are_tasks_with_what_they_waited_for(observe, kind):
    with observe(DaskAdapter()) as opened:
        assert compute(1, 1, kind=kind) == 2

    starts = {start.id: start for start in opened.records.of(Started)}
    assert sorted(start.name for start in starts.values()) == ["sum", "work", "work"]
    assert {starts[r.informant].name for r in opened.records.of(Informed)} == {"work"}
    assert {starts[r.informed].name for r in opened.records.of(Informed)} == {"sum"}


@pytest.mark.parametrize("kind", ["threads", "sync"])
def test_a_task_that_raises_fails(observe, kind):
    with observe(DaskAdapter()) as opened, pytest.raises(ZeroDivisionError):
        compute(0, kind=kind)

    (end,) = opened.records.of(Ended)
    assert (end.status, end.error.partition(":")[0]) == ("Failed", "ZeroDivisionError")
    assert not dask_local._waiting


def test_tasks_beyond_a_number_are_counted(observe, monkeypatch):
    monkeypatch.setattr(dask_local, "MAX_TASKS", 2)
    with observe(DaskAdapter()) as opened:
        compute(1, 1, 1)
        notes = list(opened.run._notes.values())

    assert len(opened.records.of(Started)) == 2
    assert notes == [2]


def test_dask_gets_its_functions_back(observe):
    module = sys.modules["dask.local"]
    before = module.execute_task
    with observe(DaskAdapter()):
        assert module.execute_task.__wrapped__ is before
    assert module.execute_task is before
    assert not sys.modules["dask.callbacks"].Callback.active
