from __future__ import annotations

from types import SimpleNamespace

import pytest

pytest.importorskip("distributed")

from distributed.diagnostics.plugin import SchedulerPlugin, WorkerPlugin

from aitia.capture.platform import carry, dask_cluster
from aitia.capture.platform.dask_cluster import SchedulerSide, WorkerSide, task_iri
from aitia.records import Ended, Informed, Started

pytestmark = pytest.mark.frameworks


def task(run, key, number, dependencies=()):
    told = {dask_cluster.PARENT: f"urn:uuid:{run}"}
    return SimpleNamespace(key=key, run_id=number, annotations=told, dependencies=dependencies)


@pytest.fixture
def opened(observe):
    with observe() as found:
        yield found


def sides(opened, tasks):
    place = carry.here()
    scheduler = SchedulerSide(place, "s").plugin()
    scheduler._scheduler = SimpleNamespace(tasks={t.key: t for t in tasks})
    worker = WorkerSide(place, "s").plugin()
    state = SimpleNamespace(tasks={t.key: t for t in tasks})
    worker._worker = SimpleNamespace(state=state, name="w0")
    return scheduler, worker


def test_both_sides_name_a_task_alike(opened):
    first = task(opened.run.id, "work-1", 0)
    second = task(opened.run.id, "total-2", 1, [first])
    scheduler, worker = sides(opened, [first, second])

    mine = worker.begin("total-2")
    worker.end(mine, {"op": "task-finished", "result": 7})
    scheduler.transition("total-2", "processing", "memory")

    (start,) = opened.records.of(Started)
    (end,) = opened.records.of(Ended)
    assert (start.name, end.generated) == ("total", {"result": 7})
    assert opened.records.of(Informed) == [
        Informed(start.id, task_iri(opened.run.id, "s", "work-1", 0))
    ]


def test_tasks_beyond_a_number_are_counted_by_prefix_and_still_at_their_place(opened):
    many = task(opened.run.id, "work-1", dask_cluster.MAX_TASKS)
    scheduler, worker = sides(opened, [many])

    assert worker.begin("work-1") == (opened.run, "", opened.run.epoch)
    scheduler.transition("work-1", "processing", "memory")

    assert not opened.records.of(Started)
    assert not opened.records.of(Informed)
    assert dask_cluster.counted.pop(opened.run.id) == {"work": 1}


def test_tasks_of_another_run_are_left_alone(opened):
    other = task("0" * 32, "work-1", 0)
    scheduler, worker = sides(opened, [other])

    assert worker.begin("work-1") is None
    scheduler.transition("work-1", "processing", "memory")
    assert not opened.records.of(Informed)


def test_a_failure_is_told(opened):
    _, worker = sides(opened, [task(opened.run.id, "work-1", 0)])
    mine = worker.begin("work-1")
    worker.end(mine, {"op": "task-erred", "actual_exception": ValueError("no")})

    assert opened.records.of(Ended)[0].error == "ValueError: no"


def test_plugins_are_of_the_classes_of_dask(opened):
    scheduler, worker = sides(opened, [])

    assert isinstance(scheduler, SchedulerPlugin)
    assert isinstance(worker, WorkerPlugin)
    made, arguments = worker.__reduce__()
    assert isinstance(made(*arguments), WorkerPlugin)
