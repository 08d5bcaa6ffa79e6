"""The triple patterns of a SPARQL query, as far as they can be told without a whole parser."""

from __future__ import annotations

from typing import NamedTuple

from aitia.validation.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence
from aitia.validation.prebinding import Token, tokens

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_BRACKETED = frozenset({"filter", "bind", "having"})
_IGNORED = frozenset({"optional", "union", "not", "exists", "where"})


class Pattern(NamedTuple):
    """A subject, a path and an object; variables without their sign, other terms as written."""

    subject: str
    path: Path
    object: str


class _UnreadableError(Exception):
    """The query is of a form that is not read here."""


def triple_patterns(text: str) -> list[Pattern] | None:
    """Return the patterns of a SELECT, at whatever depth; None when it cannot be told."""
    try:
        return _Reader([token for token in tokens(text) if token.kind != "space"]).read()
    except (_UnreadableError, IndexError):
        return None


class _Reader:
    """Reads the triple patterns of a query from left to right."""

    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.at = 0
        self.prefixes: dict[str, str] = {}

    @property
    def key(self) -> str:
        """The token that is read next, for comparison."""
        return self.tokens[self.at].key

    def next(self) -> Token:
        """Return the next token and go on."""
        token = self.tokens[self.at]
        self.at += 1
        return token

    def read(self) -> list[Pattern]:
        """Return all patterns, whatever groups they stand in."""
        found: list[Pattern] = []
        while self.at < len(self.tokens):
            key = self.key
            if key == "prefix":
                self.prefixes[self.tokens[self.at + 1].text] = self.tokens[self.at + 2].text[1:-1]
                self.at += 3
            elif key == "select":
                self._skip_to("{")
            elif key == "group":
                self._skip_to("}")
            elif key in _BRACKETED:
                self._bracketed()
            elif key in _IGNORED or key in "{}.":
                self.at += 1
            else:
                found += self._triples()
        return found

    def _skip_to(self, end: str) -> None:
        while self.at < len(self.tokens) and self.key not in ("{", "}"):
            self.at += 1
        if self.at < len(self.tokens) and self.key not in (end, "}"):
            raise _UnreadableError

    def _bracketed(self) -> None:
        """Pass over an expression; ``FILTER NOT EXISTS { … }`` is read on."""
        self.at += 1
        if self.key != "(":
            if self.key in ("not", "exists"):
                return
            self.at += 1  # the function of FILTER regex(…)
        depth = 0
        while True:
            key = self.next().key
            if key in ("exists", "{"):
                raise _UnreadableError
            depth += (key == "(") - (key == ")")
            if depth == 0:
                return

    def _triples(self) -> list[Pattern]:
        subject = self._term()
        found = []
        while True:
            path = self._path()
            found.append(Pattern(subject, path, self._term()))
            while self.at < len(self.tokens) and self.key == ",":
                self.at += 1
                found.append(Pattern(subject, path, self._term()))
            while self.at < len(self.tokens) and self.key == ";":
                self.at += 1
            if self.at >= len(self.tokens) or self.tokens[self.at - 1].text != ";":
                return found
            if self.key in (".", "}"):
                return found

    def _term(self) -> str:
        token = self.next()
        if token.kind == "variable":
            return token.text[1:]
        if token.kind in ("iri", "name"):
            return token.text
        if token.kind == "string" and self.key not in ("^", "@"):
            return token.text
        raise _UnreadableError

    def _path(self) -> Path:
        parts = [self._sequence()]
        while self.key == "|":
            self.at += 1
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Alternative(tuple(parts))

    def _sequence(self) -> Path:
        parts = [self._element()]
        while self.key == "/":
            self.at += 1
            parts.append(self._element())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _element(self) -> Path:
        if self.key == "^":
            self.at += 1
            return Inverse(self._element())
        path = self._primary()
        if self.key in ("*", "+", "?"):
            path = Repeat(path, self.next().text)
        return path

    def _primary(self) -> Path:
        token = self.next()
        if token.text == "(":
            path = self._path()
            if self.next().text != ")":
                raise _UnreadableError
            return path
        if token.kind == "iri":
            return Predicate(token.text[1:-1])
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if f"{prefix}:" in self.prefixes and "\\" not in local:
                return Predicate(self.prefixes[f"{prefix}:"] + local)
        if token.key == "a":
            return Predicate(_TYPE)
        raise _UnreadableError
