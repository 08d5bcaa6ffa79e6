"""Prefect, without a change to the script: flows, tasks, retries, states."""

import pytest

pytest.importorskip("prefect")

pytestmark = pytest.mark.frameworks

FLOWS = """
    import asyncio

    import aitia
    from prefect import flow, task

    tries = []

    @aitia.task
    def inner(x):
        return x + 1

    @task(retries=1, retry_delay_seconds=0)
    def flaky(x):
        tries.append(x)
        if len(tries) == 1:
            raise ValueError("no such thing")
        return inner(x)

    @task
    def total(xs):
        return sum(xs)

    @task
    async def soon(x):
        return x

    @flow
    def main(n=2, password="hidden"):
        return total.submit([flaky.submit(i) for i in range(n)]).result()

    @flow
    async def later():
        return await soon(1)

    if __name__ == "__main__":
        print(main(), asyncio.run(later()))
"""


def test_flows_and_tasks_and_each_try_are_tasks_of_the_run(observe, tmp_path):
    recorded = observe(
        FLOWS,
        PREFECT_HOME=str(tmp_path / "prefect"),
        PREFECT_LOGGING_LEVEL="ERROR",
        PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS="90",
    )

    assert recorded.output.endswith("3 1\n")
    tries = recorded.rows(
        "?t rdfs:label 'flaky' ; aitia:status ?s ; aitia:partOfExecution/rdfs:label 'main'",
        "?t ?s",
    )
    states = sorted(str(status).rpartition("#")[2] for _, status in tries)
    assert states == ["Completed", "Completed", "Failed"]
    assert len(recorded.rows("?i aitia:partOfExecution ?t . ?t rdfs:label 'flaky'", "?i")) == 2
    assert recorded.rows("?s rdfs:label 'soon' ; aitia:partOfExecution/rdfs:label 'later'", "?s")
    waited = "?t rdfs:label 'total' ; prov:wasInformedBy ?w . ?w rdfs:label 'flaky'"
    assert len(recorded.rows(waited, "DISTINCT ?w")) == 2
    secret = recorded.rows(
        "?m rdfs:label 'main' ; aitia:hasSetting ?s . "
        "?s aitia:settingName 'password' ; aitia:settingValue ?v",
        "?v",
    )
    assert secret == [("***",)]
