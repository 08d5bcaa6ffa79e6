"""The order in which an engine joins: what stands in braces comes after what stands before it.

>>> in_order("SELECT * { ?a ?b ?c OPTIONAL { ?c ?d ?e } }")
'SELECT * { ?a ?b ?c LATERAL { OPTIONAL { ?c ?d ?e } } }'

Oxigraph orders each OPTIONAL, each branch of a UNION and each group as if nothing around it were
bound, so that a question about one run can begin with the labels of all. ``LATERAL`` (SPARQL CDT,
SEP-0006) has them evaluated for each solution of what stands before them, and ordered by what is
bound there. The solutions are those of SPARQL 1.1 where a FILTER or BIND in braces reads only
variables that are bound there, and no BIND there binds a variable that is bound before.

Subqueries stay as they are, since what they count may be the same for all solutions, unless they
are an OPTIONAL or stand in braces of their own: ``{ { SELECT … } }``. An OPTIONAL of a subquery in
braces, ``OPTIONAL { { SELECT … } }``, stays too: it is read in one pass for all solutions, a tenth
of the time that as many lookups take.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from aitia.store import sparql

_KINDS = frozenset({"OPTIONAL", "GRAPH", "MINUS", "SERVICE", "VALUES", "EXISTS", "UNION"})
"""Words that say what the next braces are."""

_ASSIGNED = re.compile(r"\b(?:AS|VALUES)\s+(\(?[?$\s\w]+)", re.IGNORECASE)
_NAME = re.compile(r"[?$](\w+)")


class _Braces(NamedTuple):
    """Braces of a group, with their positions in the text; a union is one of these."""

    kind: str
    start: int
    end: int


class _Reader:
    """Reads the braces of a query, and notes which go after what stands before them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = list(sparql.tokens(text))
        self.marks: list[tuple[int, str]] = []

    def group(self, opening: int, around: frozenset[str] = frozenset()) -> int:
        """Read the group whose brace is the word ``opening``; return the word that closes it.

        ``around`` are the variables that may be bound before it.
        """
        begin = self.words[opening][1] + 1
        query = self.words[opening + 1][0] == "SELECT"
        parts: list[_Braces] = []
        kind, start = "", -1
        at = opening + 1
        while self.words[at][0] != "}":
            word, place = self.words[at]
            if word == "{":
                start = place if start < 0 else start
                before = parts[-1].start if kind == "UNION" else start
                known = around | _variables(self.text[begin:before])
                close = self._data(at) if kind == "VALUES" else self.group(at, known)
                end = self.words[close][1] + 1
                if kind == "UNION":
                    parts.pop()
                elif self._whole(kind, at):
                    kind = "SELECT"
                parts.append(_Braces(kind or "UNION", before, end))
                kind, start, at = "", -1, close
            elif word in _KINDS:
                kind, start = word, place
            at += 1
        if not query:
            self._mark(begin, parts, around)
        return at

    def _whole(self, kind: str, opening: int) -> bool:
        """Return whether braces hold a subquery that is read in one pass."""
        words = [word for word, _ in self.words[opening + 1 : opening + 3]]
        return words == ["{", "SELECT"] if kind == "OPTIONAL" else not kind and words[0] == "SELECT"

    def _data(self, opening: int) -> int:
        """Return the word that closes the data of a VALUES."""
        return next(n for n in range(opening, len(self.words)) if self.words[n][0] == "}")

    def _mark(self, begin: int, parts: list[_Braces], around: frozenset[str]) -> None:
        for part in parts:
            if part.kind not in ("OPTIONAL", "UNION"):
                continue
            before = sparql.code(self.text[begin : part.start])
            # SEP-0006 refuses what binds again a variable that is bound before.
            again = _assigned(self.text[part.start : part.end]) & (around | _variables(before))
            if before.strip() and not again:
                self.marks += [(part.start, "LATERAL { "), (part.end, " }")]


@lru_cache(maxsize=256)
def in_order(text: str) -> str:
    """Return a query whose groups, unions and optional parts follow on what stands before them.

    Parameters
    ----------
    text:
        A well-formed SELECT query.
    """
    reader = _Reader(text)
    opening = next(n for n, (word, _) in enumerate(reader.words) if word == "{")
    reader.group(opening)
    done, pieces = 0, []
    for place, mark in sorted(reader.marks):
        pieces += [text[done:place], mark]
        done = place
    return "".join([*pieces, text[done:]])


def _variables(text: str) -> frozenset[str]:
    return frozenset(_NAME.findall(sparql.code(text)))


def _assigned(text: str) -> frozenset[str]:
    """Return the variables that ``AS`` or ``VALUES`` bind."""
    found = _ASSIGNED.findall(sparql.code(text))
    return frozenset(name for names in found for name in _NAME.findall(names))
