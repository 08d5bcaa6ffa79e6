"""Optimisers and loss functions as concepts: one name for what frameworks call differently."""

from __future__ import annotations

import re

from aitia.records.prov import Entity
from aitia.vocabulary.iris import slug

_OPTIMIZERS = {
    "sgd": "SGD",
    "adam": "Adam",
    "adamw": "AdamW",
    "lbfgs": "LBFGS",
    "l-bfgs": "LBFGS",
    "sag": "SAG",
    "saga": "SAGA",
    "liblinear": "CoordinateDescent",
    "cd": "CoordinateDescent",
    "newton-cg": "NewtonCG",
    "newton-cholesky": "Newton",
    "rmsprop": "RMSprop",
}
_LOSSES = {
    "log_loss": "CrossEntropy",
    "crossentropyloss": "CrossEntropy",
    "nllloss": "NegativeLogLikelihood",
    "bceloss": "BinaryCrossEntropy",
    "bcewithlogitsloss": "BinaryCrossEntropy",
    "squared_error": "SquaredError",
    "mseloss": "SquaredError",
    "mse": "SquaredError",
    "mean_squared_error": "SquaredError",
    "meansquarederror": "SquaredError",
    "mae": "AbsoluteError",
    "mean_absolute_error": "AbsoluteError",
    "meanabsoluteerror": "AbsoluteError",
    "binary_crossentropy": "BinaryCrossEntropy",
    "binarycrossentropy": "BinaryCrossEntropy",
    "categorical_crossentropy": "CrossEntropy",
    "categoricalcrossentropy": "CrossEntropy",
    "sparse_categorical_crossentropy": "CrossEntropy",
    "sparsecategoricalcrossentropy": "CrossEntropy",
    "absolute_error": "AbsoluteError",
    "l1loss": "AbsoluteError",
    "huber": "Huber",
    "huberloss": "Huber",
    "smoothl1loss": "SmoothL1",
    "modified_huber": "ModifiedHuber",
    "hinge": "Hinge",
    "squared_hinge": "SquaredHinge",
    "perceptron": "Perceptron",
    "exponential": "Exponential",
    "poisson": "Poisson",
    "gamma": "Gamma",
    "quantile": "Quantile",
    "epsilon_insensitive": "EpsilonInsensitive",
    "squared_epsilon_insensitive": "SquaredEpsilonInsensitive",
}


def optimizer(name: str, *, closed: bool = False) -> Entity | None:
    """Return the concept of an optimiser.

    Parameters
    ----------
    name:
        What a framework calls it.
    closed:
        Whether a name that is not known stands for no optimiser, as it may with scikit-learn,
        whose solvers are not all optimisers.
    """
    known = _OPTIMIZERS.get(name.lower())
    if known is None and closed:
        return None
    return _concept("optimizer", "aitia:Optimizer", known or camel(name))


def loss(name: str) -> Entity:
    """Return the concept of a loss function that a framework calls ``name``."""
    return _concept("loss-function", "aitia:LossFunction", _LOSSES.get(name.lower()) or camel(name))


def _concept(scheme: str, kind: str, name: str) -> Entity:
    return Entity(f"scheme:{scheme}#{slug(name)}", kind, name)


def camel(name: str) -> str:
    """Return ``name`` in one word, each part with a capital.

    >>> camel("squared_error"), camel("RAdam")
    ('SquaredError', 'RAdam')
    """
    parts = re.split(r"[^A-Za-z0-9]+", name)
    return "".join(part[:1].upper() + part[1:] for part in parts)
