"""Functions that record their calls as tasks: plain, coroutine and generator functions.

What the user's function returns, yields and raises passes through untouched. A generator is the
current task only while its own body runs, not while the code that consumes it does.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextvars import Token
from sys import exception
from types import FunctionType
from typing import TYPE_CHECKING, Any

from aitia.capture.activity import Plan, begin, fail, finish
from aitia.capture.context import HERE, outside
from aitia.capture.generated import recording
from aitia.capture.guard import Caught

if TYPE_CHECKING:
    from aitia.capture.context import Here

_GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x200


def wrap(
    function: Callable[..., Any], plan: Plan, extras: Mapping[str, object] | None = None
) -> Callable[..., Any]:
    """Return a function of the same kind that records each call of ``function`` by ``plan``.

    With ``extras``, which are inputs of each call, one is made for the signature where it can be.
    """
    code = getattr(function, "__code__", None)
    flags = code.co_flags if code is not None else 0
    if flags & _COROUTINE:
        return _coroutine(function, plan)
    if flags & _ASYNC_GENERATOR:
        return _async_generator(function, plan)
    if flags & _GENERATOR:
        return _generator(function, plan)
    if extras is not None and isinstance(function, FunctionType):
        made = recording(function, plan, extras)
        if made is not None:
            return made
    return _plain(function, plan)


def _plain(function: Callable[..., Any], plan: Plan) -> Callable[..., Any]:
    current, enter, reset = HERE.get, HERE.set, HERE.reset

    def call(*args: Any, **kwargs: Any) -> Any:
        here = current()
        if here is None or not here[0].open:
            here = outside(here)
            if here is None:
                return function(*args, **kwargs)
        mine = begin(here, plan, args, kwargs)
        if mine is None:
            return function(*args, **kwargs)
        returned = False
        token = enter(mine)
        try:
            result = function(*args, **kwargs)
            returned = True
        finally:
            reset(token)
            if not returned:
                fail(mine, exception())
        finish(mine, result)
        return result

    return call


def open_task(plan: Plan, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Here | None:
    """Begin a task below what is current; None when no run is open or it could not begin."""
    here = HERE.get()
    if here is None or not here[0].open:
        here = outside(here)
    return None if here is None else begin(here, plan, args, kwargs)


def leave(token: Token[Here | None]) -> None:
    """Make current again what was so before, also when this goes on in another context."""
    try:
        HERE.reset(token)
    except ValueError:
        HERE.set(None)


def _coroutine(function: Callable[..., Any], plan: Plan) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        mine = open_task(plan, args, kwargs)
        if mine is None:
            return await function(*args, **kwargs)
        returned = False
        token = HERE.set(mine)
        try:
            result = await function(*args, **kwargs)
            returned = True
        finally:
            leave(token)
            if not returned:
                fail(mine, exception())
        finish(mine, result)
        return result

    return call


def _generator(function: Callable[..., Any], plan: Plan) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        mine = open_task(plan, args, kwargs)
        source = function(*args, **kwargs)
        if mine is None:
            return (yield from source)
        returned = False
        try:
            result = yield from _Steps(source, mine)
            returned = True
        finally:
            if not returned:
                fail(mine, exception())
        finish(mine, result)
        return result

    return call


class _Steps(Generator[Any, Any, Any]):
    """A generator of which each step runs with ``mine`` as what is current."""

    def __init__(self, source: Generator[Any, Any, Any], mine: Here) -> None:
        self._source = source
        self._mine = mine

    def send(self, value: Any) -> Any:
        """Make one step with a value sent in."""
        token = HERE.set(self._mine)
        try:
            return self._source.send(value)
        finally:
            leave(token)

    def throw(self, *error: Any) -> Any:
        """Make one step with an error thrown in."""
        token = HERE.set(self._mine)
        try:
            return self._source.throw(*error)
        finally:
            leave(token)

    def close(self) -> None:
        """Let the generator clean up, as the task that it is."""
        token = HERE.set(self._mine)
        try:
            self._source.close()
        finally:
            leave(token)


def _async_generator(function: Callable[..., Any], plan: Plan) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        mine = open_task(plan, args, kwargs)
        source = function(*args, **kwargs)
        returned = False
        step, sent = source.asend, None
        try:
            while True:
                token = HERE.set(mine) if mine is not None else None
                try:
                    item = await step(sent)
                except StopAsyncIteration:
                    break
                finally:
                    if token is not None:
                        leave(token)
                step, sent = source.asend, None
                with Caught() as caught:
                    sent = yield item
                if caught.error is not None:
                    step, sent = source.athrow, caught.error
            returned = True
        finally:
            if not returned:
                await source.aclose()
                if mine is not None:
                    fail(mine, exception())
        if mine is not None:
            finish(mine, None)

    return call
