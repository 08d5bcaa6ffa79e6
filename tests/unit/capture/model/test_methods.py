from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import DBSCAN, KMeans
from sklearn.datasets import make_classification
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import Lasso, LinearRegression, PoissonRegressor, Ridge, SGDClassifier
from sklearn.mixture import GaussianMixture
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from aitia.capture.model.configuration import of_estimator
from aitia.capture.model.estimators import architecture_of
from aitia.capture.model.methods import method_of
from aitia.vocabulary.terms import ANCESTORS, DATA_PROPERTIES

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = make_classification(60, 4, random_state=0)


@pytest.mark.parametrize(
    ("estimator", "kind", "attributes"),
    [
        (LinearRegression(), "Linear", {"linkFunction": "identity"}),
        (PoissonRegressor(), "Linear", {"linkFunction": "log"}),
        (SGDClassifier(), "Linear", {}),
        (LinearSVC(), "Linear", {}),
        (SVC(kernel="poly"), "Kernel", {"kernelFunction": "poly"}),
        (SVC(kernel=lambda a, b: a @ b.T), "Kernel", {}),
        (KMeans(3, n_init=1), "Clustering", {"clusterCount": 3}),
        (DBSCAN(), "Clustering", {}),
        (GaussianNB(), "Probabilistic", {"distributionFamily": "gaussian"}),
        (MultinomialNB(), "Probabilistic", {"distributionFamily": "multinomial"}),
        (
            GaussianMixture(2),
            "Probabilistic",
            {"distributionFamily": "gaussian", "componentCount": 2},
        ),
        (GaussianProcessRegressor(), "Probabilistic", {"distributionFamily": "gaussian"}),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "fit") else "",
)
def test_a_method_has_its_class(estimator, kind: str, attributes: dict[str, object]) -> None:
    found = architecture_of(estimator.fit(np.abs(X), y))
    assert found.kind == f"aitia:{kind}Architecture"
    assert "aitia:Architecture" in ANCESTORS[found.kind]
    assert {name: found.attributes.get(name) for name in attributes} == attributes
    assert {f"aitia:{name}" for name in found.attributes} <= DATA_PROPERTIES


@pytest.mark.parametrize("estimator", [PCA(2), KNeighborsClassifier()])
def test_another_method_is_not_guessed(estimator) -> None:
    assert method_of(estimator.fit(X, y)) is None


@pytest.mark.parametrize(
    ("estimator", "told"),
    [
        (Ridge(alpha=0.5, tol=1e-3), {"penaltyStrength": 0.5, "stoppingTolerance": 1e-3}),
        (Lasso(alpha=0.1), {"penaltyStrength": 0.1, "stoppingTolerance": 1e-4}),
        (
            SGDClassifier(penalty="l1", alpha=0.01),
            {"penaltyKind": "l1", "penaltyStrength": 0.01},
        ),
        (MLPClassifier(alpha=0.2), {"penaltyStrength": 0.2}),
        (MultinomialNB(alpha=0.5), {"penaltyStrength": None}),
        (DecisionTreeClassifier(criterion="entropy"), {"splitCriterion": "entropy"}),
        (RandomForestClassifier(), {"splitCriterion": "gini"}),
        (SVC(tol=0.1), {"stoppingTolerance": 0.1, "penaltyStrength": None}),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "fit") else "",
)
def test_choices_of_training_are_typed(estimator, told: dict[str, object]) -> None:
    found = of_estimator(estimator).typed
    assert {name: found.get(name) for name in told} == told
    assert {f"aitia:{name}" for name in found} <= DATA_PROPERTIES
