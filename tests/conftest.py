"""Every test runs as if nothing else recorded here, and a fault of capture is raised."""

import os

import pytest

from aitia.capture.run import Run
from aitia.testing.memory import MemoryRecorder


@pytest.fixture(autouse=True, scope="session")
def _own_environment():
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("AITIA")]:
        del os.environ[name]
    os.environ["AITIA_TEST_RAISE"] = "1"
    yield
    os.environ.clear()
    os.environ.update(before)


def settings_of_the_environment():
    return {name: value for name, value in os.environ.items() if name.startswith("AITIA")}


@pytest.fixture(autouse=True)
def _leaves_no_setting(_own_environment):
    before = settings_of_the_environment()
    yield
    after = settings_of_the_environment()
    for name in after:
        del os.environ[name]
    os.environ.update(before)
    assert after == before, "a test left settings of Aitia in the environment"


@pytest.fixture
def recorder():
    return MemoryRecorder(seed=7)


@pytest.fixture
def run(recorder):
    with Run(recorder, "test") as opened:
        yield opened


@pytest.fixture
def told(recorder, run):
    """Returns the records made since the run opened, of one class or of all."""
    before = len(recorder.records)

    def records(cls=object):
        return [record for record in recorder.records[before:] if isinstance(record, cls)]

    return records
