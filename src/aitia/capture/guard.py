"""The one place where a fault of capture is caught, so that it never reaches the user's code.

Faults are counted by where they happened, with the first message; the run writes them as Notes at
its end. With ``AITIA_TEST_RAISE=1``, as under Aitia's own tests, they are raised instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from aitia.errors import CaptureError, JournalError

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")

_faults: dict[str, tuple[int, str]] = {}


def attempt(where: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """Return ``function(*args, **kwargs)``, or None when it raised: the fault is then counted.

    ``where`` names the adapter or the part of capture, for the Note.
    """
    try:
        return function(*args, **kwargs)
    except Exception as error:
        fault(where, error)
        return None


CATCH = """\
    except Exception as __error:
        __fault("task", __error)
"""
"""How code that is generated, for the hot path, catches what its ``try`` raised."""


def guarded2(where: str, function: Callable[[A, B], T]) -> Callable[[A, B], T | None]:
    """Return ``function`` of two arguments so that it never raises; for the hot path."""

    def call(a: A, b: B, /) -> T | None:
        try:
            return function(a, b)
        except Exception as error:
            fault(where, error)
            return None

    return call


def guarded4(where: str, function: Callable[[A, B, C, D], T]) -> Callable[[A, B, C, D], T | None]:
    """Return ``function`` of four arguments so that it never raises; for the hot path."""

    def call(a: A, b: B, c: C, d: D, /) -> T | None:
        try:
            return function(a, b, c, d)
        except Exception as error:
            fault(where, error)
            return None

    return call


def guarded(where: str) -> Callable[[Callable[P, T]], Callable[P, T | None]]:
    """Make a function that never raises: a fault is counted, and the call returns None."""

    def decorate(function: Callable[P, T]) -> Callable[P, T | None]:
        def call(*args: P.args, **kwargs: P.kwargs) -> T | None:
            try:
                return function(*args, **kwargs)
            except Exception as error:
                fault(where, error)
                return None

        call.__name__ = getattr(function, "__name__", "call")
        call.__qualname__ = getattr(function, "__qualname__", "call")
        call.__doc__ = function.__doc__
        return call

    return decorate


class Told:
    """Tells a function of the error that leaves the block, which goes on as it was.

    Parameters
    ----------
    where:
        Names the adapter, for the Note of a fault.
    function:
        Called with ``args`` and the error.
    """

    def __init__(self, where: str, function: Callable[..., object], *args: object) -> None:
        self._where = where
        self._function = function
        self._args = args

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            attempt(self._where, self._function, *self._args, error)


class Caught:
    """Catches whatever the block raises, to be handed on; a generator that is closed closes."""

    error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if error is None or isinstance(error, GeneratorExit):
            return False
        self.error = error
        return True


def fault(where: str, error: Exception) -> None:
    """Count a fault, and keep the message of the first one.

    Raises
    ------
    CaptureError
        Under ``AITIA_TEST_RAISE=1`` only.
    """
    if isinstance(error, JournalError):
        where = "journal"
    count, message = _faults.get(where, (0, ""))
    _faults[where] = (count + 1, message or describe(error))
    if os.environ.get("AITIA_TEST_RAISE") == "1":
        raise CaptureError(
            f"a fault in {where}: {describe(error)}", expected="no fault under Aitia's own tests"
        ) from error


def drain() -> dict[str, tuple[int, str]]:
    """Return the faults counted since the last call, by where: how many, and the first message."""
    found = dict(_faults)
    for where in found:
        _faults.pop(where, None)
    return found


def describe(error: BaseException) -> str:
    """Return ``Type: message`` of an error, even when its message cannot be made."""
    name = type(error).__qualname__
    try:
        message = str(error)
    except Exception:
        return f"{name}: <its message raised an error>"
    return f"{name}: {message}" if message else name
