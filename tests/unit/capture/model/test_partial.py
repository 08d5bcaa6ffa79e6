import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import SGDClassifier
from sklearn.neural_network import MLPClassifier

from aitia.capture.application import arrays
from aitia.capture.model.sklearn import SklearnAdapter
from aitia.capture.tasks import task
from aitia.records import Ended, Entity, Generated, Note, Point, Ref, Started, Used

X, y = make_classification(90, 6, n_informative=4, random_state=0)


@pytest.fixture(autouse=True)
def _arrays() -> None:
    arrays.register()


def test_steps_of_one_estimator_are_one_training(observe) -> None:
    with observe(SklearnAdapter()) as observed:
        model = MLPClassifier((4,), random_state=0)
        for _ in range(3):
            model.partial_fit(X, y, classes=[0, 1])
    records = observed.records
    assert [(s.name, s.type) for s in records.of(Started)] == [
        ("MLPClassifier.partial_fit", "aitia:TrainingRun")
    ]
    (start,) = records.of(Started)
    assert [(p.subject, p.step) for p in records.of(Point)] == [(start.id, i) for i in (1, 2, 3)]
    assert [p.values["loss"] for p in records.of(Point)] == model.loss_curve_
    assert [(u.activity, u.role) for u in records.of(Used) if u.relation == "aitia:trainedOn"] == [
        (start.id, "X"),
        (start.id, "y"),
    ]
    (end,) = records.of(Ended)
    assert end.id == start.id
    assert end.time == records.of(Point)[-1].time
    models = [e for e in records.of(Entity) if e.type == "aitia:Model"]
    assert [g.entity for g in records.of(Generated)] == [models[0].id]
    assert models[-1].digest is not None


def test_steps_in_a_training_run_of_the_users_belong_to_it(observe) -> None:
    with observe(SklearnAdapter()) as observed, task("train", type="aitia:TrainingRun"):
        SGDClassifier().partial_fit(X, y, classes=[0, 1])
    assert [(s.name, s.type) for s in observed.records.of(Started)] == [
        ("train", "aitia:TrainingRun")
    ]
    assert [
        u.activity for u in observed.records.of(Used) if u.relation == "aitia:configuredBy"
    ] == ["1"]


def test_steps_in_one_task_are_part_of_it_and_data_that_change_are_noted(observe) -> None:
    model = SGDClassifier()
    with observe(SklearnAdapter()) as observed, task("work"):
        for part in (X[:50], X[:40]):
            model.partial_fit(part, y[: len(part)], classes=[0, 1])
    start = observed.records.of(Started)[1]
    (end,) = [e for e in observed.records.of(Ended) if e.id == start.id]
    assert end.attributes == {"aitia:partOfExecution": Ref("1")}
    assert [n.occurrences for n in observed.records.of(Note)] == [1]


def test_an_estimator_that_dies_ends_its_steps(observe) -> None:
    with observe(SklearnAdapter()) as observed:
        SGDClassifier().partial_fit(X, y, classes=[0, 1])
    assert len(observed.records.of(Ended)) == 1
