from aitia.capture.model.steps import Stepwise
from aitia.capture.scopes import CurrentScope
from aitia.capture.subject import log
from aitia.capture.tasks import loop, task
from aitia.records import Ended, Point, Ref, Started


class Learner:
    """Takes steps."""


def test_a_training_lasts_from_its_first_step_to_its_last(observe) -> None:
    scope, learner = CurrentScope(), Learner()
    with observe() as observed:
        steps = Stepwise(scope, learner, "learn", scope.now(), {"verbose": True})
        for _ in range(3):
            steps.step(scope)
        last = steps.last
        steps.end(scope, {"n": steps.count})
    (start,), (end,) = observed.records.of(Started), observed.records.of(Ended)
    assert (start.type, start.parent, start.used) == ("aitia:TrainingRun", "", {"verbose": True})
    assert (end.id, end.time, end.generated) == (start.id, last, {"n": 3})
    assert end.attributes == {}


def test_it_is_part_of_a_task_when_all_steps_were_in_it(observe) -> None:
    scope, inside, across = CurrentScope(), Learner(), Learner()
    with observe() as observed:
        with task("one"):
            first = Stepwise(scope, inside, "inside", scope.now())
            second = Stepwise(scope, across, "across", scope.now())
            first.step(scope)
            second.step(scope)
        with task("two"):
            second.step(scope)
        first.end(scope)
        second.end(scope)
    ends = [end.attributes for end in observed.records.of(Ended)][-2:]
    assert ends == [{"aitia:partOfExecution": Ref("1")}, {}]


def test_in_a_training_run_of_the_users_there_is_no_other(observe) -> None:
    scope, learner = CurrentScope(), Learner()
    with observe() as observed, task("train", type="aitia:TrainingRun"):
        steps = Stepwise(scope, learner, "learn", scope.now())
        steps.step(scope)
        steps.end(scope)
        assert steps.task == "1"
    assert [start.name for start in observed.records.of(Started)] == ["train"]
    assert len(observed.records.of(Ended)) == 1


def test_the_learner_is_not_kept_alive(observe) -> None:
    scope, learner = CurrentScope(), Learner()
    with observe():
        steps = Stepwise(scope, learner, "learn", scope.now())
        assert steps.learner() is learner
        del learner
        assert steps.learner() is None


def test_the_turns_of_a_loop_are_the_task_that_loops(observe) -> None:
    scope, one, two = CurrentScope(), Learner(), Learner()
    with observe() as observed:
        with task("work"):
            for epoch in loop(range(2), "epoch"):
                if epoch == 0:
                    steps = Stepwise(scope, one, "one", scope.now())
                steps.step(scope)
        steps.end(scope)
        with task("train", type="aitia:TrainingRun"):
            for _ in loop(range(1), "epoch"):
                assert Stepwise(scope, two, "two", scope.now()).task == "4"
    (end,) = [e for e in observed.records.of(Ended) if e.id == steps.task]
    assert end.attributes == {"aitia:partOfExecution": Ref("1")}


def points(observed) -> list[tuple[str, object]]:
    return [(point.subject, point.step) for point in observed.records.of(Point)]


def test_points_with_a_step_are_those_of_the_one_training_that_goes_on(observe) -> None:
    scope, learner, other = CurrentScope(), Learner(), Learner()
    with observe() as observed:
        log(step=0, loss=1.0)
        steps = Stepwise(scope, learner, "learn", scope.now())
        for epoch in loop(range(2), "epoch"):
            steps.step(scope)
            log(step=epoch, loss=1.0)
        log(accuracy=1.0)
        with task("elsewhere"):
            log(step=2, loss=1.0)
        second = Stepwise(scope, other, "other", scope.now())
        log(step=3, loss=1.0)
        second.end(scope)
        log(step=4, loss=1.0)
        del learner
        log(step=5, loss=1.0)
    training = steps.task
    assert points(observed) == [
        ("", 0),
        (training, 0),
        (training, 1),
        ("", None),
        ("3", 2),
        ("", 3),
        (training, 4),
        ("", 5),
    ]


def test_steps_at_the_same_place_are_counted_without_a_look_around(observe) -> None:
    scope, learner = CurrentScope(), Learner()
    with observe() as observed:
        steps = Stepwise(scope, learner, "learn", scope.now())
        assert steps.again(learner)
        assert steps.count == 1
        assert not steps.again(Learner())
        with task("one"):
            assert not steps.again(learner)
            steps.step(scope)
            assert steps.again(learner)
        assert not steps.again(learner)
        with observed.another("inside"):
            assert not steps.again(learner)
        steps.end(scope)
    assert not steps.again(learner)
    assert steps.count == 3
    assert observed.records.of(Ended)[-1].attributes == {}
