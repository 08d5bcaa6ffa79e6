from __future__ import annotations

import pytest

parsl = pytest.importorskip("parsl")

from parsl.config import Config  # noqa: E402
from parsl.executors import ThreadPoolExecutor  # noqa: E402

from aitia.capture.platform.parsl import ParslAdapter  # noqa: E402
from aitia.records import Ended, Informed, Started  # noqa: E402

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore"),
]


@parsl.python_app
def double(x, password=None):
    return 2 * x


@parsl.python_app
def fail(x):
    raise ValueError("no")


@pytest.fixture
def loaded(observe, tmp_path):
    with observe(ParslAdapter()) as opened:
        threads = ThreadPoolExecutor(max_threads=2)
        config = Config(
            executors=[threads], retries=1, run_dir=str(tmp_path), initialize_logging=False
        )
        with parsl.load(config):
            yield opened


def test_apps_are_tasks_with_what_they_waited_for(loaded):
    first = double(1, password="hidden")
    assert double(first).result() == 4

    one, two = loaded.records.of(Started)
    assert (one.used["x"], one.used["password"]) == (1, "***")
    assert loaded.records.of(Informed) == [Informed(two.id, one.id)]


def test_each_try_is_a_task(loaded):
    with pytest.raises(ValueError, match="no"):
        fail(1).result()

    assert [start.used.get("attempt") for start in loaded.records.of(Started)] == [None, 2]
    assert [end.error for end in loaded.records.of(Ended)] == ["ValueError('no')"] * 2


def test_what_waited_for_a_failure_fails_without_a_try(loaded):
    waiting = double(fail(1))
    with pytest.raises(Exception, match=r".*"):
        waiting.result()

    last = loaded.records.of(Ended)[-1]
    assert last.status == "Failed"


def test_parsl_gets_its_methods_back(observe):
    kernel = parsl.dataflow.dflow.DataFlowKernel
    before = kernel.launch_task
    with observe(ParslAdapter()):
        assert kernel.launch_task.__wrapped__ is before
    assert kernel.launch_task is before
