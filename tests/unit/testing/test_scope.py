from __future__ import annotations

from aitia.records import Ended, Entity, Ref, Started
from aitia.testing.scope import RecordingScope


def test_records_are_kept_as_a_reader_gets_them() -> None:
    scope = RecordingScope()
    scope.emit(Entity(scope.mint(), "aitia:Dataset", attributes={"aitia:byteSize": 3}))
    assert scope.records == [Entity("e1", "aitia:Dataset", attributes={"aitia:byteSize": 3})]


def test_tasks_nest() -> None:
    scope = RecordingScope()
    outer = scope.begin("fit", "aitia:TrainingRun", {"lr": 0.1})
    assert scope.about() == (outer, "aitia:TrainingRun")
    inner = scope.begin("step", "aitia:TrainingEpoch", {})
    assert scope.about() == (inner, "aitia:TrainingEpoch")
    scope.finish(inner, {}, "ValueError: x")
    scope.finish(outer, {"model": Ref("e1")})
    assert scope.about() == ("", "")
    first, second, third, fourth = scope.records
    assert isinstance(first, Started)
    assert isinstance(second, Started)
    assert isinstance(third, Ended)
    assert isinstance(fourth, Ended)
    assert (first.used, second.parent) == ({"lr": 0.1}, outer)
    assert (third.status, third.error) == ("Failed", "ValueError: x")
    assert (fourth.status, fourth.generated) == ("Completed", {"model": Ref("e1")})
    assert first.time < second.time < third.time


def test_bound_objects_are_referred_to() -> None:
    scope = RecordingScope()
    data = [1, 2]
    scope.bind(data, "e7")
    assert scope.refer(data) == Ref("e7")
    assert scope.refer(3) == 3


def test_notes_are_kept() -> None:
    scope = RecordingScope(nested=True)
    scope.note("gpu", "none", 2)
    assert (scope.nested, scope.notes) == (True, [("gpu", "none", 2)])
