"""Every test runs as if nothing else recorded here, and a fault of capture is raised."""

import os

import pytest


@pytest.fixture(autouse=True, scope="session")
def _own_environment():
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("AITIA")]:
        del os.environ[name]
    os.environ["AITIA_TEST_RAISE"] = "1"
    yield
    os.environ.clear()
    os.environ.update(before)
