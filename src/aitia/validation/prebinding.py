"""SPARQL constraints for all focus nodes at once (SHACL §5.3, appendix A on pre-bound variables).

SHACL runs the query of a SPARQL constraint once for each focus node, ``$this`` standing for that
node everywhere. Here one query does for all: a pattern that binds ``$this`` to the focus nodes is
put at the head of every group, so that it is bound wherever it may be used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from aitia.errors import ValidationError

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    | (?P<string>'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"
        |'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<variable>[?$]\w+)
    | (?P<name>[\w.-]*:[\w.%-]*)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<space>\s+)
    | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_AGGREGATES = frozenset({"count", "sum", "min", "max", "avg", "sample", "group_concat"})
_FORBIDDEN = frozenset({"minus", "service", "values"})
_THIS = ("?this", "$this")
SHAPES = ("shapesGraph", "currentShape")


class Token(NamedTuple):
    """A piece of SPARQL text; words are in lower case in ``key``."""

    kind: str
    text: str

    @property
    def key(self) -> str:
        """Return the text for comparison."""
        return self.text.lower() if self.kind == "word" else self.text


def tokens(text: str) -> list[Token]:
    """Return the text as tokens, comments left out."""
    found = (Token(str(match.lastgroup), match[0]) for match in _TOKEN.finditer(text))
    return [token for token in found if token.kind != "comment"]


def refusal(select: str) -> str:
    """Return why a SPARQL constraint cannot be run for all focus nodes at once; empty if it can.

    Raises
    ------
    ValidationError
        When SHACL forbids the query.
    """
    words = [token for token in tokens(select) if token.kind != "space"]
    keys = [token.key for token in words]
    forbidden = _FORBIDDEN.intersection(token.key for token in words if token.kind == "word")
    if forbidden:
        raise _fault(select, f"uses {sorted(forbidden)[0].upper()}")
    if any(key == "as" and after in _THIS for key, after in pairwise(keys)):
        raise _fault(select, "assigns $this")
    if {"limit", "offset"} & set(keys):
        return "a SPARQL constraint with LIMIT or OFFSET"
    grouped = 0
    for head in _heads(keys):
        if not set(_THIS) & set(head):
            raise _fault(select, f"has a SELECT that does not project $this: {' '.join(head)}")
        grouped += bool(_AGGREGATES & set(head))
    by_this = re.findall(r"\bgroup\s+by\s+[?$]this\b", select, re.IGNORECASE)
    if grouped > len(by_this):
        return "a SPARQL constraint that aggregates without GROUP BY $this"
    return ""


def asks_for_shapes(select: str) -> bool:
    """Return whether a SPARQL constraint reads the shapes graph, or the shape it is of (§5.3.1)."""
    return any(token.kind == "variable" and token.text[1:] in SHAPES for token in tokens(select))


def for_all(select: str, focus: str) -> str:
    """Return the query with the pattern ``focus`` at the head of each of its groups."""
    found = tokens(select)
    out: list[str] = []
    before = ""
    for index, token in enumerate(found):
        out.append(token.text)
        if token.text == "{" and before != "exists":
            after = next((t.key for t in found[index + 1 :] if t.kind != "space"), "")
            if after != "select":
                out.append(f" {focus} ")
        if token.kind != "space":
            before = token.key
    return "".join(out)


def _heads(keys: list[str]) -> Iterator[list[str]]:
    """Yield what stands between each SELECT and its WHERE clause."""
    for index, key in enumerate(keys):
        if key == "select":
            rest = keys[index + 1 :]
            ends = [rest.index(end) for end in ("where", "{") if end in rest]
            yield rest[: min(ends, default=0)]


def _fault(select: str, what: str) -> ValidationError:
    start = select.lower().find("select")
    shown = " ".join(select[max(start, 0) :].split())[:80]
    return ValidationError(
        f"the SPARQL constraint {shown!r} {what}",
        expected="a SELECT as SHACL §5.3 has it",
        next_step="rewrite it, for example with FILTER NOT EXISTS",
    )
