"""Observes XGBoost: each outermost ``train`` or ``cv`` is a training run.

What is measured in a round is recorded when the round ends, so that a training that is killed
keeps its curve. The wrappers for scikit-learn call ``train`` inside their ``fit``, which is then
the training run. XGBoost reads and writes models by its own means; which files is told by wrappers.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from functools import partial
from hashlib import sha256
from types import ModuleType
from typing import Any

from aitia.capture import imports
from aitia.capture.describe import Describer, Description
from aitia.capture.guard import attempt
from aitia.capture.model import boosting, trees
from aitia.capture.model.architecture import Architecture
from aitia.capture.model.boosting import Boosting, Grown
from aitia.capture.model.library import LibraryAdapter
from aitia.capture.model.outermost import INSIDE, Arguments, followed, observed
from aitia.records.values import Value, to_value

_LIBRARY = "xgboost"
_MATRICES = ("DMatrix", "QuantileDMatrix", "ExtMemQuantileDMatrix")

_training: ContextVar[Training | None] = ContextVar("aitia_xgboost", default=None)


class XGBoostAdapter(LibraryAdapter):
    """Observes XGBoost.

    Parameters
    ----------
    cap:
        Most bytes hashed for one model or data set.
    """

    name = _LIBRARY

    def _waits(self) -> dict[str, imports.Hook]:
        return {_LIBRARY: self._hook}

    def _described(self) -> dict[str, Describer]:
        return {
            "xgboost.core.Booster": partial(_describe, cap=self._cap),
            "xgboost.core.DMatrix": boosting.describe_table,
        }

    def _hook(self, module: ModuleType) -> None:
        library: Any = module
        for name in ("train", "cv"):
            self._patches.function(_LIBRARY, name, self._wrap)
        for name in _MATRICES:
            cls = getattr(library, name, None)
            if cls is not None and "__init__" in vars(cls):
                self._patches.method(cls, "__init__", partial(self._after, notice=self._table))
        after = partial(self._after, notice=self._loaded)
        self._patches.method(library.Booster, "load_model", after)
        rounds = library.callback.CallbackContainer
        self._patches.method(rounds, "after_iteration", partial(self._after, notice=_round))

    def _wrap(self, function: Any) -> Any:
        def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Training | None:
            observer = self._observer
            if observer is None or not observer.scope.run:
                return None
            return Training(_LIBRARY, observer, function, (args, kwargs), read)

        return observed(_LIBRARY, function, begin)

    def _after(self, function: Any, notice: Any) -> Any:
        return followed(_LIBRARY, function, notice)

    def _table(self, made: None, matrix: Any, /, *args: Any, **kwargs: Any) -> None:
        if self._observer is None or INSIDE.get():
            return
        sources = {"data": args[0] if args else kwargs.get("data")}
        label = args[1] if len(args) > 1 else kwargs.get("label")
        sources.update({"label": label, "weight": kwargs.get("weight")})
        boosting.table(self._observer, matrix, type(matrix).__name__, sources)

    def _loaded(self, made: None, booster: Any, /, *args: Any, **kwargs: Any) -> None:
        path = args[0] if args else kwargs.get("fname")
        if self._observer is not None and not INSIDE.get():
            boosting.loaded(self._observer, booster, path, read)


class Training(Boosting):
    """A call of ``train`` or ``cv``."""

    def inputs(self) -> Arguments | None:
        """Record what goes in, and listen to the rounds."""
        self._token = _training.set(self)
        evals = [(str(name), data) for data, name in self.given.get("evals") or ()]
        self.begin(self.given.get("dtrain"), evals, self.given.get("xgb_model"))
        return None

    def finish(self, generated: Mapping[str, Value], error: BaseException | None = None) -> None:
        """End the task, and listen no more."""
        _training.set(None)
        super().finish(generated, error)


def _round(stop: Any, rounds: Any, /, model: Any, epoch: int, *others: Any, **named: Any) -> None:
    """Record what a round measured."""
    training = _training.get()
    if training is None:
        return
    values: dict[str, Value] = {}
    for data, metrics in rounds.history.items():
        for metric, log in metrics.items():
            last = log[-1]
            if isinstance(last, tuple):
                values[f"{data}-{metric}"] = float(last[0])
                values[f"{data}-{metric}-std"] = float(last[1])
            else:
                values[f"{data}-{metric}"] = float(last)
    training.round(epoch + 1, values)


def read(booster: Any, cap: int) -> Grown:
    """Return what is told of a booster."""
    raw = bytes(booster.save_raw(raw_format="ubj"))
    sha = sha256(raw).hexdigest() if len(raw) <= cap else None
    facts: dict[str, Value] = {"rounds": int(booster.num_boosted_rounds())}
    for name in ("best_iteration", "best_score"):
        value = booster.attr(name)
        if value is not None:
            facts[name] = int(value) if name == "best_iteration" else float(value)
    features = int(booster.num_features())
    if len(raw) > trees.MAX_TEXT // 4:
        structure = Architecture("aitia:TreeEnsembleArchitecture", "Booster", "xgboost.Booster")
        return Grown(sha, structure, facts)
    dump = booster.get_dump()
    if dump and dump[0].startswith("bias:"):
        kind = "aitia:LinearArchitecture"
        counted = {"parameterCount": sum(len(text.split()) - 2 for text in dump)}
        structure = Architecture(kind, "linear booster", "xgboost.Booster", attributes=counted)
        return Grown(sha, structure, facts)
    forest = trees.xgboost_forest(dump)
    facts["leaves"] = to_value(forest.leaves)
    facts["feature_importance"] = boosting.importance(booster.get_score(importance_type="gain"))
    structure = trees.architecture("xgboost.Booster", forest, {"features": features})
    return Grown(sha, structure, facts)


def _describe(obj: Any, cap: int) -> Description:
    """Describe a booster that passes between tasks."""
    grown = attempt(_LIBRARY, read, obj, cap)
    return Description("aitia:Model", "xgboost.Booster", None if grown is None else grown.sha)
