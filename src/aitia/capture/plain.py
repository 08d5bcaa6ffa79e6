"""Which objects are values, and which are things with an identity.

Numbers, texts, dates, enumerations, paths, functions and small containers of these are recorded
by value. Everything else is an entity.
"""

from __future__ import annotations

from enum import Enum
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

from aitia.records.values import Json, Typed, Value, text, to_value, type_name

PLAIN = frozenset({int, float, str, bool, type(None)})
"""The types that the codec writes as they are; a subclass of one is looked at more closely."""

CONTAINERS = frozenset({tuple, list, dict})
"""The types that are looked into, one level deep, for things with an identity."""

MAX_LEAVES = 256
"""Most items, nested ones included, of a container that is kept by value."""

MAX_PARTS = 64
"""Most items of a container that is looked into."""

_NAMED = (FunctionType, BuiltinFunctionType, MethodType, type)
OPAQUE = "aitia:PythonType"


def value(obj: object) -> Value | None:
    """Return the value that records ``obj``, or None when it is a thing with an identity."""
    if type(obj) in CONTAINERS or isinstance(obj, (set, frozenset)):
        return contained(obj)
    if isinstance(obj, Enum):
        return text(f"{type(obj).__qualname__}.{obj.name}")
    if isinstance(obj, ModuleType):
        return text(obj.__name__)
    if isinstance(obj, _NAMED):
        return text(f"{obj.__module__}.{obj.__qualname__}")
    found = to_value(obj)
    return None if isinstance(found, Typed) and found.datatype == OPAQUE else found


def contained(obj: object) -> Value:
    """Return a container by value; one that is too large is told by its length and first items."""
    if _leaves(obj, MAX_LEAVES, 8) >= 0:
        return to_value(obj)
    items = list(obj)[:8] if isinstance(obj, (list, tuple)) else []
    first = [item for item in items if type(item) in PLAIN]
    return Json({"length": len(obj), "first": to_json(first)})  # type: ignore[arg-type]


def to_json(items: list[object]) -> object:
    """Return plain items as JSON data."""
    kept = to_value(items)
    return kept.data if isinstance(kept, Json) else None


def opaque(obj: object) -> Typed:
    """Return the value of a thing that cannot be followed: the name of its type."""
    return Typed(type_name(obj), OPAQUE)


def _leaves(obj: object, budget: int, depth: int) -> int:
    """Return what is left of ``budget`` after the items of ``obj``; negative when it is spent."""
    if depth == 0 or not isinstance(obj, (list, tuple, dict, set, frozenset)):
        return budget - 1
    if len(obj) > budget:
        return -1
    for item in obj.values() if isinstance(obj, dict) else obj:
        budget = _leaves(item, budget, depth - 1)
        if budget < 0:
            return budget
    return budget
