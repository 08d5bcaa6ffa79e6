"""The table of adapters names what exists, and their life follows that of the runs."""

from importlib import import_module

import pytest

from aitia.capture import observers
from aitia.capture.observers import DESCRIBERS, OBSERVERS, Observers, Place


@pytest.mark.parametrize("place", OBSERVERS, ids=lambda place: place.name)
def test_a_named_adapter_is_there_and_has_the_methods_of_an_observer(place):
    made = getattr(import_module(place.module), place.name)(1)

    assert made.name
    assert all(callable(getattr(made, name)) for name in ("start", "leave", "stop"))


@pytest.mark.parametrize("place", OBSERVERS, ids=lambda place: place.name)
def test_an_adapter_lies_in_a_layer(place):
    assert place.module.split(".")[2] in {"platform", "model", "application"}


@pytest.mark.parametrize("module", DESCRIBERS)
def test_a_describer_can_register(module):
    assert callable(import_module(module).register)


said = []


class Told:
    name = "told"

    def __init__(self, limit):
        self.limit = limit

    def start(self, scope):
        said.append(("start", self.limit))

    def leave(self, scope):
        said.append(("leave", scope.run))

    def stop(self, scope):
        said.append(("stop",))


def test_an_observer_is_started_once_left_by_each_run_and_stopped(run, monkeypatch):
    said.clear()
    monkeypatch.setattr(observers, "DESCRIBERS", ())
    monkeypatch.setattr(observers, "OBSERVERS", (Place(__name__, "Told", None),))
    monkeypatch.setattr(observers, "import_module", lambda name: type("M", (), {"Told": Told}))
    found = Observers()

    found.start(5)
    found.start(5)
    found.leave(run)
    found.stop()

    assert said == [("start", 5), ("leave", run.id), ("stop",)]
