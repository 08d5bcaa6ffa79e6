import numpy as np
import pytest

from aitia.capture.application import arrays
from aitia.capture.model.architecture import Architecture
from aitia.capture.model.observer import Observer
from aitia.capture.scopes import CurrentScope
from aitia.records import Entity, Json, Ref


@pytest.fixture(autouse=True)
def _arrays() -> None:
    arrays.register()


def test_a_thing_is_told_once_in_each_run(observe) -> None:
    observer = Observer(CurrentScope())
    thing = Entity("e1", "aitia:Model")
    with observe() as observed:
        observer.tell("e1", [thing])
        with observed.another("inner"):
            observer.tell("e1", [thing])
        observer.tell("e1", [thing])
    assert observed.records.of(Entity) == [thing, thing]


def test_what_is_known_of_runs_is_bounded(observe) -> None:
    observer = Observer(CurrentScope())
    with observe() as observed:
        for i in range(40):
            with observed.another(str(i)):
                observer.tell("e1", [])
    assert len(observer._told) == 32


def test_lists_are_data_by_content(observe) -> None:
    observer = Observer(CurrentScope())
    with observe() as observed:
        assert observer.dataset([[1, 2], [3, 4]]) == observer.dataset([[1, 2], [3, 4]])
        assert observer.dataset([[1, 2], [3, 5]]) != observer.dataset([[1, 2], [3, 4]])
        assert observer.dataset(list(range(60_000))) == "e1"
    first = observed.records.of(Entity)[0]
    assert (first.type, first.label) == ("aitia:Dataset", "list 2×2")
    assert first.attributes == {"aitia:arrayShape": Json([2, 2])}


def test_what_is_no_data_has_no_entity(observe) -> None:
    observer = Observer(CurrentScope())
    with observe():
        assert [observer.dataset(item) for item in (None, "path", b"", 1, 2.5)] == [None] * 5


def test_things_of_unknown_kinds_that_are_learnt_from_are_data(observe) -> None:
    class Loader:
        pass

    observer, loader, array = Observer(CurrentScope()), Loader(), np.zeros(3)
    with observe() as observed:
        assert observer.dataset(loader) == observer.dataset(loader)
        observer.dataset(array)
    kinds = [e.type for e in observed.records.of(Entity)]
    assert kinds == ["aitia:Artifact", "aitia:Dataset", "aitia:Dataset"]


def test_a_model_refers_to_its_architecture(observe) -> None:
    observer = Observer(CurrentScope())
    with observe() as observed:
        structure = observer.architecture(Architecture("aitia:Architecture", "a"))
        assert observer.model("m", "ab" * 32, structure).startswith("ni:///sha-256;")
        assert observer.model("m", None, None) == "e1"
    models = [e for e in observed.records.of(Entity) if e.type == "aitia:Model"]
    assert [dict(e.attributes) for e in models] == [
        {"aitia:hasArchitecture": Ref(structure)},
        {},
    ]
