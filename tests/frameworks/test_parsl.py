"""Parsl, without a change to the script: tries, dependencies, what apps do on their workers."""

import os
import sys

import pytest

pytest.importorskip("parsl")

pytestmark = pytest.mark.frameworks

APPS = """
    import sys

    import parsl
    from parsl import bash_app, join_app, python_app
    from parsl.config import Config
    from parsl.executors import HighThroughputExecutor, ThreadPoolExecutor

    @python_app
    def work(x):
        import aitia

        @aitia.task
        def inner(x):
            return x + 1

        if x == 99:
            raise ValueError("no such thing")
        return inner(x)

    @python_app(cache=True)
    def total(*xs):
        return sum(xs)

    @bash_app
    def shell():
        return "true"

    @join_app
    def joined():
        return work(5)

    if sys.argv[1] == "threads":
        executor = ThreadPoolExecutor(max_threads=2)
    else:
        executor = HighThroughputExecutor(
            max_workers_per_node=1, address="127.0.0.1", encrypted=False
        )
    with parsl.load(Config(executors=[executor], retries=1, run_dir="info")):
        parts = [work(i) for i in range(2)]
        print(total(*parts).result(), total(4, 5).result(), total(4, 5).result())
        print(shell().result(), joined().result())
        try:
            work(99).result()
        except ValueError as error:
            print(error)
"""


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_tries_of_apps_are_tasks_with_what_they_waited_for(observe, kind):
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    recorded = observe(APPS, kind, PATH=path)

    assert recorded.output == "3 9 9\n0 6\nno such thing\n"
    waited = "?t rdfs:label 'total' ; prov:wasInformedBy ?w . ?w rdfs:label 'work'"
    assert len(recorded.rows(waited, "DISTINCT ?w")) == 2
    failed = recorded.rows(
        "?t rdfs:label 'work' ; aitia:status aitia:Failed ; aitia:errorMessage ?e", "DISTINCT ?t ?e"
    )
    assert [error for _, error in failed] == ["ValueError('no such thing')"] * 2
    inner = "?i rdfs:label 'inner' ; aitia:partOfExecution ?w . ?w rdfs:label 'work'"
    assert len(recorded.rows(inner, "DISTINCT ?w")) == 3
    assert recorded.rows("?w rdfs:label 'work' ; aitia:partOfExecution/rdfs:label 'joined'", "?w")
    again = "?t rdfs:label 'total' . ?o rdfs:label 'memoised' ; prov:wasGeneratedBy ?t"
    assert len(recorded.rows(again, "DISTINCT ?t")) == 1
