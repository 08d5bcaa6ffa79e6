import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_validate

from aitia.capture.application import arrays
from aitia.capture.model.searches import candidates, small
from aitia.capture.model.sklearn import SklearnAdapter
from aitia.records import Ended, Point, Used

X, y = make_classification(90, 6, n_informative=4, random_state=0)


@pytest.fixture(autouse=True)
def _arrays() -> None:
    arrays.register()


def test_a_search_tells_its_candidates_the_best_first() -> None:
    search = GridSearchCV(LogisticRegression(), {"C": [0.001, 1.0]}, cv=3).fit(X, y)
    told = candidates(search)
    first, second = told["candidates"].data
    assert told["candidate_count"] == 2
    assert first["params"] == search.best_params_
    assert first["mean_test_score"] == search.best_score_ >= second["mean_test_score"]


def test_a_search_by_several_scores_tells_all_of_them() -> None:
    search = RandomizedSearchCV(
        LogisticRegression(), {"C": [1.0, 2.0]}, n_iter=2, scoring=["f1", "accuracy"], refit=False
    ).fit(X, y)
    (first, _) = candidates(search)["candidates"].data
    assert {"mean_test_f1", "mean_test_accuracy"} < set(first)


def test_what_is_no_search_has_no_candidates() -> None:
    assert candidates(LogisticRegression().fit(X, y)) == {}


def test_estimators_among_the_candidates_are_told_by_their_class() -> None:
    assert small(LogisticRegression()) == "LogisticRegression"
    assert small((1, 2)) == [1, 2]


def test_a_cross_validation_tells_data_scores_and_their_mean(observe) -> None:
    with observe(SklearnAdapter()) as observed:
        made = cross_validate(LogisticRegression(), X, y, cv=3, scoring="accuracy")
    (ended,) = observed.records.of(Ended)
    assert ended.generated["test_score of folds"].data == made["test_score"].tolist()
    (point,) = observed.records.of(Point)
    assert point.values["mean_test_score"] == pytest.approx(made["test_score"].mean())
    roles = {used.role: used.relation for used in observed.records.of(Used)}
    assert roles == {
        "estimator": "prov:used",
        "X": "aitia:evaluatedOn",
        "y": "aitia:evaluatedOn",
    }


def test_a_cross_validation_that_fails_ends_with_the_error(observe) -> None:
    with observe(SklearnAdapter()) as observed, pytest.raises(ValueError, match="parameter"):
        cross_validate(LogisticRegression(), X, y, cv=1)
    (ended,) = observed.records.of(Ended)
    assert ended.error.startswith("InvalidParameterError")
