"""Values in the words that a person reads: numbers, durations, sizes, names.

>>> number(0.123456), seconds(185), size(1_234_567), short_iri("http://www.w3.org/ns/prov#used")
('0.1235', '3 min 5 s', '1.23 MB', 'prov:used')
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from aitia.vocabulary.terms import NAMESPACES

_UNITS = ("kB", "MB", "GB", "TB", "PB")


def number(value: float) -> str:
    """Return a number with four significant digits, never in exponents a person must decode."""
    if not math.isfinite(value):
        return "NaN" if value != value else "∞" if value > 0 else "-∞"
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.4g}"


def seconds(value: float | None) -> str:
    """Return a duration: ``12.4 s``, ``3 min 5 s``, ``2 h 10 min``."""
    if value is None:
        return ""
    if value < 1:
        return f"{value * 1000:.3g} ms"
    if value < 120:
        return f"{value:.3g} s"
    if value < 7200:
        return f"{int(value // 60)} min {int(value % 60)} s"
    return f"{int(value // 3600)} h {int(value % 3600 // 60)} min"


def size(count: int) -> str:
    """Return a number of bytes: ``532 bytes``, ``1.2 MB``."""
    if count < 1000:
        return f"{count} bytes"
    power = min((len(str(count)) - 1) // 3, len(_UNITS))
    return f"{count / 1000**power:.3g} {_UNITS[power - 1]}"


def short_iri(text: str) -> str:
    """Return an IRI as a person reads it: a CURIE, a short digest, a short run id."""
    if text.startswith("ni:///sha-256;"):
        return "ni:" + text.removeprefix("ni:///sha-256;")[:8]
    if text.startswith("urn:uuid:"):
        run, _, local = text.removeprefix("urn:uuid:").partition("#")
        return run[:8] + (f"#{local}" if local else "")
    if text.startswith(("http://", "https://")):
        for prefix, namespace in NAMESPACES.items():
            if text.startswith(namespace):
                return f"{prefix}:{text.removeprefix(namespace)}"
    return text


def to_json(data: object) -> str:
    """Return ``data`` as JSON text; NaN and infinities become the words of XSD."""
    import orjson

    return orjson.dumps(plain(data), option=orjson.OPT_INDENT_2).decode()


def plain(data: object) -> Any:
    """Return ``data`` as JSON values: named tuples become objects, times ISO 8601 text."""
    if isinstance(data, float) and not math.isfinite(data):
        return "NaN" if data != data else "INF" if data > 0 else "-INF"
    if data is None or isinstance(data, (str, int, float, bool)):
        return _fitting(data)
    fields = getattr(data, "_fields", None)
    if fields is not None:
        return {name: plain(getattr(data, name)) for name in fields}
    if isinstance(data, Mapping):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple, set, frozenset)):
        return [plain(item) for item in data]
    return data.isoformat() if hasattr(data, "isoformat") else str(data)


def _fitting(data: str | int | float | bool | None) -> str | int | float | bool | None:
    """Return an integer beyond 64 bits as text, which is how JSON readers keep it whole."""
    if isinstance(data, int) and not -(2**63) <= data < 2**64:
        return str(data)
    return data
