"""The requests, answers and streams of the Anthropic-style HTTP API, as exchanges with a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aitia.capture.application.exchange import (
    Answered,
    Asked,
    Choice,
    ToolRequest,
    canonical,
    message,
    plain,
)
from aitia.capture.application.openai_api import parameters
from aitia.records.values import Value

PATHS = {"/v1/messages": "messages", "/v1/complete": "complete"}
HOST = "api.anthropic.com"

_PARAMETERS = (
    *("temperature", "top_p", "top_k", "max_tokens", "max_tokens_to_sample", "stop_sequences"),
    *("service_tier", "stream"),
)


def asked(operation: str, body: Mapping[str, Any], service: str) -> Asked:
    """Return what a request asks."""
    messages = []
    if body.get("system"):
        messages.append(message("system", body["system"]))
    if operation == "complete":
        messages.append(message("user", body.get("prompt")))
    given = [one for one in body.get("messages") or () if isinstance(one, Mapping)]
    messages += [message(one.get("role"), one.get("content")) for one in given]
    tools = [one for one in body.get("tools") or () if isinstance(one, Mapping)]
    return Asked(
        operation,
        str(body.get("model") or ""),
        messages,
        parameters(body, _PARAMETERS),
        service,
        [str(one.get("name") or one.get("type") or "") for one in tools],
    )


def answered(operation: str, result: Any) -> Answered:
    """Return what an answer of the client says."""
    model, finish = getattr(result, "model", None), getattr(result, "stop_reason", None)
    if operation == "complete":
        return Answered([Choice(str(getattr(result, "completion", "")), finish)], model)
    said, calls = [], []
    for block in getattr(result, "content", None) or ():
        if getattr(block, "type", "") == "text":
            said.append(block.text)
        elif getattr(block, "type", "") == "tool_use":
            arguments = block.input if isinstance(block.input, str) else _json(block.input)
            calls.append(ToolRequest(block.id, block.name, arguments))
    usage = getattr(result, "usage", None)
    return Answered([Choice("".join(said), finish, calls)], model, *_tokens(usage), _facts(usage))


def _json(data: Any) -> str:
    return canonical(plain(data)).decode()


def _tokens(usage: Any) -> tuple[int | None, int | None]:
    """Return the tokens in, those of the cache among them, and the tokens out."""
    given = getattr(usage, "input_tokens", None)
    if given is not None:
        for name in ("cache_read_input_tokens", "cache_creation_input_tokens"):
            given += getattr(usage, name, None) or 0
    return given, getattr(usage, "output_tokens", None)


def _facts(usage: Any) -> dict[str, Value]:
    found: dict[str, Value] = {}
    cached = getattr(usage, "cache_read_input_tokens", None)
    if isinstance(cached, int) and cached:
        found["cached_input_tokens"] = cached
    return found


class Parts:
    """The answer that the events of a stream add up to."""

    def __init__(self, operation: str) -> None:
        self._operation = operation
        self._model: str | None = None
        self._finish: str | None = None
        self._text: list[str] = []
        self._calls: dict[int, list[str]] = {}
        self._given: int | None = None
        self._made: int | None = None
        self._facts: dict[str, Value] = {}

    def add(self, event: Any) -> None:
        """Take one event of the stream."""
        kind = getattr(event, "type", "")
        if kind == "message_start":
            self._model = event.message.model
            self._given, self._made = _tokens(event.message.usage)
            self._facts = _facts(event.message.usage)
        elif kind == "content_block_start" and event.content_block.type == "tool_use":
            self._calls[event.index] = [event.content_block.id, event.content_block.name, ""]
        elif kind == "content_block_delta":
            self._grow(event.index, event.delta)
        elif kind == "message_delta":
            self._finish = event.delta.stop_reason or self._finish
            self._made = getattr(event.usage, "output_tokens", None) or self._made
        elif kind == "completion":
            self._text.append(event.completion)
            self._model, self._finish = event.model, event.stop_reason

    def _grow(self, index: int, delta: Any) -> None:
        if delta.type == "text_delta":
            self._text.append(delta.text)
        elif delta.type == "input_json_delta" and index in self._calls:
            self._calls[index][2] += delta.partial_json

    def answered(self) -> Answered:
        """Return the answer so far."""
        calls = [ToolRequest(*self._calls[index]) for index in sorted(self._calls)]
        choice = Choice("".join(self._text), self._finish, calls)
        return Answered([choice], self._model, self._given, self._made, self._facts)
