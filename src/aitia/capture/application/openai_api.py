"""The requests, answers and streams of the OpenAI-style HTTP API, as exchanges with a model.

Chat completions, responses, completions and embeddings. Objects of the client are read by their
attributes alone, so that what a version of it lacks is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aitia.capture.application.exchange import (
    Answered,
    Asked,
    Choice,
    ToolRequest,
    message,
)
from aitia.capture.application.invocation import texts
from aitia.records.values import Json, Value

PATHS = {
    "/chat/completions": "chat.completions",
    "/responses": "responses",
    "/completions": "completions",
    "/embeddings": "embeddings",
}
HOST = "api.openai.com"

PARAMETERS = (
    *("temperature", "top_p", "max_tokens", "max_completion_tokens", "max_output_tokens", "seed"),
    *("n", "stop", "presence_penalty", "frequency_penalty", "reasoning_effort", "tool_choice"),
    *("parallel_tool_calls", "service_tier", "dimensions", "encoding_format", "logprobs"),
    *("top_logprobs", "truncation", "best_of", "echo", "stream", "verbosity", "store"),
)


def parameters(body: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Value]:
    """Return the parameters of a request that say how a model is to answer."""
    found: dict[str, Value] = {}
    for name in names:
        value = body.get(name)
        if isinstance(value, (str, int, float)):
            found[name] = value
        elif isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
            found[name] = Json(list(value))
    for name in ("response_format", "reasoning", "thinking", "tool_choice"):
        value = body.get(name)
        if isinstance(value, Mapping):
            chosen = value.get("type") or value.get("effort") or value.get("name")
            if isinstance(chosen, str):
                found[name] = chosen
    return found


def asked(operation: str, body: Mapping[str, Any], service: str) -> Asked:
    """Return what a request asks."""
    if operation == "chat.completions":
        messages = [_message(one) for one in body.get("messages") or ()]
    elif operation == "responses":
        messages = _inputs(body)
    else:
        given = body.get("prompt" if operation == "completions" else "input")
        messages = list(texts("user", given))
    return Asked(
        operation,
        str(body.get("model") or ""),
        messages,
        parameters(body, PARAMETERS),
        service,
        [name for name in map(tool_name, body.get("tools") or ()) if name],
    )


def _message(one: Any) -> dict[str, Any]:
    if not isinstance(one, Mapping):
        return message(getattr(one, "role", ""), getattr(one, "content", None))
    more = {key: one[key] for key in ("name", "tool_calls", "tool_call_id") if key in one}
    return message(one.get("role"), one.get("content"), **more)


def _inputs(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    if body.get("instructions"):
        found.append(message("system", body["instructions"]))
    given = body.get("input")
    for one in given if isinstance(given, (list, tuple)) else [given]:
        if isinstance(one, Mapping) and "role" in one:
            found.append(_message(one))
        elif isinstance(one, Mapping):
            # Results of tools, calls of tools, and what else is no message.
            rest = {key: value for key, value in one.items() if key != "type"}
            found.append(message(one.get("type", "item"), None, **rest))
        elif one is not None:
            found.append(message("user", one))
    return found


def tool_name(tool: Any) -> str:
    """Return the name of a tool that a model is offered."""
    if not isinstance(tool, Mapping):
        return ""
    function = tool.get("function")
    named = function.get("name") if isinstance(function, Mapping) else None
    return str(named or tool.get("name") or tool.get("type") or "")


def answered(operation: str, result: Any) -> Answered:
    """Return what an answer of the client says."""
    usage = getattr(result, "usage", None)
    if operation == "embeddings":
        data = getattr(result, "data", None) or ()
        vectors = [one.embedding for one in data]
        choices = [Choice(vectors=vectors)] if all(_is_vector(one) for one in vectors) else []
    elif operation == "responses":
        return _response(result, usage)
    else:
        choices = [_choice(one) for one in getattr(result, "choices", None) or ()]
    given, made = getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)
    return Answered(choices, getattr(result, "model", None), given, made, _facts(usage))


def _is_vector(one: Any) -> bool:
    return isinstance(one, list)


def _choice(one: Any) -> Choice:
    said = getattr(one, "message", None)
    if said is None:
        return Choice(str(getattr(one, "text", "") or ""), getattr(one, "finish_reason", None))
    calls = []
    for call in getattr(said, "tool_calls", None) or ():
        function = getattr(call, "function", None) or getattr(call, "custom", None)
        arguments = getattr(function, "arguments", None) or getattr(function, "input", "")
        calls.append(ToolRequest(call.id, str(getattr(function, "name", "")), str(arguments)))
    text = getattr(said, "content", None) or getattr(said, "refusal", None) or ""
    return Choice(str(text), getattr(one, "finish_reason", None), calls)


def _response(result: Any, usage: Any) -> Answered:
    said, calls = [], []
    for item in getattr(result, "output", None) or ():
        if getattr(item, "type", "") == "message":
            said += [str(getattr(part, "text", "") or "") for part in item.content or ()]
        elif getattr(item, "type", "") == "function_call":
            calls.append(ToolRequest(item.call_id, item.name, item.arguments))
    reason = getattr(getattr(result, "incomplete_details", None), "reason", None)
    finish = reason or getattr(result, "status", None)
    given, made = getattr(usage, "input_tokens", None), getattr(usage, "output_tokens", None)
    choice = Choice("".join(said), finish, calls)
    return Answered([choice], getattr(result, "model", None), given, made, _facts(usage))


def _facts(usage: Any) -> dict[str, Value]:
    before = getattr(usage, "prompt_tokens_details", None)
    before = before or getattr(usage, "input_tokens_details", None)
    after = getattr(usage, "completion_tokens_details", None)
    after = after or getattr(usage, "output_tokens_details", None)
    found = {
        "cached_input_tokens": getattr(before, "cached_tokens", None),
        "reasoning_tokens": getattr(after, "reasoning_tokens", None),
    }
    return {name: count for name, count in found.items() if isinstance(count, int) and count}


class Parts:
    """The answer that the parts of a stream add up to."""

    def __init__(self, operation: str) -> None:
        self._operation = operation
        self._choices: dict[int, _Growing] = {}
        self._model: str | None = None
        self._usage: Any = None
        self._whole: Any = None

    def add(self, part: Any) -> None:
        """Take one part of the stream."""
        if self._operation == "responses":
            self._event(part)
            return
        self._model = getattr(part, "model", None) or self._model
        self._usage = getattr(part, "usage", None) or self._usage
        for one in getattr(part, "choices", None) or ():
            self._choices.setdefault(one.index, _Growing()).add(one)

    def _event(self, event: Any) -> None:
        whole = getattr(event, "response", None)
        if whole is not None:
            self._whole = whole
        elif getattr(event, "type", "") == "response.output_text.delta":
            self._choices.setdefault(0, _Growing()).text.append(event.delta)

    def answered(self) -> Answered:
        """Return the answer so far."""
        choices = [self._choices[index].choice() for index in sorted(self._choices)]
        if self._operation == "responses":
            found = answered("responses", self._whole)
            return (
                found if getattr(self._whole, "output", None) else found._replace(choices=choices)
            )
        usage = self._usage
        given = getattr(usage, "prompt_tokens", None)
        made = getattr(usage, "completion_tokens", None)
        return Answered(choices, self._model, given, made, _facts(usage))


class _Growing:
    """One choice of a stream, put together from its parts."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self._finish: str | None = None
        self._calls: dict[int, list[str]] = {}

    def add(self, one: Any) -> None:
        """Take the next part: text, pieces of tool calls, or why the answer ended."""
        self._finish = getattr(one, "finish_reason", None) or self._finish
        delta = getattr(one, "delta", None)
        said = getattr(delta, "content", None) if delta is not None else getattr(one, "text", None)
        if said:
            self.text.append(said)
        for call in getattr(delta, "tool_calls", None) or ():
            known = self._calls.setdefault(call.index, ["", "", ""])
            function = call.function
            for place, more in enumerate(
                (call.id, getattr(function, "name", None), getattr(function, "arguments", None))
            ):
                known[place] += more or ""

    def choice(self) -> Choice:
        """Return what has come so far."""
        calls = [ToolRequest(*self._calls[index]) for index in sorted(self._calls)]
        return Choice("".join(self.text), self._finish, calls)
