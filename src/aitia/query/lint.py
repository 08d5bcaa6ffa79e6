"""Faults of library questions that no SPARQL engine reports.

The worst: ``HAVING(?alias > 1)`` over an alias of SELECT gives no rows in Oxigraph, without a word.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache

import pyoxigraph as ox

from aitia import resources
from aitia.errors import QueryError
from aitia.query.binding import block, place
from aitia.query.catalog import Question
from aitia.store.sparql import code, tail
from aitia.vocabulary.stakeholders import STAKEHOLDERS

_ALIAS = re.compile(r"\bAS\s+\?(\w+)\s*\)", re.IGNORECASE)
_HAVING = re.compile(r"\bHAVING\b", re.IGNORECASE)
_PARAMETER = re.compile(r"^[ \t]*VALUES[ \t]+\?(\w+)[ \t]+\{", re.MULTILINE)


def lint(question: Question) -> list[str]:
    """Return the faults of a question, each in a sentence; empty when there is none."""
    try:
        found = ox.Store().query(question.text)
    except SyntaxError as error:
        return [f"it is not SPARQL: {error}"]
    if not isinstance(found, ox.QuerySolutions):
        return ["it is not a SELECT"]
    columns = [variable.value for variable in found.variables]
    return [
        *_columns(question, columns),
        *_parameters(question),
        *_having(code(question.text)),
        *_style(question),
    ]


def _columns(question: Question, columns: list[str]) -> Iterator[str]:
    declared = list(question.columns)
    if columns != declared:
        yield f"it selects {', '.join(columns)}, but its header describes {', '.join(declared)}"


def _parameters(question: Question) -> Iterator[str]:
    lines = _PARAMETER.findall(question.text)
    for name in sorted(set(lines) - set(question.parameters)):
        yield f"the parameter {name} is not described; write constants as VALUES (?{name}) {{ … }}"
    for name, parameter in question.parameters.items():
        value = parameter.example if parameter.required else parameter.default
        try:
            bound = place(question.text, name, block(parameter, value))
        except QueryError as error:
            yield f"the parameter {name}: {error}"
            continue
        if bound != question.text:
            yield f"the text and the header differ in the value of {name}"
        if not parameter.description:
            yield f"the parameter {name} has no description"


def _having(text: str) -> Iterator[str]:
    aliases = set(_ALIAS.findall(text))
    for match in _HAVING.finditer(text):
        for name in aliases & set(re.findall(r"[?$](\w+)", _parenthesis(text[match.end() :]))):
            yield f"HAVING uses the alias ?{name}, which gives no rows: repeat the aggregate"


def _parenthesis(text: str) -> str:
    """Return the conditions that a text begins with: all balanced parentheses in a row."""
    depth = 0
    for place_, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0 and not char.isspace() and char != ")" and not _more(text[place_:]):
            return text[:place_]
    return text


def _more(text: str) -> bool:
    """Return whether a condition of HAVING goes on here: a parenthesis or a function call."""
    return re.match(r"[A-Za-z_:]*\(", text) is not None


def _style(question: Question) -> Iterator[str]:
    if "ORDER" not in tail(question.text):
        yield "it has no ORDER BY, so its rows come in any order"
    if not question.parameters and not question.analytical:
        yield "it has no parameter, so it goes over all runs: analytical: true"
    if not question.audience:
        yield "it does not say for whom it is"
    for reader in question.audience:
        if reader not in STAKEHOLDERS:
            yield f"it is for {reader!r}, but readers are {', '.join(STAKEHOLDERS)}"
    for name in question.answers:
        if name not in _asked():
            yield f"it answers {name}, which queries/competency.toml does not ask"


@cache
def _asked() -> frozenset[str]:
    asked = tomllib.loads(resources.read_text("queries", "competency.toml"))["question"]
    return frozenset(question["id"] for question in asked)
