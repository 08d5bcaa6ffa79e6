"""What a SPARQL text asks for, read from its first words without parsing it whole.

>>> form("PREFIX a: <http://a#> # SELECT\\nASK { ?s ?p ?o }")
'ask'
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_QUERIES = frozenset({"select", "ask", "construct", "describe"})
_UPDATES = frozenset(
    {"insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy", "with"}
)
_TOKEN = re.compile(
    r"""
    (?P<skip> \s+ | \#[^\n\r]* )
  | (?P<iri> <[^<>"{}|^`\\\s]*> )
  | (?P<text> \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
            | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*' )
  | (?P<name> [?$@]?[\w.-]*:[\w:.%-]* )
  | (?P<word> [?$@]?\w+ )
  | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)


_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def _words(text: str) -> Iterator[str]:
    """Yield the bare words of a SPARQL text, in lower case: no IRIs, strings, names, comments."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "word" and match[0][0] not in "?$@":
            yield match[0].lower()


def form(text: str) -> str:
    """Return ``select``, ``ask``, ``construct``, ``describe`` or ``update``; ``""`` when none."""
    for word in _words(text):
        if word in _QUERIES:
            return word
        if word in _UPDATES:
            return "update"
        if word not in ("base", "prefix", "version"):
            return ""
    return ""


def asks_others(text: str) -> bool:
    """Return whether a SPARQL text would ask another endpoint (SERVICE) while it is answered."""
    return any("service" in _words(reading) for reading in {text, _unescaped(text)})


def _unescaped(text: str) -> str:
    """Return the text with its codepoint escapes resolved (SPARQL 1.1 §19.2)."""
    return _ESCAPE.sub(lambda match: _character(match[1] or match[2]), text)


def _character(code: str) -> str:
    number = int(code, 16)
    return chr(number) if number < 0x110000 else ""
