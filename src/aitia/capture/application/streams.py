"""Streams of answers, read by the user and listened to on the way."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from sys import exception
from typing import Any, Protocol
from weakref import WeakKeyDictionary, WeakSet, finalize

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
        if error is None:
            attempt(self._name, self._invocation.ended, answered)
        elif isinstance(error, GeneratorExit):
            self.dropped()
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


_by_response: WeakKeyDictionary[Any, Listener] = WeakKeyDictionary()


def listen(response: Any, listener: Listener) -> None:
    """Have ``listener`` hear what a stream over ``response`` yields, whichever object reads it."""
    _by_response[response] = listener
    finalize(response, listener.dropped).atexit = False


def _listener_of(stream: Any) -> Listener | None:
    response = getattr(stream, "response", None)
    return None if response is None else _by_response.get(response)


def heard(original: Callable[[Any], Generator[Any, None, None]]) -> Callable[[Any], Any]:
    """Return the generator method ``original`` of a stream so that its listener hears it."""

    def stream(self: Any) -> Generator[Any, None, None]:
        # The client makes this generator before it returns the stream, but runs it later.
        listener = attempt("stream", _listener_of, self)
        source = original(self)
        if listener is None:
            yield from source
            return
        read = False
        try:
            for part in source:
                listener.heard(part)
                yield part
            read = True
        finally:
            source.close()
            listener.over(None if read else exception())

    return stream


def heard_async(original: Callable[[Any], AsyncGenerator[Any, None]]) -> Callable[[Any], Any]:
    """Return the asynchronous generator method ``original`` so that its listener hears it."""

    async def stream(self: Any) -> AsyncGenerator[Any, None]:
        listener = attempt("stream", _listener_of, self)
        source = original(self)
        read = False
        try:
            async for part in source:
                if listener is not None:
                    listener.heard(part)
                yield part
            read = True
        finally:
            await source.aclose()
            if listener is not None:
                listener.over(None if read else exception())

    return stream
