"""Python values and RDF literals: lexical forms of XSD 1.1 part 2, as N-Triples text.

Text is what the ingest side makes (formatting it is about four times cheaper than making term
objects), so these functions return the characters of a term.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

_ESCAPES = {
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}
_TABLE = str.maketrans({**{chr(code): f"\\u{code:04X}" for code in (*range(32), 127)}, **_ESCAPES})
_IRI_TABLE = str.maketrans(
    {char: f"%{ord(char):02X}" for char in '<>"{}|^`\\\x7f' + "".join(map(chr, range(33)))}
)
_PLAIN_IRI = re.compile(r"[A-Za-z0-9:/._~?=&;,+@!*-]+(?:#[A-Za-z0-9:/._~?=&;,+@!*-]*)?").fullmatch
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def quote(text: str) -> str:
    """Return ``text`` as a quoted N-Triples string (RDF 1.1 N-Triples §2.4)."""
    # Most text needs no escapes, and seeing that is four times faster than looking for them.
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return f'"{text.translate(_TABLE)}"'


def iri(text: str) -> str:
    """Return ``text`` as an N-Triples IRI, with the characters that may not stand there encoded."""
    if _PLAIN_IRI(text):
        return f"<{text}>"
    kept = text.translate(_IRI_TABLE)
    if "%" in kept or "[" in kept or "]" in kept or "#" in kept:
        kept = _well_formed(kept)
    return f"<{kept if kept.isascii() else ''.join(map(_iri_character, kept))}>"


def _well_formed(text: str) -> str:
    """Encode stray percent signs, brackets outside a host, and all fragment signs but the first."""
    kept = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    if "://[" not in kept:
        kept = kept.replace("[", "%5B").replace("]", "%5D")
    head, sign, tail = kept.partition("#")
    return head + sign + tail.replace("#", "%23")


def _iri_character(char: str) -> str:
    """Return a character of an IRI; one outside ``ucschar`` (RFC 3987 §2.2) percent-encoded."""
    code = ord(char)
    plain = (
        code < 0x80 or 0xA0 <= code < 0xD800 or 0xF900 <= code < 0xFDD0 or 0xFDF0 <= code < 0xFFF0
    )
    if plain or (0x10000 <= code < 0xE0000 and code & 0xFFFF < 0xFFFE):
        return char
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))


def typed(lexical: str, datatype: str) -> str:
    """Return a literal of the datatype IRI ``datatype``."""
    return f"{quote(lexical)}^^{iri(datatype)}"


def double(value: float) -> str:
    """Return an ``xsd:double``; NaN and infinities have their XSD lexical forms."""
    if value != value:
        text = "NaN"
    elif value in (float("inf"), float("-inf")):
        text = "INF" if value > 0 else "-INF"
    else:
        text = repr(float(value))
    return f'"{text}"^^<{XSD}double>'


def integer(value: int) -> str:
    """Return an ``xsd:integer``."""
    return f'"{value}"^^<{XSD}integer>'


def boolean(value: bool) -> str:
    """Return an ``xsd:boolean``."""
    return f'"{"true" if value else "false"}"^^<{XSD}boolean>'


def date_time(nanoseconds: int) -> str:
    """Return an ``xsd:dateTime`` in UTC with nanoseconds, without trailing zeros."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f'"{_moment(seconds)}{fraction}Z"^^<{XSD}dateTime>'


@lru_cache(maxsize=1024)
def _moment(seconds: int) -> str:
    return f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}"


def json_literal(data: Any) -> str:
    """Return an ``rdf:JSON`` literal; NaN and infinities inside become the strings of XSD."""
    import orjson

    return typed(orjson.dumps(_finite(data)).decode(), RDF + "JSON")


def _finite(data: Any) -> Any:
    if isinstance(data, float):
        if data == data and data not in (float("inf"), float("-inf")):
            return data
        return "NaN" if data != data else "INF" if data > 0 else "-INF"
    if isinstance(data, dict):
        return {key: _finite(item) for key, item in data.items()}
    if isinstance(data, (list, tuple)):
        return [_finite(item) for item in data]
    return data


def to_float(value: object) -> float | None:
    """Return the number that a journal value or a JSON item holds, or None when it holds none.

    Accepts numbers, booleans, the XSD forms ``NaN``, ``INF`` and ``-INF``, and what has a numeric
    ``lexical`` form (``records.Typed``: an integer beyond 64 bits may become infinite).
    """
    if isinstance(value, (int, float)):
        return float(value)
    lexical = getattr(value, "lexical", None)
    if lexical is None and value not in ("NaN", "INF", "-INF"):
        return None
    try:
        return float(str(value if lexical is None else lexical).replace("INF", "inf"))
    except ValueError:
        return None
