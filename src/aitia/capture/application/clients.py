"""Observes the Python clients of OpenAI- and Anthropic-style HTTP APIs.

All calls of such a client, of whatever resource, helper or subclass, go through one method of its
base class, synchronous or asynchronous, and what they stream through one of theirs. These are
wrapped; what they return is left as it is.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from sys import exception
from types import ModuleType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from aitia.capture.application import anthropic_api, openai_api
from aitia.capture.application.exchange import Answered, Asked, digest
from aitia.capture.application.invocation import CLAIM, Invocation, begin, teller
from aitia.capture.application.streams import Listener, Sum, drop, heard, heard_async, listen
from aitia.capture.context import here
from aitia.capture.digests import CAP
from aitia.capture.guard import attempt
from aitia.capture.run import tellers
from aitia.records.ports import Scope

_CALL: ContextVar[Call | None] = ContextVar("aitia client call", default=None)


class Api(NamedTuple):
    """How one kind of API is read."""

    library: str
    paths: Mapping[str, str]
    host: str
    asked: Callable[[str, Mapping[str, Any], str], Asked]
    answered: Callable[[str, Any], Answered]
    parts: Callable[[str], Sum]


OPENAI = Api(
    "openai",
    openai_api.PATHS,
    openai_api.HOST,
    openai_api.asked,
    openai_api.answered,
    openai_api.Parts,
)
ANTHROPIC = Api(
    "anthropic",
    anthropic_api.PATHS,
    anthropic_api.HOST,
    anthropic_api.asked,
    anthropic_api.answered,
    anthropic_api.Parts,
)


class Call:
    """One call of a client that uses a model.

    Parameters
    ----------
    api:
        How it is read.
    operation:
        Which operation of the API it is.
    invocation:
        What it is recorded as.
    is_inner:
        Whether a library around the client records its begin and end.
    """

    def __init__(self, api: Api, operation: str, invocation: Invocation, *, is_inner: bool) -> None:
        self._api = api
        self._operation = operation
        self._invocation = invocation
        self._is_inner = is_inner

    def retried(self) -> None:
        """Count that it is tried again."""
        self._invocation.retries += 1

    def failed(self, error: BaseException | None) -> None:
        """Record the error that ended it."""
        if not self._is_inner:
            attempt(self._api.library, self._invocation.failed, error)

    def returned(self, result: Any) -> None:
        """Record the answer, or listen to its stream."""
        if not self._is_inner:
            attempt(self._api.library, self._returned, result)

    def _returned(self, result: Any) -> None:
        if self._listen(result):
            return
        if getattr(result, "http_response", None) is not None:
            self._invocation.run.note("blind", "answers in raw responses that are read later")
        answered = self._api.answered(self._operation, result)
        for answer in self._invocation.ended(answered)[:1]:
            self._invocation.run.bind(result, answer)

    def _listen(self, result: Any) -> bool:
        if not hasattr(result, "__stream__"):
            return False
        parts = self._api.parts(self._operation)
        listen(result.response, Listener(self._api.library, self._invocation, parts))
        return True


class ClientAdapter:
    """Observes the clients of one library.

    Parameters
    ----------
    limit:
        Not needed here: what is exchanged is hashed whole.
    """

    api: Api
    name: str

    def __init__(self, limit: int = CAP) -> None:
        self._patches: list[tuple[type, str, Any, Any]] = []
        self._is_on = False

    def start(self, scope: Scope) -> None:
        """Wrap the one method of each base class."""
        self._is_on = True
        tellers.append(teller)
        base = sys.modules.get(f"{self.api.library}._base_client")
        if base is None:
            scope.note("blind", f"this version of {self.api.library} cannot be observed")
            return
        self._patch(base, "SyncAPIClient", "request", self._sync)
        self._patch(base, "AsyncAPIClient", "request", self._async)
        self._patch(base, "BaseClient", "_calculate_retry_timeout", self._retry)
        streaming = sys.modules.get(f"{self.api.library}._streaming")
        if streaming is not None:
            self._patch(streaming, "Stream", "__stream__", heard)
            self._patch(streaming, "AsyncStream", "__stream__", heard_async)

    def leave(self, scope: Scope) -> None:
        """End the streams of a run that is about to end."""
        drop(scope.run)

    def stop(self, scope: Scope) -> None:
        """Take the wrappers away, but not those of others around them."""
        self._is_on = False
        if teller in tellers:
            tellers.remove(teller)
        for owner, name, original, wrapper in reversed(self._patches):
            if owner.__dict__.get(name) is wrapper:
                setattr(owner, name, original)
        self._patches = []

    def _patch(self, base: ModuleType, cls: str, name: str, made: Callable[[Any], Any]) -> None:
        owner = getattr(base, cls, None)
        if owner is None or name not in owner.__dict__:
            return
        original = owner.__dict__[name]
        wrapper = functools.wraps(original)(made(original))
        setattr(owner, name, wrapper)
        self._patches.append((owner, name, original, wrapper))

    def _sync(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def request(client: Any, *args: Any, **kwargs: Any) -> Any:
            call = self._begin(client, args, kwargs)
            if call is None:
                return original(client, *args, **kwargs)
            token = _CALL.set(call)
            returned = False
            try:
                result = original(client, *args, **kwargs)
                returned = True
            finally:
                _CALL.reset(token)
                if not returned:
                    call.failed(exception())
            call.returned(_opened(self.name, result))
            return result

        return request

    def _async(self, original: Callable[..., Any]) -> Callable[..., Any]:
        async def request(client: Any, *args: Any, **kwargs: Any) -> Any:
            call = self._begin(client, args, kwargs)
            if call is None:
                return await original(client, *args, **kwargs)
            token = _CALL.set(call)
            returned = False
            try:
                result = await original(client, *args, **kwargs)
                returned = True
            finally:
                _CALL.reset(token)
                if not returned:
                    call.failed(exception())
            opened = _opened(self.name, result)
            call.returned(await opened if hasattr(opened, "__await__") else opened)
            return result

        return request

    def _retry(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def timeout(client: Any, *args: Any, **kwargs: Any) -> Any:
            call = _CALL.get()
            if call is not None:
                call.retried()
            return original(client, *args, **kwargs)

        return timeout

    def _begin(self, client: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Call | None:
        if not self._is_on or here() is None:
            return None
        options = args[1] if len(args) > 1 else kwargs.get("options")
        return attempt(self.name, self._call, client, options)

    def _call(self, client: Any, options: Any) -> Call | None:
        url = str(getattr(options, "url", "")).partition("?")[0]
        operation = self.api.paths.get(url)
        body = getattr(options, "json_data", None)
        if operation is None or not isinstance(body, Mapping):
            return None
        body = {**body, **(getattr(options, "extra_json", None) or {})}
        asked = self.api.asked(operation, body, self._service(client))
        claim = CLAIM.get()
        if claim is not None and claim.take(asked):
            return Call(self.api, operation, claim.invocation, is_inner=True)
        invocation = begin(asked)
        if invocation is None:
            return None
        return Call(self.api, operation, invocation, is_inner=False)

    def _service(self, client: Any) -> str:
        """Return what stands for the host that a client asks: a digest of other names than ours."""
        host = urlsplit(str(getattr(client, "base_url", ""))).hostname or ""
        if host in ("", self.api.host):
            return host
        return digest(host.encode("idna", "ignore") if not host.isascii() else host.encode())


class OpenAIAdapter(ClientAdapter):
    """Observes ``openai``."""

    name = "openai"
    api = OPENAI


class AnthropicAdapter(ClientAdapter):
    """Observes ``anthropic``."""

    name = "anthropic"
    api = ANTHROPIC


def _opened(name: str, result: Any) -> Any:
    """Return what a raw response holds once it has been read; else the result itself.

    A raw response keeps what it was parsed to, so its user gets the same object.
    """
    response = getattr(result, "http_response", None)
    if response is None or not hasattr(result, "parse"):
        return result
    return attempt(name, result.parse) if response.is_closed else result
