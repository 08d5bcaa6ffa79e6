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
