"""What can be told from a SPARQL text without a parser, and errors about it in plain words."""

from __future__ import annotations

import re

from aitia.errors import QueryError
from aitia.vocabulary.terms import NAMESPACES

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
# Left to right, as a SPARQL lexer reads: what none of the first four takes is code.
_TOKEN = re.compile(
    r'(?P<iri><[^<>"{}|^`\\\s]*>)'
    r"|(?P<long>\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?''')"
    r"|(?P<short>\"(?:[^\"\\\n\r]|\\.)*\"|'(?:[^'\\\n\r]|\\.)*')"
    r"|(?P<comment>\#[^\n\r]*)"
    r"|(?P<name>[?$]?[^\W\d][\w.-]*|:[\w.:%-]*)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_POSITION = re.compile(r"error at (\d+):(\d+): ?(?:expected (?:one of )?)?(.*)", re.DOTALL)
_SENTENCE = re.compile(r"[A-Z][a-z]+ [a-z][^\[\]\"']*|[A-Z]+ [a-z][^\[\]\"']*")


def keywords(text: str) -> list[str]:
    """Return the bare words and braces of a SPARQL text, upper-cased, in order.

    Words inside strings, IRIs, comments, variables and prefixed names are not among them.
    Code point escapes are undone first, as SPARQL 1.1 §19.2 says.
    """
    plain = _ESCAPE.sub(_character, text)
    words: list[str] = []
    after_colon = False
    for match in _TOKEN.finditer(plain):
        kind, token = match.lastgroup, match.group()
        if kind == "name":
            follows = plain[match.end() : match.end() + 1]
            if token[0] not in "?$:" and follows != ":" and not after_colon:
                words.append(token.upper())
            after_colon = token.endswith(":")
            continue
        after_colon = False
        if token in ("{", "}"):
            words.append(token)
    return words


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code < 0x110000 else match[0]


def names_dataset(text: str) -> bool:
    """Return whether a query says by FROM which graphs it reads."""
    words = keywords(text)
    head = words[: words.index("{")] if "{" in words else words
    return "FROM" in head


def calls_service(text: str) -> bool:
    """Return whether a query asks another endpoint by SERVICE."""
    return "SERVICE" in keywords(text)


def prologue() -> str:
    """Return the prefixes of the vocabulary as one line of SPARQL."""
    return " ".join(f"PREFIX {prefix}: <{iri}>" for prefix, iri in NAMESPACES.items())


def refused(text: str, message: str) -> QueryError:
    """Return the error for a SPARQL text that a parser refused with ``message``."""
    found = _POSITION.match(message)
    if found is None:
        return QueryError(f"the query was refused: {message}", expected="SPARQL 1.1")
    line, column, rest = int(found[1]), int(found[2]), found[3]
    lines = text.splitlines()
    shown = lines[line - 1].strip()[:100] if line <= len(lines) else ""
    sentences = [s.strip(" ,") for s in _SENTENCE.findall(rest)]
    hint = "; ".join(sentences) or "expected " + _few(rest)
    got = f"the query is not SPARQL at line {line}, column {column}: {hint}"
    if shown:
        got += f", in: {shown}"
    return QueryError(got, next_step=_advice(hint))


def _few(alternatives: str) -> str:
    """Return the first alternatives that a person can read; character classes are left out."""
    kept = [a for a in alternatives.split(", ") if "[" not in a and "\n" not in a]
    return ", ".join(kept[:8]) + (", …" if len(kept) > 8 else "") if kept else "something else"


def _advice(hint: str) -> str:
    if "refix" in hint:
        return f"declare the prefix, or use one of: {', '.join(NAMESPACES)}"
    if "unbound" in hint:
        return "GROUP BY every variable that SELECT shows, or aggregate it: (MAX(?x) AS ?y)"
    return ""
