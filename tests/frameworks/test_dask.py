"""Dask, without a change to the script: on a cluster, in threads, and in processes."""

import pytest

pytest.importorskip("distributed")

pytestmark = pytest.mark.frameworks

CLUSTER = """
    import aitia
    import dask
    from distributed import Client, LocalCluster

    @aitia.task
    def inner(x):
        return x + 1

    def work(x):
        if x == 99:
            raise ValueError("no such thing")
        return inner(x)

    def total(xs):
        return sum(xs)

    async def soon(x):
        return inner(x)

    @aitia.task
    def stage(client):
        return client.submit(total, client.map(work, range(4))).result()

    if __name__ == "__main__":
        options = dict(n_workers=2, threads_per_worker=1, dashboard_address=None)
        with LocalCluster(**options) as cluster, Client(cluster) as client:
            print(stage(client), client.submit(soon, 3).result())
            try:
                client.submit(work, 99).result()
            except ValueError as error:
                print(error)
"""

LOCAL = """
    import sys

    import aitia
    import dask

    @aitia.task
    def inner(x):
        return x + 1

    def work(x):
        if x == 99:
            raise ValueError("no such thing")
        return inner(x)

    def total(xs):
        return sum(xs)

    if __name__ == "__main__":
        kind = sys.argv[1]
        parts = [dask.delayed(work)(i) for i in range(3)]
        print(dask.delayed(total)(parts).compute(scheduler=kind))
        try:
            dask.delayed(work)(99).compute(scheduler=kind)
        except ValueError as error:
            print(error)
"""

WAITED = "?t rdfs:label 'total' ; prov:wasInformedBy ?w . ?w rdfs:label 'work'"


def test_tasks_of_a_cluster_are_tasks_of_the_activity_that_submitted_them(observe):
    recorded = observe(CLUSTER)

    assert recorded.output == "10 4\nno such thing\n"
    below = "?w rdfs:label 'work' ; aitia:partOfExecution ?s . ?s rdfs:label 'stage' . "
    own = "?i rdfs:label 'inner' ; aitia:partOfExecution ?w ; prov:endedAtTime ?end"
    assert len(recorded.rows(below + own, "DISTINCT ?w")) == 4
    assert len(recorded.rows(WAITED, "DISTINCT ?w")) == 4
    assert recorded.rows("?i aitia:partOfExecution/rdfs:label 'soon' ; rdfs:label 'inner'", "?i")
    workers = recorded.rows(
        "?w rdfs:label 'work' ; aitia:hasSetting ?s . "
        "?s aitia:settingName 'worker' ; aitia:settingValue ?name",
        "DISTINCT ?name",
    )
    assert {str(name) for (name,) in workers} <= {"0", "1"}
    assert recorded.rows("?w rdfs:label 'work' ; aitia:ranOn ?node", "DISTINCT ?node")
    assert recorded.rows(
        "?w aitia:status aitia:Failed ; rdfs:label ?l ; aitia:errorMessage ?e", "DISTINCT ?l ?e"
    ) == [("work", "ValueError: no such thing")]


@pytest.mark.parametrize("kind", ["threads", "sync", "processes"])
def test_tasks_of_a_local_scheduler_know_what_they_waited_for(observe, kind):
    recorded = observe(LOCAL, kind)

    assert recorded.output == "6\nno such thing\n"
    assert len(recorded.rows(WAITED, "DISTINCT ?w")) == 3
    assert recorded.rows("?w rdfs:label 'work' ; aitia:status aitia:Failed", "?w")
    inner = recorded.rows("?i rdfs:label 'inner' ; aitia:partOfExecution ?p", "DISTINCT ?i ?p")
    assert len(inner) == 3
    if kind != "processes":
        assert recorded.rows("?i aitia:partOfExecution/rdfs:label 'work' ; rdfs:label 'inner'")


PRELOADED = """
    import os, subprocess, sys, time
    from distributed import Client

    preload = ["--preload", "aitia.capture.platform.dask"]
    dask = [sys.executable, "-m", "dask"]
    quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    scheduler = subprocess.Popen(
        [*dask, "scheduler", "--scheduler-file", "s.json", "--no-dashboard", *preload],
        **quiet,
    )
    worker = subprocess.Popen(
        [*dask, "worker", "--scheduler-file", "s.json", "--no-nanny", "--no-dashboard", *preload],
        **quiet,
    )
    try:
        with Client(scheduler_file="s.json", timeout=60) as client:
            print(client.submit(sum, [1, 2]).result())
    finally:
        worker.terminate(), scheduler.terminate()
        worker.wait(), scheduler.wait()
"""


def test_a_cluster_that_preloads_the_plugins_takes_part(observe):
    recorded = observe(PRELOADED)

    assert recorded.output == "3\n"
    assert len(recorded.rows("?t rdfs:label 'sum' ; prov:endedAtTime ?e", "DISTINCT ?t")) == 1


OLDER = """
    import aitia
    from distributed import Client

    def work(x):
        return x

    if __name__ == "__main__":
        with Client(n_workers=1, threads_per_worker=1, dashboard_address=None) as client:
            for name in ("first", "second"):
                with aitia.run(name):
                    print(client.submit(work, name, pure=False).result())
"""


def test_a_client_that_is_older_than_a_run_brings_the_plugins_to_it(observe):
    recorded = observe(OLDER)

    assert recorded.output == "first\nsecond\n"
    rows = recorded.rows(
        "?t rdfs:label 'work' ; aitia:partOfExecution/rdfs:label ?run ; aitia:hasSetting ?s . "
        "?o prov:wasGeneratedBy ?t ; prov:value ?value",
        "DISTINCT ?run ?value",
    )
    assert sorted(rows) == [("first", "first"), ("second", "second")]


SUBSAMPLE = """
    import joblib
    import numpy as np
    from distributed import Client, LocalCluster

    from aitia.causal.knowledge import Knowledge
    from aitia.causal.stability import subsample

    def drawn():
        rng = np.random.default_rng(0)
        columns = rng.normal(size=(300, 5))
        columns[:, 1] += 0.3 * columns[:, 0]
        blocks = [column[:, None] / column.std() for column in columns.T]
        return subsample(list("abcde"), blocks, Knowledge({}), draws=12, seed=0, alpha=0.01)

    if __name__ == "__main__":
        alone = drawn()
        options = dict(n_workers=2, threads_per_worker=1, dashboard_address=None)
        with LocalCluster(**options) as cluster, Client(cluster) as client:
            client.get_task_stream(count=1)
            with joblib.parallel_config("dask"):
                there = drawn()
            stream = client.get_task_stream(start=0)
            print(there == alone, len({task["worker"] for task in stream}))
"""


def test_a_causal_analysis_draws_its_halves_on_the_workers_of_a_cluster(observe):
    """The same call, and the same answer, by the back end that Dask gives joblib."""
    assert observe(SUBSAMPLE).output == "True 2\n"
