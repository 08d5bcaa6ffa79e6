"""Binding parameters: the data block of ``VALUES ?name { … }`` gets a term, never pasted text.

Terms are serialised by pyoxigraph, which escapes strings and refuses what is not an IRI.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping

import pyoxigraph as ox

from aitia.errors import QueryError
from aitia.query.catalog import OPEN, Parameter, Question
from aitia.vocabulary.iris import content_iri
from aitia.vocabulary.literals import XSD

_LINE = r"^([ \t]*VALUES[ \t]+\?{}[ \t]+\{{)[^\n]*(\}}[ \t]*\.?[ \t]*)$"
_ESCAPE = re.compile(r"\\\\[uU]|\\u[0-9A-Fa-f]{4}|\\.", re.DOTALL)
_HEX = re.compile(r"[0-9a-fA-F]{64}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def bind(question: Question, parameters: Mapping[str, object]) -> str:
    """Return the text of a question with its parameters bound.

    Parameters
    ----------
    question:
        The question.
    parameters:
        Values by name; those left out have their defaults.

    Raises
    ------
    QueryError
        When a parameter is unknown, missing or of another type.
    """
    unknown = sorted(set(parameters) - set(question.parameters))
    if unknown:
        names = ", ".join(question.parameters) or "none"
        raise QueryError(
            f"the question {question.name!r} has no parameter {unknown[0]!r}",
            expected=f"parameters among: {names}",
            next_step=f"aitia query {question.name} --help",
        )
    text = question.text
    for name, parameter in question.parameters.items():
        value = parameters.get(name)
        if value is None:
            value = _default(question, parameter)
        text = place(text, name, block(parameter, value))
    return text


def place(text: str, name: str, data: str) -> str:
    """Return a text whose lines ``VALUES ?name { … }`` have ``data`` as their data block.

    A text has several where a subquery is to be narrowed as well as what is around it.

    Raises
    ------
    QueryError
        When the text has no such line.
    """
    line = re.compile(_LINE.format(re.escape(name)), re.MULTILINE)
    bound, count = line.subn(lambda match: f"{match[1]} {data} {match[2]}", text)
    if not count:
        raise QueryError(
            f"the query has no line VALUES ?{name} {{ … }}", expected="one or more, each alone"
        )
    return bound


def block(parameter: Parameter, value: object) -> str:
    """Return the data block for a value, or a list of values: SPARQL terms, or ``UNDEF``.

    Raises
    ------
    QueryError
        When the value is not of the parameter's type.
    """
    if value == OPEN and (parameter.default == OPEN or parameter.type != "string"):
        return OPEN
    values = value if isinstance(value, (list, tuple)) else (value,)
    return " ".join(serialise(_term(parameter, item)) for item in values)


def _term(parameter: Parameter, value: object) -> ox.NamedNode | ox.Literal:
    try:
        return _TERMS[parameter.type](value)
    except (ValueError, TypeError, OSError, OverflowError) as error:
        raise QueryError(
            f"{parameter.name} = {value!r} ({error})", expected=_EXPECTED[parameter.type]
        ) from error


def serialise(term: ox.NamedNode | ox.Literal) -> str:
    """Return a term as SPARQL that every engine reads alike.

    N-Triples writes a backslash as two. Followed by a ``u`` that would be read as an escaped code
    point by engines that undo those before anything else (SPARQL 1.1 §19.2), so that letter is
    written as a code point itself. Code points have eight digits: some engines read the four of
    the short form together with four that happen to follow.
    """
    return _ESCAPE.sub(_guarded, str(term))


def _guarded(match: re.Match[str]) -> str:
    escaped = match[0]
    if len(escaped) == 3:
        return f"\\\\\\U{ord(escaped[-1]):08X}"
    return f"\\U{int(escaped[2:], 16):08X}" if escaped[1] == "u" else escaped


def _default(question: Question, parameter: Parameter) -> object:
    if parameter.required:
        raise QueryError(
            f"the question {question.name!r} needs {parameter.name}",
            expected=parameter.description or parameter.type,
            next_step=f"aitia query {question.name} --{parameter.name} {parameter.example}",
        )
    return parameter.default


def _iri(value: object) -> ox.NamedNode:
    text = _string(value)
    if re.search(r"[\x00-\x20<>\"{}|^`\\]", text):
        raise ValueError("a character that no IRI has")
    return ox.NamedNode(text)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    value.encode("utf-8")
    return value


def _integer(value: object) -> ox.Literal:
    if isinstance(value, (bool, float)):
        raise TypeError("not a whole number")
    return ox.Literal(str(int(str(value))), datatype=ox.NamedNode(XSD + "integer"))


def _boolean(value: object) -> ox.Literal:
    words = {"true": True, "false": False, "1": True, "0": False}
    return ox.Literal(words[str(value).lower()] if str(value).lower() in words else _refuse())


def _refuse() -> bool:
    raise ValueError("neither true nor false")


def _run(value: object) -> ox.NamedNode:
    text = _string(value)
    if _UUID.fullmatch(text):
        return ox.NamedNode("urn:uuid:" + text.lower())
    return _iri(text)


def _path(value: object) -> ox.NamedNode:
    """Return the name of what a file holds; a digest or an IRI names it already."""
    import os

    text = os.fspath(value) if isinstance(value, os.PathLike) else _string(value)
    if _HEX.fullmatch(text):
        return ox.NamedNode(content_iri(text.lower()))
    if text.startswith(("ni:", "urn:", "http:", "https:")):
        return _iri(text)
    from aitia.capture.files import look

    digest = look(text, sys.maxsize).digest
    if digest is None:
        raise ValueError("neither a file nor a folder")
    return ox.NamedNode(content_iri(digest))


_TERMS: dict[str, Callable[[object], ox.NamedNode | ox.Literal]] = {
    "string": lambda value: ox.Literal(_string(value)),
    "integer": _integer,
    "double": lambda value: ox.Literal(float(str(value))),
    "boolean": _boolean,
    "iri": _iri,
    "run": _run,
    "path": _path,
}
_EXPECTED = {
    "string": "text",
    "integer": "a whole number",
    "double": "a number",
    "boolean": "true or false",
    "iri": "an absolute IRI",
    "run": "a run's UUID, its first digits, its name, or last; see: aitia ls",
    "path": "a file, a SHA-256 in hexadecimal, or an IRI",
}
