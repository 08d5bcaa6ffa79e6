"""Which kind of method a fitted estimator is, other than a network or trees.

It is told by the names of its base classes, so that nothing here imports scikit-learn. A method
that none of them names is left as it is: better no kind than a guessed one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from aitia.records.values import Value

_LINKS = {
    "LogisticRegression": "logit",
    "LogisticRegressionCV": "logit",
    "LinearRegression": "identity",
    "Ridge": "identity",
    "Lasso": "identity",
    "ElasticNet": "identity",
    "PoissonRegressor": "log",
    "GammaRegressor": "log",
}
_FAMILIES = {
    "GaussianNB": "gaussian",
    "BernoulliNB": "bernoulli",
    "MultinomialNB": "multinomial",
    "ComplementNB": "multinomial",
    "CategoricalNB": "categorical",
    "BaseMixture": "gaussian",
}
_LINEAR = {"LinearModel", "LinearClassifierMixin", "BaseSGD", "_GeneralizedLinearRegressor"}
_PENALISED = {"BaseSGD", "_BaseRidge", "ElasticNet", "BaseMultilayerPerceptron"}
_TREES = {"BaseDecisionTree", "BaseForest", "BaseGradientBoosting"}
_PENALTIES = {"l1", "l2", "elasticnet"}


class Method(NamedTuple):
    """The class of an architecture, and the attributes of that class."""

    kind: str
    attributes: Mapping[str, Value]


def method_of(estimator: Any) -> Method | None:
    """Return the method of a fitted estimator; None when its base classes do not tell."""
    names = _names(estimator)
    if names & {"BaseLibSVM", "KernelRidge"}:
        return Method("aitia:KernelArchitecture", _known("kernelFunction", estimator, "kernel"))
    if names & {"_BaseNB", "BaseMixture"}:
        family = next((known for name, known in _FAMILIES.items() if name in names), None)
        told: dict[str, Value] = {} if family is None else {"distributionFamily": family}
        if "BaseMixture" in names:
            told.update(_known("componentCount", estimator, "n_components"))
        return Method("aitia:ProbabilisticArchitecture", told)
    if names & {"GaussianProcessRegressor", "GaussianProcessClassifier"}:
        return Method("aitia:ProbabilisticArchitecture", {"distributionFamily": "gaussian"})
    if "ClusterMixin" in names:
        return Method(
            "aitia:ClusteringArchitecture", _known("clusterCount", estimator, "n_clusters")
        )
    if names & _LINEAR:
        link = _LINKS.get(type(estimator).__name__)
        return Method("aitia:LinearArchitecture", {} if link is None else {"linkFunction": link})
    return None


def training_of(estimator: Any, own: Mapping[str, Any]) -> dict[str, float | str]:
    """Return what an estimator's parameters say of its training, by properties of the ontology."""
    names = _names(estimator)
    found: dict[str, float | str] = {}
    tolerance, penalty = _number(own.get("tol")), own.get("penalty")
    if tolerance is not None:
        found["stoppingTolerance"] = tolerance
    if isinstance(penalty, str) and penalty in _PENALTIES:
        found["penaltyKind"] = penalty
    # alpha means other things elsewhere: a smoothing of counts, a quantile, a noise.
    alpha = _number(own.get("alpha")) if names & _PENALISED else None
    if alpha is not None:
        found["penaltyStrength"] = alpha
    criterion = own.get("criterion")
    if names & _TREES and isinstance(criterion, str) and criterion != "deprecated":
        found["splitCriterion"] = criterion.lower()
    return found


def _names(estimator: Any) -> set[str]:
    return {cls.__name__ for cls in type(estimator).__mro__}


def _known(attribute: str, estimator: Any, parameter: str) -> dict[str, Value]:
    value = getattr(estimator, parameter, None)
    if isinstance(value, str) or (type(value) is int and value > 0):
        return {attribute: value}
    return {}


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
        return None
    return float(value)
