"""What is given to a model and what it answers, in one form for all libraries.

A prompt is named by its content: a list of messages, each with its role. The same prompt is the
same node in every run, and whatever library sent it. An answer belongs to the inference that gave
it, also where another gave the same one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from aitia.records.values import Value, type_name
from aitia.vocabulary.iris import content_iri

SHORTEST = 12
"""A text of fewer characters does not tell which answer it was."""

LONG = 40
"""A text of so many characters that is found inside a prompt was put there."""

_RUNS = 32
_MAX_LONG = 256
_LONGEST = 100_000
_MAX_KNOWN = 10_000

Message = Mapping[str, Any]


class ToolRequest(NamedTuple):
    """A call of a tool that a model asked for."""

    id: str
    name: str
    arguments: str = ""


class Asked(NamedTuple):
    """What a model was asked: by which operation, of whom, with what messages and parameters.

    ``service`` tells models of the same name apart that are offered by different hosts.
    """

    operation: str
    model: str
    messages: Sequence[Message]
    parameters: Mapping[str, Value] = {}
    service: str = ""
    tools: Sequence[str] = ()


class Choice(NamedTuple):
    """One answer of a model; ``vectors`` are the embeddings where it is no text."""

    text: str = ""
    finish: str | None = None
    tools: Sequence[ToolRequest] = ()
    vectors: Sequence[Sequence[float]] | None = None


class Answered(NamedTuple):
    """What a model answered: its choices, its own name, and how many tokens there were."""

    choices: Sequence[Choice] = ()
    model: str | None = None
    given: int | None = None
    made: int | None = None
    facts: Mapping[str, Value] = {}


def canonical(obj: object) -> bytes:
    """Return the one form of JSON data that its digest is taken of."""
    return orjson.dumps(obj, None, orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS | _ARRAYS)


_ARRAYS = orjson.OPT_SERIALIZE_NUMPY


def digest(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in hexadecimal."""
    return sha256(data).hexdigest()


def named_by(facts: object) -> str:
    """Return the IRI of what is identified by ``facts``, JSON data."""
    return content_iri(digest(canonical(facts)))


def message(role: object, content: object, **more: object) -> dict[str, Any]:
    """Return a message in the one form: without what is empty, a lone text part as its text."""
    found: dict[str, Any] = {"role": str(role), "content": _content(content)}
    found.update({key: plain(value) for key, value in more.items() if value})
    return found


def _content(content: object) -> Any:
    if isinstance(content, (list, tuple)):
        parts = [plain(part) for part in content]
        if len(parts) == 1 and isinstance(parts[0], dict):
            only = parts[0].get("text")
            if isinstance(only, str) and str(parts[0].get("type", "")).endswith("text"):
                return only
        return parts
    return plain(content)


def plain(obj: object, depth: int = 16) -> Any:
    """Return ``obj`` as JSON data; what is none is named by its type."""
    if obj is None or isinstance(obj, (str, int, float, bool)):
        return obj
    dump = getattr(obj, "model_dump", None)
    if dump is not None:
        obj = dump(exclude_none=True, warnings=False)
    if depth > 0 and isinstance(obj, Mapping):
        return {str(key): plain(value, depth - 1) for key, value in obj.items()}
    if depth > 0 and isinstance(obj, (list, tuple)):
        return [plain(item, depth - 1) for item in obj]
    return digest(bytes(obj)) if isinstance(obj, (bytes, bytearray)) else f"<{type_name(obj)}>"


def words(messages: Sequence[Message]) -> str:
    """Return messages as a text to read."""
    if len(messages) == 1 and isinstance(messages[0].get("content"), str):
        return str(messages[0]["content"])
    return "\n".join(f"{one.get('role')}: {_said(one.get('content'))}" for one in messages)


def _said(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = (part.get("text") for part in content if isinstance(part, dict))
        return " ".join(one for one in texts if isinstance(one, str))
    return ""


class Known:
    """What models and tools of one run said, to be recognised in later prompts."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._calls: dict[str, str] = {}
        self._long: OrderedDict[str, str] = OrderedDict()
        self.answers: set[str] = set()
        self.told: set[str] = set()

    def learn(self, entity: str, text: str, calls: Sequence[str] = ()) -> None:
        """Remember what says ``text``, or asked for the tool calls of these ids."""
        if len(self._texts) + len(self._calls) < _MAX_KNOWN:
            if len(text) >= SHORTEST:
                self._texts[digest(text.encode("utf-8", "replace"))] = entity
            for call in calls:
                self._calls[call] = entity
        if LONG <= len(text) <= _LONGEST:
            self._long[text] = entity
            while len(self._long) > _MAX_LONG:
                self._long.popitem(last=False)

    def said(self, text: str) -> str | None:
        """Return what said ``text``, when it is long enough to tell."""
        return self._texts.get(digest(text.encode("utf-8", "replace")))

    def asked(self, call: str) -> str | None:
        """Return the answer that asked for the tool call of this id."""
        return self._calls.get(call)

    def sources(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield what a prompt repeats of what was said before in this run."""
        for one in messages:
            if one.get("role") in ("system", "developer"):
                continue
            content = one.get("content")
            parts = content if isinstance(content, list) else [content]
            for part in (*parts, one):
                yield from self._of(part)

    def _of(self, part: object) -> Iterator[str]:
        if isinstance(part, Mapping):
            call = part.get("tool_call_id") or part.get("tool_use_id") or part.get("call_id")
            found = self._calls.get(call) if isinstance(call, str) else None
            if found is not None:
                yield found
            for key in ("text", "content", "output"):
                said = part.get(key)
                if isinstance(said, str):
                    yield from self._of(said)
        elif isinstance(part, str) and len(part) >= SHORTEST:
            known = self.said(part)
            if known is not None:
                yield known
                return
            for text, entity in list(self._long.items()):
                if text in part:
                    yield entity


_known: OrderedDict[str, Known] = OrderedDict()


def known_in(run: str) -> Known:
    """Return what was said in the run ``run``."""
    found = _known.get(run)
    if found is None:
        found = _known[run] = Known()
        while len(_known) > _RUNS:
            _known.popitem(last=False)
    return found
