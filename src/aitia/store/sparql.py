"""What can be told from a SPARQL text without a parser, and errors about it in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aitia.errors import QueryError
from aitia.vocabulary.literals import iri
from aitia.vocabulary.terms import NAMESPACES

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
# Left to right, as a SPARQL lexer reads: what none of the first four takes is code.
_TOKEN = re.compile(
    r'(?P<iri><[^<>"{}|^`\\\s]*>)'
    r"|(?P<long>\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?''')"
    r"|(?P<short>\"(?:[^\"\\\n\r]|\\.)*\"|'(?:[^'\\\n\r]|\\.)*')"
    r"|(?P<comment>\#[^\n\r]*)"
    r"|(?P<name>[?$]?[^\W\d][\w.-]*|:[\w.:%-]+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_POSITION = re.compile(r"error at (\d+):(\d+): ?(?:expected (?:one of )?)?(.*)", re.DOTALL)
_SENTENCE = re.compile(r"[A-Z][a-z]+ [a-z][^\[\]\"']*|[A-Z]+ [a-z][^\[\]\"']*")


def plain(text: str) -> str:
    """Return a SPARQL text with its code point escapes undone, as SPARQL 1.1 §19.2 says."""
    return _ESCAPE.sub(_character, text)


def tokens(text: str) -> Iterator[tuple[str, int]]:
    """Yield the bare words (upper-cased) and braces of a ``plain`` text, with their positions.

    Words inside strings, IRIs, comments, variables and prefixed names are not among them.
    """
    after_colon = False
    for match in _TOKEN.finditer(text):
        token = match.group()
        if match.lastgroup == "name":
            prefix = text[match.end() : match.end() + 1] == ":"
            if token[0] not in "?$:" and not prefix and not after_colon:
                yield token.upper(), match.start()
            after_colon = False
        elif token in ("{", "}"):
            yield token, match.start()
        after_colon = token == ":"


def code(text: str) -> str:
    """Return a SPARQL text without its comments and with empty strings and IRIs."""
    hollow = {"iri": "<>", "long": '""', "short": '""', "comment": ""}
    return _TOKEN.sub(lambda found: hollow.get(found.lastgroup or "", found[0]), plain(text))


def keywords(text: str) -> list[str]:
    """Return the bare words and braces of a SPARQL text, in order."""
    return [word for word, _ in tokens(plain(text))]


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
    # Long lists of names are looked through a hundred times faster than they are read.
    return "SERVICE" in plain(text).upper() and "SERVICE" in keywords(text)


def form(text: str) -> str:
    """Return ``SELECT``, ``ASK``, ``CONSTRUCT`` or ``DESCRIBE``; empty for anything else."""
    first = next((word for word in keywords(text) if word not in ("PREFIX", "BASE")), "")
    return first if first in FORMS else ""


def require_query(text: str) -> None:
    """Refuse what is not a query, such as an update.

    Raises
    ------
    QueryError
        When the text has none of the query forms.
    """
    if not form(text):
        start = text.strip()[:60]
        raise QueryError(f"not a query: {start!r}", expected=f"one of {', '.join(FORMS)}")


def tail(text: str) -> list[str]:
    """Return the bare words after the last brace of a query: its solution modifiers."""
    words = keywords(text)
    closing = [index for index, word in enumerate(words) if word == "}"]
    return words[closing[-1] + 1 :] if closing else []


def page(text: str, limit: int, offset: int) -> str:
    """Return a SELECT that gives ``limit`` solutions of the SELECT ``text`` from ``offset``."""
    whole = plain(text)
    start = next((at for word, at in tokens(whole) if word == "SELECT"), 0)
    inner = f"{whole[:start]}SELECT * WHERE {{ {{ {whole[start:]}\n}} }}"
    return f"{inner} LIMIT {limit} OFFSET {offset}"


def prologue(text: str) -> str:
    """Return declarations, on one line, of the vocabulary's prefixes that ``text`` leaves out."""
    missing = [
        prefix
        for prefix in NAMESPACES
        if re.search(rf"\b{prefix}:", text)
        and not re.search(rf"\bPREFIX\s+{prefix}\s*:", text, re.IGNORECASE)
    ]
    return "".join(f"PREFIX {prefix}: <{NAMESPACES[prefix]}> " for prefix in missing)


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


def without(graph: str, triples: bytes, *, merge: bool) -> str:
    """Return the update that takes triples out of a named graph.

    Parameters
    ----------
    graph:
        IRI of the graph.
    triples:
        Canonical N-Triples, without blank nodes.
    merge:
        Whether the default graph holds the merge of all graphs: it loses what no other states.
    """
    name = iri(graph)
    told = triples.decode()
    update = f"DELETE DATA {{ GRAPH {name} {{\n{told}}} }}"
    if not merge:
        return update
    # In a row of VALUES the terms of a triple stand as they do in a pattern.
    values = " ".join(f"({row})" for row in told.split(" .\n") if row)
    return (
        f"{update} ;\nDELETE {{ ?s ?p ?o }} WHERE {{ VALUES (?s ?p ?o) {{ {values} }} "
        "FILTER NOT EXISTS { GRAPH ?other { ?s ?p ?o } } }"
    )
