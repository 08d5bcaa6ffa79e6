"""Whether a literal has a form of its datatype: the lexical spaces of XSD 1.1 part 2, and rdf:JSON.

A literal outside the lexical space of its datatype is ill-typed (RDF 1.1 Concepts §5.4); SHACL
reports it under ``sh:datatype``. SPARQL engines differ in which of them they accept, so this is
decided here, on the text.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from functools import lru_cache

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_JSON = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON"

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_ZONE = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?"
_STAMP = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))"
_YEAR = r"-?(?:[1-9]\d{3,}|0\d{3})"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_DURATION_TIME = r"T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?"

_BASE64 = "[A-Za-z0-9+/] ?"

_PATTERNS = {
    "boolean": r"true|false|1|0",
    "decimal": _NUMBER,
    "double": rf"{_NUMBER}(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
    "float": rf"{_NUMBER}(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
    "dateTime": rf"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "dateTimeStamp": rf"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_STAMP}",
    "date": rf"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
    "time": rf"{_TIME}{_ZONE}",
    "gYear": rf"{_YEAR}{_ZONE}",
    "gYearMonth": rf"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonth": rf"--{_MONTH}{_ZONE}",
    "gMonthDay": rf"--{_MONTH}-{_DAY}{_ZONE}",
    "gDay": rf"---{_DAY}{_ZONE}",
    "duration": rf"-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:{_DURATION_TIME})?",
    "dayTimeDuration": rf"-?P(?=.)(?:\d+D)?(?:{_DURATION_TIME})?",
    "yearMonthDuration": r"-?P(?=.)(?:\d+Y)?(?:\d+M)?",
    "hexBinary": r"(?:[0-9a-fA-F]{2})*",
    "base64Binary": rf"(?:(?:{_BASE64}){{4}})*(?:(?:{_BASE64}){{2}}= ?=|(?:{_BASE64}){{3}}=)?",
    "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "normalizedString": r"[^\t\n\r]*",
    "token": r"(?:[^\s]+(?: [^\s]+)*)?",
    "NMTOKEN": r"[\w.:\-·]+",
    "Name": r"[^\W\d][\w.:\-·]*|:[\w.:\-·]*",
    "NCName": r"[^\W\d][\w.\-·]*",
}
_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
_DATED = frozenset({"dateTime", "dateTimeStamp", "date"})
_DIGITS = re.compile(r"[+-]?[0-9]+")


def _matcher(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, 0 if r"\w" in pattern else re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


def _bounded(low: int | None, high: int | None) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        if _DIGITS.fullmatch(text) is None:
            return False
        if len(text) > 40:
            positive = not text.startswith("-")
            return (high is None) if positive else (low is None)
        value = int(text)
        return (low is None or value >= low) and (high is None or value <= high)

    return check


def _dated(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)

    def check(text: str) -> bool:
        if compiled.fullmatch(text) is None:
            return False
        sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
        year, month, day = re.split(r"[-T:Z+]", digits)[:3]
        leap = calendar.isleap(sign * int(year) % 400)
        longest = 29 if leap and month == "02" else calendar.monthrange(2001, int(month))[1]
        return int(day) <= longest

    return check


def _json(text: str) -> bool:
    import orjson

    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


_CHECKS: dict[str, Callable[[str], bool]] = {
    **{XSD + name: _matcher(pattern) for name, pattern in _PATTERNS.items()},
    **{XSD + name: _dated(_PATTERNS[name]) for name in _DATED},
    **{XSD + name: _bounded(*bounds) for name, bounds in _BOUNDS.items()},
    RDF_JSON: _json,
}


@lru_cache(maxsize=4096)
def _cached(text: str, datatype: str) -> bool:
    return _CHECKS[datatype](text)


def is_well_typed(text: str, datatype: str) -> bool:
    """Return whether ``text`` is in the lexical space of ``datatype``; true for unknown datatypes.

    >>> is_well_typed("abc", XSD + "double"), is_well_typed("NaN", XSD + "double")
    (False, True)
    """
    if datatype not in _CHECKS:
        return True
    return _cached(text, datatype) if len(text) < 64 else _CHECKS[datatype](text)
