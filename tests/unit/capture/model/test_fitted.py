import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.datasets import make_classification
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from aitia.capture.model.fitted import model_digest

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = make_classification(90, 6, n_informative=4, random_state=0)

ESTIMATORS = [
    LogisticRegression(),
    DecisionTreeClassifier(random_state=0),
    RandomForestClassifier(3, random_state=0),
    GradientBoostingClassifier(n_estimators=3, random_state=0),
    MLPClassifier((4,), max_iter=3, solver="lbfgs", random_state=0),
    KNeighborsClassifier(),
    make_pipeline(StandardScaler(), LogisticRegression()),
    GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2),
]


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_what_learnt_the_same_is_the_same_model(estimator) -> None:
    one, two = clone(estimator).fit(X, y), clone(estimator).fit(X, y)
    other = clone(estimator).fit(X[:60], y[:60])
    assert model_digest(one) is not None
    assert model_digest(one) == model_digest(two)
    assert model_digest(one) != model_digest(other)


def test_one_changed_weight_is_another_model() -> None:
    model = LogisticRegression().fit(X, y)
    before = model_digest(model)
    model.coef_[0, 0] = np.nextafter(model.coef_[0, 0], 1)
    assert model_digest(model) != before


def test_how_it_was_run_does_not_matter() -> None:
    quiet = RandomForestClassifier(2, random_state=0).fit(X, y)
    loud = RandomForestClassifier(2, random_state=0, n_jobs=2).fit(X, y)
    assert model_digest(quiet) == model_digest(loud)


def test_a_parameter_that_decides_the_prediction_matters() -> None:
    two, three = KNeighborsClassifier(2).fit(X, y), KNeighborsClassifier(3).fit(X, y)
    assert model_digest(two) != model_digest(three)


def test_what_cannot_be_told_apart_has_no_digest() -> None:
    class Own(BaseEstimator):
        def fit(self, data, target=None):
            self.thing_ = object()
            return self

    assert model_digest(Own().fit(X)) is None
    assert model_digest(FunctionTransformer(lambda x: x).fit(X)) is None
    assert model_digest(FunctionTransformer(np.log1p).fit(X)) is not None


def test_a_large_model_has_no_digest() -> None:
    assert model_digest(LogisticRegression().fit(X, y), cap=100) is None
