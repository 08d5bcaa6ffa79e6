from __future__ import annotations

import sys

import pytest

pytest.importorskip("prefect.flow_engine")
pytest.importorskip("prefect.task_engine")

from aitia.capture.platform import prefect as adapter
from aitia.capture.platform.prefect import PrefectAdapter

pytestmark = [pytest.mark.frameworks, pytest.mark.filterwarnings("ignore")]


def test_parameters_are_told_by_value_where_they_are_plain():
    told = adapter._parameters({"n": 2, "rows": [1], "api_key": "k", "none": None, "name": "a"})

    assert told == {"n": 2, "api_key": "***", "name": "a"}


def test_the_engines_are_wrapped_and_get_their_methods_back(observe):

    owners = [
        (getattr(sys.modules[module], engine), method)
        for module, places in adapter._ENGINES.items()
        for engine, method in places
    ]
    before = [vars(owner)[method] for owner, method in owners]
    with observe(PrefectAdapter()):
        inside = [vars(owner)[method].__wrapped__ for owner, method in owners]
        assert inside == before
    assert [vars(owner)[method] for owner, method in owners] == before
