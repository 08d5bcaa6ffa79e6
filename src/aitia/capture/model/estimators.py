"""The architecture of a fitted scikit-learn estimator, read from its fitted attributes.

Nothing here imports scikit-learn or numpy; an estimator of any library with the same attributes
(``coefs_``, ``tree_``, ``estimators_``, ``coef_``, ``steps``) is understood too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aitia.capture.model.architecture import Architecture, Layer, canonical, chain
from aitia.capture.model.methods import method_of

_INNER = ("best_estimator_", "estimator_", "regressor_", "classifier_")
_WIDEST = 8
_STRUCTURAL = (
    *("coef_", "intercept_", "components_", "cluster_centers_", "means_", "theta_"),
    *("feature_log_prob_", "mean_", "scale_"),
)


def architecture_of(estimator: Any) -> Architecture:
    """Return the architecture of a fitted estimator."""
    parts = parts_of(estimator)
    if parts:
        return _composed(estimator, parts)
    inner = _inner(estimator)
    if inner is not None:
        return architecture_of(inner)
    for read in (_boosted, _network, _trees):
        found = read(estimator)
        if found is not None:
            return found
    return _plain(estimator)


def _boosted(estimator: Any) -> Architecture | None:
    """Return the architecture of the booster of XGBoost's or LightGBM's inside an estimator."""
    library = type(estimator).__module__.partition(".")[0]
    if library == "xgboost" and getattr(estimator, "_Booster", None) is not None:
        from aitia.capture.model.xgboost import read

        return read(estimator.get_booster(), 0).structure
    if library == "lightgbm" and getattr(estimator, "_Booster", None) is not None:
        from aitia.capture.model.lightgbm import read as read_lightgbm

        return read_lightgbm(estimator.booster_, 0).structure
    return None


def _inner(estimator: Any) -> Any:
    """Return the estimator whose structure a search or a target transformation has, or None."""
    if hasattr(estimator, "estimators_"):
        # There estimator_ is the template of the members, which was never fitted.
        return None
    for name in _INNER:
        inner = getattr(estimator, name, None)
        if inner is not None and inner is not estimator and hasattr(inner, "fit"):
            return inner
    return None


def steps_of(estimator: Any) -> list[tuple[str, Any]]:
    """Return the named parts of a pipeline, a union or a column transformer, in order."""
    for name in ("steps", "transformers_", "transformer_list"):
        steps = getattr(estimator, name, None)
        if isinstance(steps, list) and steps and isinstance(steps[0], tuple):
            return [(str(step[0]), step[1]) for step in steps if hasattr(step[1], "fit")]
    return []


def members_of(estimator: Any) -> list[tuple[str, Any]]:
    """Return the named members of an ensemble of several kinds of estimators, in order."""
    named = getattr(estimator, "named_estimators_", None)
    if isinstance(named, dict):
        last = getattr(estimator, "final_estimator_", None)
        members = [*named.items(), *([] if last is None else [("final_estimator", last)])]
        return [(str(name), member) for name, member in members if hasattr(member, "fit")]
    folds = getattr(estimator, "calibrated_classifiers_", None)
    if isinstance(folds, list):
        inner = [(f"fold {i}", getattr(fold, "estimator", None)) for i, fold in enumerate(folds)]
        return [(name, member) for name, member in inner if hasattr(member, "fit")]
    return []


def parts_of(estimator: Any) -> list[tuple[str, Any]]:
    """Return the named estimators that an estimator is made of: its steps, or its members."""
    return steps_of(estimator) or members_of(estimator)


def _composed(estimator: Any, named: list[tuple[str, Any]]) -> Architecture:
    from hashlib import sha256

    parts = []
    for _, part in named:
        inner = architecture_of(part)
        parts.append({"operator": inner.operator, "sha256": sha256(canonical(inner)).hexdigest()})
    steps = bool(steps_of(estimator))
    operators = (" → " if steps else ", ").join(part["operator"] for part in parts[:_WIDEST])
    name = type(estimator).__name__
    told = {"steps" if steps else "members": parts}
    return Architecture("aitia:Architecture", f"{name} {operators}", name, settings=told)


def _network(estimator: Any) -> Architecture | None:
    weights = getattr(estimator, "coefs_", None)
    if not isinstance(weights, list) or not all(len(_shape(item)) == 2 for item in weights):
        return None
    shapes = [_shape(item) for item in weights]
    if not shapes:
        return None
    hidden = str(getattr(estimator, "activation", "identity"))
    output = str(getattr(estimator, "out_activation_", "identity"))
    layers = [
        Layer(
            "aitia:DenseLayer",
            "Dense",
            {
                "unitCount": units,
                "inputShape": [inputs],
                "outputShape": [units],
                "activationFunction": activation(output if i == len(shapes) - 1 else hidden),
                # A dense layer has one bias per unit.
                "parameterCount": inputs * units + units,
            },
        )
        for i, (inputs, units) in enumerate(shapes)
    ]
    total = sum(inputs * units + units for inputs, units in shapes)
    widths = "-".join(map(str, [shapes[0][0], *(units for _, units in shapes)]))
    return Architecture(
        "aitia:NeuralArchitecture",
        f"MLP {widths}",
        "MLP",
        chain(layers),
        {"parameterCount": total},
    )


def activation(name: str) -> str:
    """Return the canonical lower-case name of an activation function."""
    lower = name.lower()
    return {"logistic": "sigmoid", "linear": "identity"}.get(lower, lower)


def _trees(estimator: Any) -> Architecture | None:
    depths = list(_depths(estimator))
    if not depths:
        return None
    name = type(estimator).__name__
    noun = "tree" if len(depths) == 1 else "trees"
    return Architecture(
        "aitia:TreeEnsembleArchitecture",
        f"{name} {len(depths)} {noun}, depth {max(depths)}",
        name,
        attributes={"treeCount": len(depths), "treeDepth": max(depths)},
    )


def _depths(estimator: Any) -> Iterator[int]:
    """Yield the depth of each tree of a tree or an ensemble of trees."""
    tree = getattr(estimator, "tree_", None)
    if tree is not None and hasattr(tree, "max_depth"):
        yield int(tree.max_depth)
        return
    for member in _flat(getattr(estimator, "estimators_", None)):
        yield from _depths(member)
    # Histogram-based boosting keeps its trees privately.
    for predictor in _flat(getattr(estimator, "_predictors", None)):
        if hasattr(predictor, "get_max_depth"):
            yield int(predictor.get_max_depth())


def _flat(members: Any) -> Iterator[Any]:
    if isinstance(members, (list, tuple)) or type(members).__name__ == "ndarray":
        for member in members:
            yield from _flat(member)
    elif members is not None and not isinstance(members, (str, bytes)):
        yield members


def _plain(estimator: Any) -> Architecture:
    """Return an architecture by the shapes of the fitted arrays."""
    name = type(estimator).__name__
    shapes = dict(sorted(_shapes(estimator)))
    members = [type(member).__name__ for member in _flat(getattr(estimator, "estimators_", None))]
    settings: dict[str, Any] = {f"{key} shape": shape for key, shape in shapes.items()}
    if members:
        settings["members"] = members
    method = method_of(estimator)
    kind, known = method or ("aitia:Architecture", {})
    attributes = dict(known)
    counted = [shape for key, shape in shapes.items() if key in ("coef_", "intercept_")]
    if counted:
        attributes["parameterCount"] = sum(_size(shape) for shape in counted)
    return Architecture(kind, name, name, (), attributes, settings)


def _shapes(estimator: Any) -> Iterator[tuple[str, list[int]]]:
    # Other fitted arrays, such as labels_ or support_vectors_, are as long as the data.
    for key in _STRUCTURAL:
        item = getattr(estimator, key, None)
        if hasattr(item, "dtype"):
            yield key, list(_shape(item))


def _shape(item: Any) -> tuple[int, ...]:
    return tuple(int(size) for size in getattr(item, "shape", ()))


def _size(shape: list[int]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total
