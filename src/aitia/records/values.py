"""The values that a record can hold, and how any Python object becomes one.

A value is a JSON scalar, or one of three marked forms that borrow JSON-LD's keywords:
``Typed`` (a lexical form with a datatype: NaN, huge integers, dates, bytes), ``Ref`` (a
reference to another thing) and ``Json`` (a small list or mapping, kept as ``rdf:JSON``).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

MAX_TEXT = 4096
"""Longest string kept by value, in characters; longer ones are cut and marked."""

MAX_ITEMS = 256
"""Most items of one list or mapping kept by value."""

MAX_DEPTH = 8
"""Deepest nesting of lists and mappings kept by value; cycles end here."""

_INT_MIN, _INT_MAX = -(2**63), 2**64 - 1


class Typed(NamedTuple):
    """A literal whose lexical form JSON cannot carry, such as ``Typed("NaN", "xsd:double")``."""

    lexical: str
    datatype: str


class Ref(NamedTuple):
    """A reference to an entity, activity or agent: a local id or an absolute IRI."""

    id: str


class Json(NamedTuple):
    """A list or mapping kept whole; ``data`` holds only JSON values."""

    data: Any


Value = str | int | float | bool | Typed | Ref | Json


def to_value(obj: object) -> Value:
    """Return the value that records ``obj``.

    Scalars stay as they are. NaN, infinities, integers beyond 64 bits, bytes, paths, dates and
    numpy scalars become ``Typed``; lists, tuples, sets and mappings become ``Json`` (cut at
    ``MAX_ITEMS`` and ``MAX_DEPTH``); anything else is named by its type alone, so that no
    ``repr`` of the user's is ever called and no data leaks.
    """
    if obj is None or isinstance(obj, (bool, str, int, float)):
        return _scalar(obj)
    if isinstance(obj, (Typed, Ref, Json)):
        return obj
    if isinstance(obj, (bytes, bytearray)):
        return Typed(bytes(obj[: MAX_TEXT // 2]).hex(), "xsd:hexBinary")
    if isinstance(obj, (list, tuple, set, frozenset, dict)):
        return Json(_plain(obj, MAX_DEPTH))
    return _other(obj)


def _scalar(obj: str | int | float | None) -> Value:
    if obj is None:
        return Json(None)
    if isinstance(obj, bool):
        return bool(obj)
    if isinstance(obj, float):
        if math.isfinite(obj):
            return float(obj)
        return Typed("NaN" if obj != obj else "INF" if obj > 0 else "-INF", "xsd:double")
    if isinstance(obj, int):
        return int(obj) if _INT_MIN <= obj <= _INT_MAX else _huge(obj)
    return text(obj)


def _huge(number: int) -> Typed:
    # Python refuses to print integers of more than sys.get_int_max_str_digits() digits.
    if number.bit_length() > 4096:
        return Typed(f"an integer of {number.bit_length()} bits", "xsd:string")
    return Typed(str(number), "xsd:integer")


def text(string: str) -> str:
    """Return ``string`` cut to ``MAX_TEXT`` and free of what UTF-8 cannot carry."""
    kept = str(string) if len(string) <= MAX_TEXT else string[:MAX_TEXT] + "…[cut]"
    if kept.isascii():
        return kept
    return kept.encode("utf-8", "backslashreplace").decode("utf-8")


def _other(obj: object) -> Value:
    isoformat = getattr(obj, "isoformat", None)
    module = type(obj).__module__
    if module == "datetime" and callable(isoformat):
        kind = {"datetime": "xsd:dateTime", "date": "xsd:date", "time": "xsd:time"}
        return Typed(str(isoformat()), kind.get(type(obj).__name__, "xsd:string"))
    if module.partition(".")[0] == "numpy" and getattr(obj, "shape", None) == ():
        item = getattr(obj, "item", None)
        if callable(item):
            inner = item()
            if inner is None or isinstance(inner, (bool, str, int, float)):
                return _scalar(inner)
    fspath = getattr(type(obj), "__fspath__", None)
    if fspath is not None:
        path = fspath(obj)
        return text(path) if isinstance(path, str) else Typed(path.hex(), "xsd:hexBinary")
    return Typed(type_name(obj), "aitia:PythonType")


def type_name(obj: object) -> str:
    """Return the qualified name of the type of ``obj``, without ``builtins.``."""
    cls = type(obj)
    name = cls.__qualname__
    return name if cls.__module__ == "builtins" else f"{cls.__module__}.{name}"


def _plain(obj: object, depth: int) -> Any:
    """Return ``obj`` as JSON data; what lies deeper than ``depth`` is named by its type."""
    if isinstance(obj, (list, tuple, set, frozenset, dict)):
        if depth == 0:
            return f"<{type_name(obj)}>"
        if isinstance(obj, dict):
            items = list(obj.items())[:MAX_ITEMS]
            return {text(str(_plain(k, 0))): _plain(v, depth - 1) for k, v in items}
        cut = list(obj)[:MAX_ITEMS]
        if isinstance(obj, (set, frozenset)):
            return sorted((_plain(item, depth - 1) for item in cut), key=str)
        return [_plain(item, depth - 1) for item in cut]
    value = to_value(obj)
    if isinstance(value, Typed):
        return f"<{value.lexical}>" if value.datatype == "aitia:PythonType" else value.lexical
    if isinstance(value, Ref):
        return value.id
    return value.data if isinstance(value, Json) else value
