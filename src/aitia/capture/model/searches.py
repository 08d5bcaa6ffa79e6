"""What a search tried, and cross-validations, which fit estimators only to measure them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from aitia.capture.model import configuration
from aitia.capture.model.calls import Activity
from aitia.capture.model.observer import Observer
from aitia.capture.model.outermost import Arguments
from aitia.records.prov import Point, Used
from aitia.records.values import Json, Value

_MAX_CANDIDATES = 100


def candidates(estimator: Any) -> dict[str, Value]:
    """Return the candidates of a search with their scores, the best ones first."""
    results = getattr(estimator, "cv_results_", None)
    if not isinstance(results, Mapping) or "params" not in results:
        return {}
    names = [name for name in results if name.startswith(("mean_test_", "rank_test_"))]
    ranks = next((results[name] for name in names if name.startswith("rank_")), None)
    order = list(range(len(results["params"])))
    if ranks is not None:
        order.sort(key=lambda i: float(ranks[i]))
    told = [
        {
            "params": {str(key): small(item) for key, item in results["params"][i].items()},
            **{name: _finite(results[name][i]) for name in names},
        }
        for i in order[:_MAX_CANDIDATES]
    ]
    return {"candidate_count": len(order), "candidates": Json(told)}


def _finite(item: Any) -> float | None:
    number = float(item)
    return number if number == number and abs(number) != float("inf") else None


def small(item: Any) -> Any:
    """Return a parameter as JSON data."""
    value = configuration.parameter(item)
    if isinstance(value, Json):
        return value.data
    return value if isinstance(value, (str, int, float)) else list(value)


class CrossValidation(Activity):
    """A call of ``cross_validate`` or ``cross_val_score``: one evaluation, whatever fits there are.

    Parameters
    ----------
    observer:
        Where records go.
    function:
        What was called, and ``args`` and ``kwargs`` with what.
    """

    def __init__(
        self,
        observer: Observer,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self._given = inspect.signature(function).bind(*args, **kwargs).arguments
        self._estimator = self._given.get("estimator")
        name = f"{function.__name__} of {type(self._estimator).__name__}"
        super().__init__("sklearn", observer, name, "aitia:EvaluationRun")

    def inputs(self) -> Arguments | None:
        """Record what was measured, and on which data."""
        chosen = configuration.of_estimator(self._estimator)
        here, records = configuration.records(chosen, self.scope.mint)
        self.observer.tell(here, records)
        self.scope.emit(Used(self.task, here, "estimator"))
        for role in ("X", "y"):
            self.use_data(self._given.get(role), role, "aitia:evaluatedOn")
        return None

    def outputs(self, result: Any) -> dict[str, Value]:
        """Record the scores of the folds, and their means."""
        scoring = self._given.get("scoring")
        name = scoring if isinstance(scoring, str) else "score"
        found = result if isinstance(result, Mapping) else {f"test_{name}": result}
        made: dict[str, Value] = {}
        for key, values in found.items():
            if key.startswith(("test_", "train_")) and hasattr(values, "tolist"):
                numbers = [_finite(value) for value in values.tolist()]
                made[f"{key} of folds"] = Json(numbers)
                kept = [number for number in numbers if number is not None]
                if kept:
                    mean: dict[str, Value] = {f"mean_{key}": sum(kept) / len(kept)}
                    self.scope.emit(Point(self.task, self.scope.now(), mean))
        return made
