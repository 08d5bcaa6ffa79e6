"""What each field of a line may hold, so that a decoded record is of the types that it declares."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

from aitia.errors import RecordError

Check = Callable[[Any], bool]

_LAST_TIME = 2**63 - 1
_WHEN = "nanoseconds since 1970"


def _is_text(item: Any) -> bool:
    return isinstance(item, str)


def _is_text_or_none(item: Any) -> bool:
    return item is None or isinstance(item, str)


def _is_whole(item: Any) -> bool:
    return isinstance(item, int) and not isinstance(item, bool) and 0 <= item <= _LAST_TIME


def _is_time(item: Any) -> bool:
    return item is None or _is_whole(item)


def _is_number(item: Any) -> bool:
    return isinstance(item, (int, float)) and not isinstance(item, bool) and isfinite(item)


def _is_step(item: Any) -> bool:
    return item is None or _is_number(item)


def _are_numbers(item: Any) -> bool:
    return isinstance(item, list) and all(map(_is_number, item))


def _is_object(item: Any) -> bool:
    return isinstance(item, dict)


_TEXT: tuple[Check, str] = (_is_text, "text")
_OPTIONAL: tuple[Check, str] = (_is_text_or_none, "text or nothing")
_OBJECT: tuple[Check, str] = (_is_object, "an object")
_NUMBERS: tuple[Check, str] = (_are_numbers, "a list of finite numbers")

_COMMON: dict[str, tuple[Check, str]] = {
    **dict.fromkeys(("id", "name", "type", "n", "kind", "text", "q", "rel", "s"), _TEXT),
    **dict.fromkeys(("in", "plan", "agent", "e", "label", "sha", "role", "unit"), _OPTIONAL),
    **dict.fromkeys(("from", "for", "of", "by", "probe"), _OPTIONAL),
    **dict.fromkeys(("a", "u", "g"), _OBJECT),
    "t": (_is_time, _WHEN),
    "c": (_is_whole, "a count"),
}
_OWN: dict[tuple[str, str], tuple[Check, str]] = {
    **dict.fromkeys((("run", "t"), ("start", "t"), ("log", "t")), (_is_whole, _WHEN)),
    ("log", "v"): _OBJECT,
    ("log", "i"): (_is_step, "a finite number"),
    ("series", "i"): _NUMBERS,
    ("series", "dt"): _NUMBERS,
    ("series", "v"): (lambda item: isinstance(item, list), "a list"),
    # An activity that a derivation or delegation happened in may be left out.
    ("derived", "n"): _OPTIONAL,
    ("delegated", "n"): _OPTIONAL,
}


def check(kind: str, key: str, item: Any) -> None:
    """Refuse what the field ``key`` of a record of this kind cannot hold.

    Raises
    ------
    RecordError
        Naming the field, what it holds, and what it should hold.
    """
    found = _OWN.get((kind, key)) or _COMMON.get(key)
    if found is not None and not found[0](item):
        raise RecordError(f"{key} = {item!r} in a {kind} record", expected=found[1])
