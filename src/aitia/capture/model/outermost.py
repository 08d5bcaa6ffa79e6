"""One training at a time: what happens inside a call that is observed is part of it.

Libraries call one another: an estimator of scikit-learn trains by XGBoost, a search fits it many
times. The outermost call that an adapter observes is the activity; the adapters inside it are
silent. Their wrappers are plain functions that keep name, signature and ``__wrapped__``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Protocol

from aitia.capture.guard import attempt

INSIDE: ContextVar[bool] = ContextVar("aitia_model", default=False)
"""Whether a call that is observed goes on here."""

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


class Call(Protocol):
    """What is told of a call that is observed."""

    def inputs(self) -> Arguments | None:
        """Record what goes in; return other arguments for the call, or None for its own."""

    def ended(self, result: Any) -> None:
        """Record what came out."""

    def failed(self, error: BaseException) -> None:
        """Record the error that ended it."""


Begin = Callable[[tuple[Any, ...], dict[str, Any]], "Call | None"]
"""Begins to tell of a call with these arguments; None when there is nothing to be told."""


class _Inside:
    """Makes what a call does a part of it, and tells the call of an error that ends it."""

    def __init__(self, where: str, call: Call) -> None:
        self._where = where
        self._call = call
        self._token: Token[bool] | None = None

    def __enter__(self) -> None:
        self._token = INSIDE.set(True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._token is not None:
            INSIDE.reset(self._token)
        if error is not None:
            attempt(self._where, self._call.failed, error)


def observed(where: str, function: Callable[..., Any], begin: Begin) -> Callable[..., Any]:
    """Return ``function`` so that its outermost calls are told to what ``begin`` returns."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        told = None if INSIDE.get() else attempt(where, begin, args, kwargs)
        if told is None:
            return function(*args, **kwargs)
        with _Inside(where, told):
            given = attempt(where, told.inputs)
            if given is not None:
                args, kwargs = given
            result = function(*args, **kwargs)
        attempt(where, told.ended, result)
        return result

    return call


def followed(
    where: str, function: Callable[..., Any], notice: Callable[..., None]
) -> Callable[..., Any]:
    """Return ``function`` so that ``notice(result, *args, **kwargs)`` is called after it."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        attempt(where, _notify, notice, (result, *args), kwargs)
        return result

    return call


def preceded(
    where: str, function: Callable[..., Any], notice: Callable[..., None]
) -> Callable[..., Any]:
    """Return ``function`` so that ``notice(*args, **kwargs)`` is called before it."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        attempt(where, _notify, notice, args, kwargs)
        return function(*args, **kwargs)

    return call


def _notify(notice: Callable[..., None], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    notice(*args, **kwargs)
