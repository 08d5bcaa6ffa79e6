"""What adapters are given speaks of the right run, or of none."""

import pytest

from aitia.capture.run import Run
from aitia.capture.scopes import CurrentScope, RunScope
from aitia.records import Ended, Note, Ref, Started


class Thing:
    pass


def test_the_current_scope_is_that_of_the_innermost_run(recorder):
    scope = CurrentScope()
    with Run(recorder, "outer") as outer:
        assert scope.run == outer.id
        with Run(recorder, "inner") as inner:
            inner.nested = True
            assert (scope.run, scope.nested) == (inner.id, True)
            task = scope.begin("fit", "aitia:TrainingRun", {})
            assert scope.about() == (task, "aitia:TrainingRun")
            scope.emit(Note("a", "b"))
            thing = Thing()
            scope.bind(thing, scope.mint())
            assert scope.refer(thing) == Ref("e1")
            scope.finish(task, {})
        assert scope.run == outer.id
        assert not scope.nested
    kinds = [type(r) for r in recorder.sinks[inner.id].records]
    assert Started in kinds
    assert Ended in kinds
    assert Note in kinds


def test_without_a_run_nothing_happens():
    scope = CurrentScope()
    assert (scope.run, scope.about(), scope.nested) == ("", ("", ""), False)
    assert scope.begin("fit", "aitia:TaskRun", {}) == ""
    scope.finish("", {})
    scope.emit(Note("a", "b"))
    scope.note("a", "b")
    scope.bind(Thing(), "e1")
    assert scope.refer(5) == 5
    assert scope.mint()
    assert scope.now() > 0


@pytest.mark.parametrize("nested", [True, False])
def test_a_run_scope_is_told_what_was_described(run, told, nested):
    scope = RunScope(run, nested)
    assert scope.nested is nested
    assert scope.run == run.id
    scope.emit(Note("a", "b"))
    assert told() == [Note("a", "b")]
