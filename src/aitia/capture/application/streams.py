"""Streams of answers, read by the user and listened to on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from sys import exception
from typing import Any, Protocol
from weakref import WeakSet

from aitia.capture.application.exchange import Answered
from aitia.capture.application.invocation import Invocation
from aitia.capture.guard import attempt


class Sum(Protocol):
    """What the parts of a stream add up to."""

    def add(self, part: Any) -> None:
        """Take one part."""

    def answered(self) -> Answered:
        """Return the answer so far."""


class Listener:
    """Adds up a stream and ends its invocation, once, however the stream ends."""

    def __init__(self, name: str, invocation: Invocation, parts: Sum) -> None:
        self._name = name
        self._invocation = invocation
        self._parts = parts
        self.run = invocation.run.id
        _listening.add(self)

    def heard(self, part: Any) -> None:
        """Take one part."""
        attempt(self._name, self._parts.add, part)

    def over(self, error: BaseException | None) -> None:
        """End by the end of the stream, or by an error."""
        answered = attempt(self._name, self._parts.answered)
        if error is None or isinstance(error, (StopIteration, StopAsyncIteration)):
            attempt(self._name, self._invocation.ended, answered)
        else:
            attempt(self._name, self._invocation.failed, error, answered)

    def dropped(self) -> None:
        """End because nobody reads any further; nothing happens where it has ended."""
        answered = attempt(self._name, self._parts.answered)
        attempt(self._name, self._invocation.failed, None, answered)


_listening: WeakSet[Listener] = WeakSet()


def drop(run: str) -> None:
    """End the streams of a run that is about to end."""
    for listener in [one for one in _listening if one.run == run]:
        listener.dropped()


class Listened:
    """An iterator that passes on what another yields."""

    def __init__(self, source: Iterator[Any], listener: Listener) -> None:
        self._source = source
        self._listener = listener

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        came = False
        try:
            part = self._source.__next__()
            came = True
        finally:
            if not came:
                self._listener.over(exception())
        self._listener.heard(part)
        return part

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def __del__(self) -> None:
        self._listener.dropped()


class AsyncListened:
    """An asynchronous iterator that passes on what another yields."""

    def __init__(self, source: AsyncIterator[Any], listener: Listener) -> None:
        self._source = source
        self._listener = listener

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        came = False
        try:
            part = await self._source.__anext__()
            came = True
        finally:
            if not came:
                self._listener.over(exception())
        self._listener.heard(part)
        return part

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def __del__(self) -> None:
        self._listener.dropped()
