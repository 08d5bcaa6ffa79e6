"""Observes joblib: what runs in parallel belongs to what handed it out, whatever runs it.

The calls are recorded where they run, in a thread or a process of a pool, which joins the run. A
library that runs its own parts in parallel, such as scikit-learn, is no workflow of the user's:
its calls are counted and belong where they were made.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any

from aitia.capture.activity import TASK_RUN
from aitia.capture.digests import CAP
from aitia.capture.guard import Told, attempt
from aitia.capture.platform import carry
from aitia.capture.platform.carry import Carried, Place
from aitia.records.ports import Scope

MAX_CALLS = 1000
"""Most calls of one parallel loop that are tasks; further ones are counted."""

LIBRARIES = ("sklearn", "imblearn", "skopt")


class JoblibAdapter:
    """Observes joblib's parallel loops."""

    name = "joblib"

    def __init__(self, cap: int = CAP) -> None:
        self._original: Callable[..., Any] | None = None

    def start(self, scope: Scope) -> None:
        """Wrap the call of a parallel loop."""
        owner = _owner()
        if owner is not None:
            _state.scope = scope
            self._original = owner.__call__
            owner.__call__ = _wrapped(owner.__call__)

    def leave(self, scope: Scope) -> None:
        """Do nothing: each loop says what there is to say."""

    def stop(self, scope: Scope) -> None:
        """Give joblib its own call back."""
        _state.scope = None
        owner = _owner()
        if owner is not None and self._original is not None:
            owner.__call__ = self._original
        self._original = None


class _State:
    """What the wrapped loops of this process report to; None while nothing observes."""

    scope: Scope | None = None


_state = _State()


def _owner() -> Any:
    module: ModuleType | None = sys.modules.get("joblib.parallel")
    return getattr(module, "Parallel", None)


def _wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(self: Any, iterable: Any) -> Any:
        scope = _state.scope
        loop = None if scope is None else attempt("joblib", _Loop.of, self, scope)
        if loop is None:
            return function(self, iterable)
        return loop.run(function, self, iterable)

    return call


class _Loop:
    """One call of a parallel loop."""

    def __init__(self, parallel: Any, scope: Scope, is_own: bool) -> None:
        self._scope = scope
        self._is_own = is_own
        self._calls = 0
        self._task = ""
        # A loop whose results are taken one by one goes on after its call has returned.
        if is_own and not getattr(parallel, "return_generator", False):
            self._task = scope.begin("Parallel", TASK_RUN, _settings(parallel))

    @classmethod
    def of(cls, parallel: Any, scope: Scope) -> _Loop | None:
        """Return the loop that ``parallel`` is about to run; None when no run is open."""
        if not scope.run:
            return None
        library = type(parallel).__module__.partition(".")[0] in LIBRARIES
        inside = scope.about()[1] not in ("", TASK_RUN)
        return cls(parallel, scope, not (library or inside))

    def run(self, function: Callable[..., Any], parallel: Any, iterable: Iterable[Any]) -> Any:
        """Return what the loop returns; its calls are carried."""
        place = attempt("joblib", carry.here)
        items = iterable if place is None else self._items(iterable, place)
        with Told("joblib", self._ended, parallel):
            result = function(parallel, items)
        attempt("joblib", self._ended, parallel, None)
        return result

    def _items(self, iterable: Iterable[Any], place: Place) -> Iterable[Any]:
        if hasattr(iterable, "__len__"):
            return _Sized(self, iterable, place)
        return self.carried(iterable, place)

    def carried(self, iterable: Iterable[Any], place: Place) -> Iterator[Any]:
        """Yield the calls, each with the place that it is handed out from."""
        for item in iterable:
            self._calls += 1
            if type(item) is tuple and len(item) == 3 and callable(item[0]):
                is_task = self._is_own and self._calls <= MAX_CALLS
                yield Carried(item[0], place, is_task), item[1], item[2]
            else:
                yield item

    def _ended(self, parallel: Any, error: BaseException | None) -> None:
        more = self._calls - (MAX_CALLS if self._is_own else 0)
        if more > 0:
            what = f"beyond {MAX_CALLS} of one loop" if self._is_own else "of a library"
            self._scope.note("parallel", f"calls that joblib ran {what} are only counted", more)
        if self._task:
            made = {"calls": self._calls, "workers": _workers(parallel)}
            told = None if error is None else _message(error)
            self._scope.finish(self._task, made, told)


class _Sized:
    """The calls of a loop that knows how many they are."""

    def __init__(self, loop: _Loop, iterable: Any, place: Place) -> None:
        self._loop = loop
        self._iterable = iterable
        self._place = place

    def __len__(self) -> int:
        return len(self._iterable)

    def __iter__(self) -> Iterator[Any]:
        return self._loop.carried(self._iterable, self._place)


def _settings(parallel: Any) -> dict[str, Any]:
    backend = type(getattr(parallel, "_backend", None)).__name__
    used: dict[str, Any] = {"backend": backend.removesuffix("Backend").lower()}
    jobs = getattr(parallel, "n_jobs", None)
    if isinstance(jobs, int):
        used["n_jobs"] = jobs
    return used


def _workers(parallel: Any) -> int:
    found = getattr(parallel, "_cached_effective_n_jobs", 1)
    return found if isinstance(found, int) else 1


def _message(error: BaseException) -> str:
    from aitia.capture.run import outcome

    return outcome(error)[1] or type(error).__qualname__
