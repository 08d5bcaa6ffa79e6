import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from aitia.capture.application import arrays
from aitia.capture.model.sklearn import SklearnAdapter
from aitia.capture.model.training import data, metric_of
from aitia.records import Entity, Point, Points

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = make_classification(90, 6, n_informative=4, random_state=0)


@pytest.fixture(autouse=True)
def _arrays() -> None:
    arrays.register()


def test_a_fit_that_fails_at_once_does_not_tell_of_the_one_before(observe) -> None:
    model = MLPClassifier((5,), max_iter=3).fit(X, y)
    with observe(SklearnAdapter()) as observed, pytest.raises(ValueError, match="NaN"):
        model.fit(X * np.nan, y)
    assert not observed.records.of(Points)
    assert not [e for e in observed.records.of(Entity) if e.type == "aitia:Model"]


def test_a_warm_start_adds_the_new_part_of_the_curve(observe) -> None:
    model = MLPClassifier((5,), max_iter=3, warm_start=True, random_state=0)
    with observe(SklearnAdapter()) as observed:
        model.fit(X, y)
        model.fit(X, y)
    first, second = observed.records.of(Points)
    assert len(model.loss_curve_) == len(first.values) + len(second.values)
    assert second.steps[0] == first.steps[-1] + 1


def test_scores_are_named_by_what_they_measure(observe) -> None:
    with observe(SklearnAdapter()) as observed:
        LinearRegression().fit(X, y).score(X, y)
        GaussianMixture().fit(X).score(X)
        GridSearchCV(LogisticRegression(), {}, scoring="f1", cv=2).fit(X, y).score(X, y)
        make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y).score(X, y)
    names = [name for point in observed.records.of(Point) for name in point.values]
    assert names == ["r2", "score", "f1", "accuracy"]


def test_data_are_the_first_two_arguments_and_those_with_known_names() -> None:
    assert list(data((1, 2, 3), {"sample_weight": 4, "classes": 5})) == [
        ("X", 1),
        ("y", 2),
        ("sample_weight", 4),
    ]
    assert list(data((), {"y": 2, "X": 1})) == [("X", 1), ("y", 2)]


def test_a_score_of_the_user_s_own_making_is_only_a_score() -> None:
    class Own(LogisticRegression):
        def score(self, *args: object) -> float:
            return 0.0

    assert metric_of(Own()) == "score"
    assert metric_of(LogisticRegression()) == "accuracy"
