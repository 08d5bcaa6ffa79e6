"""From the terms of an answer to Python values."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from aitia.store.port import Term
from aitia.vocabulary.literals import RDF, XSD

_INTEGERS = (
    *("integer", "int", "long", "short", "byte"),
    *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
    *("unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"),
)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def to_python(term: Term | None) -> Any:
    """Return the Python value of a term.

    IRIs and texts become strings, numbers int or float, ``xsd:dateTime`` an aware datetime where it
    has an offset, ``rdf:JSON`` its data. What does not fit its datatype stays text.
    """
    if term is None:
        return None
    convert = _CONVERTERS.get(term.datatype or "") if term.kind == "literal" else None
    if convert is None:
        return term.value
    try:
        return convert(term.value)
    except (ValueError, KeyError):
        return term.value


def _float(text: str) -> float:
    special = {"INF": math.inf, "+INF": math.inf, "-INF": -math.inf, "NaN": math.nan}
    return special[text] if text in special else float(text)


_CONVERTERS: dict[str, Callable[[str], Any]] = {
    **{XSD + name: int for name in _INTEGERS},
    **{XSD + name: _float for name in ("double", "float", "decimal")},
    XSD + "boolean": _BOOLEANS.__getitem__,
    XSD + "dateTime": datetime.fromisoformat,
    XSD + "date": date.fromisoformat,
    RDF + "JSON": json.loads,
}
