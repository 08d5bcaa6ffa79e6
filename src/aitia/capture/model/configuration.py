"""What was chosen before training: the parameters of an estimator as a configuration.

A configuration is named by the digest of its canonical parameters, so the same choices are the
same node in every run. Parameters that change nothing of the result, such as ``verbose``, belong
to the execution and not to the configuration. A configuration that holds an object of which only
the type can be told has an id of its own: two that differ must never be taken for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar

from aitia.capture.digests import content_digest
from aitia.capture.model import concepts
from aitia.capture.model.methods import training_of
from aitia.records.prov import Entity, Record, Setting
from aitia.records.values import Json, Ref, Typed, Value, to_value, type_name
from aitia.vocabulary.iris import content_iri

_SILENT = frozenset({"verbose", "n_jobs", "pre_dispatch", "copy_X", "copy"})
_ARRAY_CAP = 1 << 20
_OPAQUE = "aitia:PythonType"


class Configuration(NamedTuple):
    """The choices that configured a training.

    Parameters
    ----------
    operator:
        What was configured: the full name of its class.
    parameters:
        The parameters by name.
    execution:
        Parameters of the execution alone, by name.
    typed:
        Those that the ontology has a property for, by its local name.
    optimizer, loss:
        The concepts that they name, when known.
    """

    operator: str
    parameters: Mapping[str, Value]
    execution: Mapping[str, Value]
    typed: Mapping[str, float | int | str]
    optimizer: Entity | None = None
    loss: Entity | None = None


def records(configuration: Configuration, mint: Callable[[], str]) -> tuple[str, list[Record]]:
    """Return the id of a configuration and the records that describe it.

    ``mint`` makes an id for one that has no digest.
    """
    sha = digest(configuration)
    here = mint() if sha is None else content_iri(sha)
    return here, list(_records(configuration, here, sha))


def digest(configuration: Configuration) -> str | None:
    """Return the SHA-256 of the canonical form of a configuration; None when it has none."""
    import orjson

    if any(map(_is_opaque, configuration.parameters.values())):
        return None
    told = {name: _json(value) for name, value in configuration.parameters.items()}
    form = {"form": 1, "operator": configuration.operator, "parameters": told}
    return sha256(orjson.dumps(form, None, orjson.OPT_SORT_KEYS)).hexdigest()


def _is_opaque(value: Any) -> bool:
    if isinstance(value, Typed):
        return value.datatype == _OPAQUE
    data = value.data if isinstance(value, Json) else value
    if isinstance(data, dict):
        return "opaque" in data or any(map(_is_opaque, data.values()))
    return isinstance(data, list) and any(map(_is_opaque, data))


def _json(value: Value) -> Any:
    if isinstance(value, Json):
        return value.data
    return value if isinstance(value, (str, int, float)) else list(value)


def _records(configuration: Configuration, here: str, sha: str | None) -> Iterator[Record]:
    attributes: dict[str, Value | list[Value]] = {
        f"aitia:{name}": value for name, value in configuration.typed.items()
    }
    named = (("usesOptimizer", configuration.optimizer), ("usesLoss", configuration.loss))
    for relation, concept in named:
        if concept is not None:
            yield concept
            attributes[f"aitia:{relation}"] = Ref(concept.id)
    label = f"{configuration.operator.rpartition('.')[2]} configuration"
    yield Entity(here, "aitia:TrainingConfiguration", label, sha, attributes)
    for name, value in configuration.parameters.items():
        yield Setting(here, name, value)


def of_estimator(estimator: Any) -> Configuration:
    """Return the configuration of a scikit-learn estimator, nested ones included."""
    chosen = principal(estimator)
    own = _own_parameters(chosen)
    name = own.get("solver")
    how = concepts.optimizer(name, closed=True) if isinstance(name, str) else _implied(chosen)
    goal = getattr(chosen, "loss", None)
    told = dict(_parameters(estimator))
    silent = {name: told.pop(name) for name in list(told) if _is_silent(name)}
    return Configuration(
        _full_name(estimator),
        told,
        silent,
        {**_typed(own), **training_of(chosen, own)},
        how,
        concepts.loss(goal) if isinstance(goal, str) else None,
    )


def _is_silent(name: str) -> bool:
    return name.rpartition("__")[2] in _SILENT


def _implied(estimator: Any) -> Entity | None:
    names = {cls.__name__ for cls in type(estimator).__mro__}
    return concepts.optimizer("sgd") if names & {"BaseSGD", "Perceptron"} else None


def principal(estimator: Any) -> Any:
    """Return the estimator that learns in the end: the last step, what a search searches over."""
    for _ in range(8):
        steps = getattr(estimator, "steps", None)
        inner = getattr(estimator, "estimator", None)
        if isinstance(steps, list) and steps and hasattr(steps[-1][1], "fit"):
            estimator = steps[-1][1]
        elif hasattr(inner, "fit") and not isinstance(inner, type):
            estimator = inner
        else:
            break
    return estimator


def _own_parameters(estimator: Any) -> dict[str, Any]:
    getter: Callable[..., Any] | None = getattr(estimator, "get_params", None)
    if getter is None or isinstance(estimator, type):
        return {}
    return dict(getter(deep=False))


def _parameters(estimator: Any, prefix: str = "", depth: int = 6) -> Iterator[tuple[str, Value]]:
    """Yield all parameters by the names that scikit-learn gives to nested ones."""
    for name, item in _own_parameters(estimator).items():
        yield prefix + name, parameter(item)
        if depth:
            for key, inner in _nested(name, item):
                yield from _parameters(inner, f"{prefix}{key}__", depth - 1)


def _nested(name: str, item: Any) -> Iterator[tuple[str, Any]]:
    if hasattr(item, "get_params"):
        yield name, item
    elif isinstance(item, (list, tuple)):
        for part in item[:64]:
            if isinstance(part, tuple) and len(part) >= 2 and hasattr(part[1], "get_params"):
                yield str(part[0]), part[1]


def parameter(item: Any) -> Value:
    """Return the value of one parameter.

    Estimators are told by their class, functions by their name, arrays by their digest.
    """
    if hasattr(item, "get_params") and not isinstance(item, type):
        return type(item).__name__
    if isinstance(item, (list, tuple)):
        return Json([_item(part) for part in item[:256]])
    if isinstance(item, dict):
        return Json({str(key): _item(part) for key, part in list(item.items())[:256]})
    name = name_of(item)
    if name is not None:
        return name
    if getattr(item, "shape", ()) != ():
        found = content_digest(item, _ARRAY_CAP)
        return f"{type_name(item)} {found}" if found else Typed(type_name(item), _OPAQUE)
    return to_value(item)


def name_of(item: Any) -> str | None:
    """Return the full name of a class or function, universal functions of numpy included."""
    name = getattr(item, "__qualname__", None) or (
        callable(item) and getattr(item, "__name__", None)
    )
    if not isinstance(name, str):
        return None
    return f"{getattr(item, '__module__', None) or type(item).__module__}.{name}"


def _item(item: Any) -> Any:
    value = parameter(item)
    if isinstance(value, Typed) and value.datatype == _OPAQUE:
        return {"opaque": value.lexical}
    return _json(value)


def _full_name(estimator: Any) -> str:
    cls = type(estimator)
    return f"{cls.__module__}.{cls.__qualname__}"


def _typed(own: Mapping[str, Any]) -> dict[str, float | int]:
    names = ("learning_rate_init", "learning_rate", "eta0")
    # A boosting of trees learns one tree a round.
    rounds = ("max_iter", "n_estimators") if "learning_rate" in own else ("max_iter",)
    found = {
        "learningRate": _first(own, names, _rate),
        "batchSize": _first(own, ("batch_size",), _count),
        "epochBudget": _first(own, rounds, _count),
    }
    return {name: value for name, value in found.items() if value is not None}


T = TypeVar("T", bound=float)


def _first(
    own: Mapping[str, Any], names: tuple[str, ...], read: Callable[[Any], T | None]
) -> T | None:
    values = (read(own.get(name)) for name in names)
    return next((value for value in values if value is not None), None)


def _number(item: Any) -> float | None:
    is_scalar = getattr(item, "shape", None) == () and item.dtype.kind in "iuf"
    if isinstance(item, bool) or not (isinstance(item, (int, float)) or is_scalar):
        return None
    return float(item)


def _rate(item: Any) -> float | None:
    number = _number(item)
    return number if number is not None and number > 0 else None


def _count(item: Any) -> int | None:
    number = _number(item)
    return int(number) if number is not None and number > 0 and number.is_integer() else None
