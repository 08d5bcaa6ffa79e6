"""joblib, without a change to the script: what runs in pools belongs to what handed it out."""

import pytest

pytest.importorskip("joblib")

pytestmark = pytest.mark.frameworks

LOOPS = """
    import sys

    import aitia
    from joblib import Parallel, delayed

    @aitia.task
    def inner(x):
        return x + 1

    def work(x, token=None):
        if x == 99:
            raise ValueError("no such thing")
        return inner(x) * 2

    @aitia.task
    def stage(backend):
        loop = Parallel(n_jobs=2, backend=backend)
        return sum(loop(delayed(work)(i, token="hidden") for i in range(3)))

    for backend in sys.argv[1:]:
        print(stage(backend))
    try:
        Parallel(n_jobs=2)([delayed(work)(99)])
    except ValueError as error:
        print(error)
"""

BELOW = """
    ?call rdfs:label "work" ; aitia:partOfExecution ?loop .
    ?loop rdfs:label "Parallel" ; aitia:partOfExecution ?stage .
    ?stage rdfs:label "stage" .
    ?inner rdfs:label "inner" ; aitia:partOfExecution ?call .
"""


def test_calls_in_every_kind_of_pool_are_tasks_of_the_loop_that_made_them(observe):
    recorded = observe(LOOPS, "loky", "threading", "multiprocessing")

    assert recorded.output.split("\n")[:4] == ["12", "12", "12", "no such thing"]
    assert len(recorded.rows(BELOW, "DISTINCT ?inner")) == 9
    assert len(recorded.rows(BELOW, "DISTINCT ?loop")) == 3
    settings = recorded.rows(
        "?l rdfs:label 'Parallel' ; aitia:hasSetting ?s . "
        "?s aitia:settingName 'backend' ; aitia:settingValue ?b",
        "DISTINCT ?b",
    )
    assert {backend for (backend,) in settings} == {"loky", "threading", "multiprocessing"}


def test_a_call_that_fails_in_a_worker_fails_its_loop(observe):
    recorded = observe(LOOPS)

    failed = recorded.rows(
        "?t aitia:status aitia:Failed ; rdfs:label ?l ; aitia:errorMessage ?e", "DISTINCT ?l ?e"
    )
    assert ("work", "ValueError: no such thing") in failed
    assert ("Parallel", "ValueError: no such thing") in failed


def test_what_a_library_runs_in_parallel_is_counted(observe):
    pytest.importorskip("sklearn")
    recorded = observe("""
        from sklearn.datasets import load_iris
        from sklearn.ensemble import RandomForestClassifier

        RandomForestClassifier(12, n_jobs=2).fit(*load_iris(return_X_y=True))
    """)

    assert not recorded.rows("?t rdfs:label 'Parallel' ; a aitia:TaskRun", "?t")
    assert recorded.rows(
        "?n a aitia:CaptureNote ; aitia:noteKind 'parallel' ; aitia:noteCount ?c", "?c"
    ) == [(12,)]
