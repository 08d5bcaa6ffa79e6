"""What LangChain tells of a use of a model, as an exchange with a model."""

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
from aitia.capture.application.openai_api import PARAMETERS, parameters, tool_name

_ROLES = {"human": "user", "ai": "assistant", "AIMessageChunk": "assistant"}


def message_of(one: Any) -> dict[str, Any]:
    """Return a message of LangChain's in the one form."""
    kind = str(getattr(one, "type", "") or "")
    role = getattr(one, "role", None) if kind == "chat" else _ROLES.get(kind, kind)
    calls = [
        {"id": call.get("id"), "name": call.get("name"), "args": call.get("args")}
        for call in getattr(one, "tool_calls", None) or ()
    ]
    return message(
        role,
        getattr(one, "content", one),
        tool_calls=calls,
        tool_call_id=getattr(one, "tool_call_id", None),
    )


def asked(told: tuple[Any, Any, Any], said: list[Any]) -> Asked:
    """Return what a model is asked; ``told`` holds what LangChain says of model and call."""
    serialized, metadata, more = told
    given: Mapping[str, Any] = more.get("invocation_params") or {}
    known: Mapping[str, Any] = metadata or {}
    names = (
        *(known.get("ls_model_name"), given.get("model"), given.get("model_name")),
        *(more.get("name"), (serialized or {}).get("name"), "model"),
    )
    model = next(str(name) for name in names if name)
    settings = parameters(given, PARAMETERS)
    for name in ("temperature", "max_tokens"):
        value = known.get(f"ls_{name}")
        if name not in settings and isinstance(value, (int, float)):
            settings[name] = value
    return Asked(
        "chat" if known.get("ls_model_type", "chat") == "chat" else "completions",
        model,
        said,
        settings,
        str(known.get("ls_provider") or ""),
        [name for name in map(tool_name, given.get("tools") or ()) if name],
    )


def answered(result: Any) -> tuple[Answered, Any]:
    """Return what an LLMResult says, and the message that is the first answer."""
    generations = [one for some in getattr(result, "generations", None) or () for one in some]
    choices = [_choice(one) for one in generations]
    first = getattr(generations[0], "message", None) if generations else None
    told: Mapping[str, Any] = getattr(first, "response_metadata", None) or {}
    output: Mapping[str, Any] = getattr(result, "llm_output", None) or {}
    usage = getattr(first, "usage_metadata", None) or {}
    counts = output.get("token_usage") or told.get("token_usage") or {}
    given = usage.get("input_tokens", counts.get("prompt_tokens"))
    made = usage.get("output_tokens", counts.get("completion_tokens"))
    model = told.get("model_name") or told.get("model") or output.get("model_name")
    return Answered(choices, model, given, made), first


def _choice(one: Any) -> Choice:
    said = getattr(one, "message", None)
    told = getattr(said, "response_metadata", None) or getattr(one, "generation_info", None) or {}
    finish = told.get("finish_reason") or told.get("stop_reason")
    calls = [
        ToolRequest(
            str(call.get("id") or ""),
            str(call.get("name")),
            canonical(plain(call.get("args"))).decode(),
        )
        for call in getattr(said, "tool_calls", None) or ()
    ]
    return Choice(str(getattr(one, "text", "") or ""), finish, calls)
