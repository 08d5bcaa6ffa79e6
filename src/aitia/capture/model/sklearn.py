"""Observes scikit-learn: each outermost ``fit`` is a training run, each ``score`` an evaluation.

The methods of estimator classes are wrapped where they are defined, as soon as the user imports
scikit-learn; classes that are defined later are wrapped then. What is fitted inside a fit, by
pipelines, searches and ensembles, is structure of the outer one and no run of its own. Metric
functions are never touched. A wrapped method keeps its name, signature and ``__wrapped__``, and
pickles as before: its closure holds the method alone.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from contextvars import Token
from types import FrameType, FunctionType, ModuleType, TracebackType
from typing import Any, cast
from weakref import WeakSet

from aitia.capture import describe, imports
from aitia.capture.describe import Description
from aitia.capture.digests import CAP
from aitia.capture.guard import attempt
from aitia.capture.model import configuration, outermost
from aitia.capture.model.fitted import model_digest
from aitia.capture.model.observer import Observer
from aitia.capture.model.outermost import INSIDE
from aitia.capture.model.partial import PartialFits
from aitia.capture.model.searches import CrossValidation
from aitia.capture.model.splits import Split
from aitia.capture.model.training import Fit, Score
from aitia.capture.patches import Patches
from aitia.records.ports import Scope

_METHODS = ("fit", "fit_transform", "fit_predict", "partial_fit", "score")
_MIXINS = ("ClassifierMixin", "RegressorMixin")
_ESTIMATOR = "sklearn.base.BaseEstimator"
_DEEP = 64


class SklearnAdapter:
    """Observes the estimators of scikit-learn, and those of others that extend its classes.

    Parameters
    ----------
    cap:
        Most bytes hashed for one model or data set.
    """

    name = "scikit-learn"

    def __init__(self, cap: int = CAP) -> None:
        self._cap = cap
        self._patches: list[tuple[Any, str, Any]] = []
        self._hooks = {
            "sklearn.base": self._wrap_all,
            "sklearn.model_selection": self._wrap_functions,
        }
        self._functions = Patches()

    def start(self, scope: Scope) -> None:
        """Wrap the estimators of scikit-learn, now or when it is imported."""
        _state.observer = Observer(scope, self._cap)
        _state.steps = PartialFits(_state.observer)
        describe.register(_ESTIMATOR, _describe, stamp=_stamp)
        for name, hook in self._hooks.items():
            module = sys.modules.get(name)
            if module is not None:
                attempt("sklearn", hook, module)
            else:
                imports.when_imported(name, hook)

    def leave(self, scope: Scope) -> None:
        """End the trainings that went step by step in a run that is about to end."""
        if _state.steps is not None:
            _state.steps.leave(scope)

    def stop(self, scope: Scope) -> None:
        """Give the classes their own methods back."""
        _state.observer = _state.steps = None
        for hook in self._hooks.values():
            imports.forget(hook)
        for owner, name, original in reversed(self._patches):
            if original is None:
                delattr(owner, name)
            else:
                setattr(owner, name, original)
        self._patches.clear()
        self._functions.undo()

    def _wrap_all(self, module: ModuleType) -> None:
        base = module.BaseEstimator
        for cls in (base, *_subclasses(base), *(getattr(module, name) for name in _MIXINS)):
            self._wrap(cls)
        own = base.__dict__.get("__init_subclass__")
        wrap = self._wrap

        def define(cls: Any, /, **kwargs: Any) -> None:
            if own is None:
                super(base, cls).__init_subclass__(**kwargs)
            else:
                own.__get__(None, cls)(**kwargs)
            attempt("sklearn", wrap, cls)

        base.__init_subclass__ = classmethod(define)
        self._patches.append((base, "__init_subclass__", own))

    def _wrap_functions(self, module: Any) -> None:
        self._wrap_split(module)
        for name in ("cross_validate", "cross_val_score"):
            self._functions.function("sklearn.model_selection", name, _cross_validation)

    def _wrap_split(self, module: Any) -> None:
        original = module.train_test_split
        if isinstance(original, FunctionType):
            wrapped = _split(original)
            owners: tuple[Any, ...] = (module, sys.modules[original.__module__])
            for owner in owners:
                self._patches.append((owner, "train_test_split", original))
                owner.train_test_split = wrapped

    def _wrap(self, cls: Any) -> None:
        for name in _METHODS:
            found = cls.__dict__.get(name)
            if isinstance(found, FunctionType) and not _is_wrapped(found):
                setattr(cls, name, _wrapped(found, name))
                self._patches.append((cls, name, found))
            elif type(found).__name__ == "_AvailableIfDescriptor":
                inner = found.fn
                if isinstance(inner, FunctionType) and not _is_wrapped(inner):
                    found.fn = _wrapped(inner, name)
                    self._patches.append((found, "fn", inner))


class _State:
    """What the wrapped methods of this process report to; None while nothing observes."""

    observer: Observer | None = None
    steps: PartialFits | None = None
    running: int = 0
    """Fits that go on; a thread of a pool works for one of them, if there is one."""


_state = _State()


def _subclasses(base: type) -> Iterator[type]:
    seen: WeakSet[type] = WeakSet()
    waiting = [base]
    cls: type
    while waiting:
        for cls in waiting.pop().__subclasses__():
            if cls not in seen:
                seen.add(cls)
                waiting.append(cls)
                yield cls


def _wrapped(function: Callable[..., Any], method: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        return observed(function, method, self, args, kwargs)

    return call


_CODE = cast("FunctionType", _wrapped(lambda self: self, "")).__code__


def _is_wrapped(function: FunctionType) -> bool:
    # Equality, not identity: a class that was pickled by value has a copy of the code.
    return function.__code__ == _CODE


def observed(
    function: Callable[..., Any],
    method: str,
    estimator: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """Return ``function(estimator, *args, **kwargs)``, recorded when it is the outermost call."""
    observer = _state.observer
    if observer is None or INSIDE.get() or not observer.scope.run or _is_worker():
        return function(estimator, *args, **kwargs)
    if method == "partial_fit":
        return _stepwise(observer, function, estimator, args, kwargs)
    made: Callable[..., Fit | Score] = Score if method == "score" else Fit
    call = attempt("sklearn", made, observer, estimator, method)
    if call is None:
        return function(estimator, *args, **kwargs)
    return _called(call, function, args, kwargs, estimator)


def _split(function: Callable[..., Any]) -> Any:
    @functools.wraps(function)
    def train_test_split(*arrays: Any, **options: Any) -> Any:
        observer = _state.observer
        if observer is None or INSIDE.get() or not observer.scope.run:
            return function(*arrays, **options)
        call = attempt("sklearn", Split, observer, options)
        if call is None:
            return function(*arrays, **options)
        return _called(call, function, arrays, options)

    return train_test_split


def _cross_validation(function: Callable[..., Any]) -> Callable[..., Any]:
    def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> CrossValidation | None:
        observer = _state.observer
        if observer is None or not observer.scope.run or _is_worker():
            return None
        return CrossValidation(observer, function, args, kwargs)

    return outermost.observed("sklearn", function, begin)


def _called(
    call: Fit | Score | Split,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    *first: Any,
) -> Any:
    """Return ``function(*first, *args, **kwargs)``, and tell ``call`` what goes in and out."""
    with _Inside(call):
        attempt("sklearn", call.inputs, args, kwargs)
        result = function(*first, *args, **kwargs)
    attempt("sklearn", call.ended, result)
    return result


class _Inside:
    """Makes what a call does a part of it, and tells the call of an error that ends it."""

    def __init__(self, call: Fit | Score | Split) -> None:
        self._call = call
        self._token: Token[bool] | None = None

    def __enter__(self) -> None:
        self._token = INSIDE.set(True)
        _state.running += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _state.running -= 1
        if self._token is not None:
            INSIDE.reset(self._token)
        if error is not None:
            attempt("sklearn", self._call.failed, error)


def _stepwise(
    observer: Observer,
    function: Callable[..., Any],
    estimator: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    began = observer.scope.now()
    token = INSIDE.set(True)
    try:
        result = function(estimator, *args, **kwargs)
    finally:
        INSIDE.reset(token)
    if _state.steps is not None:
        attempt("sklearn", _state.steps.step, estimator, args, kwargs, began)
    return result


def _is_worker() -> bool:
    """Return whether this call was handed out by a fit that runs in another thread or process.

    The workers of joblib start with an empty context. That scikit-learn handed out the work shows
    in the stack; work that a user's own function hands out does not look so.
    """
    parallel = sys.modules.get("sklearn.utils.parallel")
    if parallel is None or not _is_pooled():
        return False
    frame: FrameType | None = sys._getframe(2)
    for _ in range(_DEEP):
        if frame is None:
            return False
        if frame.f_code.co_filename == parallel.__file__:
            return True
        frame = frame.f_back
    return False


def _is_pooled() -> bool:
    """Return whether this thread or process belongs to a pool of joblib's."""
    threading = sys.modules["threading"]
    if type(threading.current_thread()).__name__ == "DummyProcess":
        return _state.running > 0
    process = sys.modules.get("multiprocessing.process")
    return process is not None and "joblib" in type(process.current_process()).__module__


def _is_fitted(estimator: Any) -> bool:
    return any(name.endswith("_") and not name.startswith("_") for name in vars(estimator))


def _describe(obj: object) -> Description | None:
    """Describe an estimator that passes between tasks: a model, or before it is fitted a plan."""
    cls = type(obj)
    if _is_fitted(obj):
        return Description("aitia:Model", cls.__name__, model_digest(obj), {}, _stamp(obj))
    told = configuration.of_estimator(obj)
    sha = configuration.digest(told)
    label = f"{cls.__name__} configuration"
    return Description("aitia:TrainingConfiguration", label, sha, {}, _stamp(obj))


def _stamp(obj: object) -> tuple[tuple[str, int], ...]:
    """Return what changes when an estimator is fitted again."""
    return tuple((name, id(item)) for name, item in vars(obj).items() if name.endswith("_"))
