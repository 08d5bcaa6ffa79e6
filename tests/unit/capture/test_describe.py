"""Describers are found by the full name of a type or of its nearest base."""

import pytest

from aitia.capture import describe
from aitia.capture.describe import Description


class Base:
    size = 1


class Child(Base):
    pass


class Grandchild(Child):
    pass


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    for name in ("_describers", "_stamps", "_found"):
        monkeypatch.setattr(describe, name, {})


def register(cls, label, **more):
    name = f"{cls.__module__}.{cls.__qualname__}"
    describe.register(name, lambda obj: Description(label=label), **more)


def test_without_a_describer_a_thing_is_an_artifact_of_its_type():
    assert not describe.is_described(Child)
    found = describe.describe(Child())
    assert found.type == "aitia:Artifact"
    assert found.label.endswith("test_describe.Child")


def test_the_nearest_base_decides():
    register(Base, "base")
    assert describe.describe(Grandchild()).label == "base"
    register(Child, "child")
    assert describe.describe(Grandchild()).label == "child"
    assert describe.describe(Base()).label == "base"


def test_a_describer_may_decline():
    name = f"{Base.__module__}.{Base.__qualname__}"
    describe.register(name, lambda obj: None)
    assert describe.is_described(Base)
    assert describe.describe(Base()).type == "aitia:Artifact"


def test_stamps_are_computed_by_the_describers_own_function():
    assert describe.stamp_of(Base()) is None
    register(Base, "base", stamp=lambda obj: obj.size)
    assert describe.stamp_of(Child()) == 1
