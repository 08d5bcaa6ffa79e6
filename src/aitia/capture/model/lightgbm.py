"""Observes LightGBM: each outermost ``train`` or ``cv`` is a training run.

Rounds are heard by a callback of ours beside the user's, before any that may stop the training.
The wrappers for scikit-learn call ``train`` inside their ``fit``, which is then the training run.
LightGBM reads and writes models by its own means; which files is told by wrappers.
"""

from __future__ import annotations

from functools import partial
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

_LIBRARY = "lightgbm"
_BEFORE_STOPPING = 25
"""Where ours stands among the callbacks: those that record have 20, the one that stops 30."""


class LightGBMAdapter(LibraryAdapter):
    """Observes LightGBM.

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
            "lightgbm.basic.Booster": partial(_describe, cap=self._cap),
            "lightgbm.basic.Dataset": boosting.describe_table,
        }

    def _hook(self, module: ModuleType) -> None:
        library: Any = module
        for name in ("train", "cv"):
            self._patches.function(_LIBRARY, name, self._wrap)
        table = partial(followed, _LIBRARY, notice=self._table)
        self._patches.method(library.Dataset, "__init__", table)
        made = partial(followed, _LIBRARY, notice=self._loaded)
        self._patches.method(library.Booster, "__init__", made)

    def _wrap(self, function: Any) -> Any:
        def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Training | None:
            observer = self._observer
            if observer is None or not observer.scope.run:
                return None
            return Training(_LIBRARY, observer, function, (args, kwargs), read)

        return observed(_LIBRARY, function, begin)

    def _table(self, made: None, data: Any, /, *args: Any, **kwargs: Any) -> None:
        if self._observer is None or INSIDE.get():
            return
        sources = {"data": args[0] if args else kwargs.get("data")}
        label = args[1] if len(args) > 1 else kwargs.get("label")
        sources.update({"label": label, "weight": kwargs.get("weight")})
        boosting.table(self._observer, data, "Dataset", sources)

    def _loaded(self, made: None, booster: Any, /, *args: Any, **kwargs: Any) -> None:
        path = args[2] if len(args) > 2 else kwargs.get("model_file")
        if self._observer is not None and not INSIDE.get():
            boosting.loaded(self._observer, booster, path, read)


class Training(Boosting):
    """A call of ``train`` or ``cv``."""

    def inputs(self) -> Arguments | None:
        """Record what goes in, and listen to the rounds."""
        self.begin(self.given.get("train_set"), self._others(), self.given.get("init_model"))

        def listen(env: Any) -> None:
            attempt(_LIBRARY, self._round, env)

        listen.order = _BEFORE_STOPPING  # type: ignore[attr-defined]
        return self.with_argument("callbacks", [*(self.given.get("callbacks") or ()), listen])

    def _others(self) -> list[tuple[str, Any]]:
        sets = self.given.get("valid_sets") or ()
        names = self.given.get("valid_names") or ()
        sets = sets if isinstance(sets, (list, tuple)) else (sets,)
        names = (names,) if isinstance(names, str) else names
        return [
            (str(names[i]) if i < len(names) else f"valid_{i}", item) for i, item in enumerate(sets)
        ]

    def _round(self, env: Any) -> None:
        values: dict[str, Value] = {}
        for result in env.evaluation_result_list or ():
            values[f"{result[0]}-{result[1]}"] = float(result[2])
            if len(result) > 4 and result[4] is not None:
                values[f"{result[0]}-{result[1]}-std"] = float(result[4])
        self.round(env.iteration + 1, values)


def read(booster: Any, cap: int) -> Grown:
    """Return what is told of a booster."""
    text = booster.model_to_string(num_iteration=-1)
    sha = trees.lightgbm_digest(text) if len(text) <= cap else None
    facts: dict[str, Value] = {"rounds": int(booster.current_iteration())}
    if booster.best_iteration > 0:
        facts["best_iteration"] = int(booster.best_iteration)
    if len(text) > trees.MAX_TEXT:
        structure = Architecture("aitia:TreeEnsembleArchitecture", "Booster", "lightgbm.Booster")
        return Grown(sha, structure, facts)
    forest = trees.lightgbm_forest(text)
    gains = booster.feature_importance(importance_type="gain")
    facts["leaves"] = to_value(forest.leaves)
    facts["feature_importance"] = boosting.importance(
        dict(zip(booster.feature_name(), gains.tolist(), strict=False))
    )
    settings = {"features": int(booster.num_feature())}
    return Grown(sha, trees.architecture("lightgbm.Booster", forest, settings), facts)


def _describe(obj: Any, cap: int) -> Description:
    """Describe a booster that passes between tasks."""
    grown = attempt(_LIBRARY, read, obj, cap)
    return Description("aitia:Model", "lightgbm.Booster", None if grown is None else grown.sha)
