"""A feature question taken apart: which units there are, and each family of features by itself.

A question of the library says in its header which units its table has::

    #+ units: "GRAPH ?recorded { ?unit a aitia:TrainingRun }"

and its text is a UNION of families, each of which begins with the run that is asked about::

    VALUES ?run { UNDEF }
    ?unit aitia:partOfExecution* ?run .

A family is asked for a page of units, whose rows of VALUES stand where those lines are: no engine
then looks at other units, and a page fits into memory however many units there are. What a family
says of all its rows alike, such as the term, is not asked: each IRI of an answer has to be looked
up by the engine. Nor is asked again what makes a unit one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

import yaml

from aitia.projection.facts import Fact
from aitia.query.catalog import Question
from aitia.store import sparql
from aitia.vocabulary.literals import iri

Pair = tuple[str, str]
"""IRIs of a unit, and of the bundle that says that it is one."""

_HEADER = re.compile(r"^#\+ ?(.*)$", re.MULTILINE)
_UNITS = re.compile(r"^#\+ units:", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*#.*\n", re.MULTILINE)
_NARROWED = re.compile(
    r"[ \t]*VALUES \?run \{ UNDEF \}\n[ \t]*\?\w+ aitia:partOfExecution\* \?run \.\n"
)
_KNOWN = re.compile(r"GRAPH \?recorded \{ (\?unit .*) \}")
_CONSTANT = re.compile(r'[ \t]*BIND\((?:"([^"\\]*)"|([a-z]+:\w+)) AS \?(\w+)\)\n')
_ASKED = tuple(name for name in Fact._fields if name not in ("unit", "recorded", "value"))


class Family(NamedTuple):
    """Some features of the units of a question.

    ``columns`` are what its answer tells beside the number of the unit in its page and the value;
    ``constants`` are what it says of all its rows.
    """

    prologue: str
    body: str
    columns: tuple[str, ...]
    constants: dict[str, str]

    def text(self, page: Sequence[Pair], *, ordered: bool = False) -> str:
        """Return the query for the units of a page: ``?i ?value`` and the columns.

        ``ordered`` has no two rows share their place, as servers need that cut long answers.
        """
        named = [f"{iri(unit)} {iri(recorded)}" for unit, recorded in page]
        if ordered and len(page) == 1:
            # Virtuoso 7 fails on some queries whose VALUES have one row; this one matches nothing.
            named.append("<urn:x-aitia:none> <urn:x-aitia:none>")
        numbered = " ".join(f"({names} {place})" for place, names in enumerate(named))
        rows = f"VALUES (?unit ?recorded ?i) {{ {numbered} }}\n"
        inner = ""
        if "SELECT" in self.body:
            pairs = " ".join(f"({names})" for names in named)
            inner = f"VALUES (?unit ?recorded) {{ {pairs} }}\n"
        body = _NARROWED.sub(lambda _: inner, self.body)
        names = " ".join(f"?{name}" for name in ("i", "value", *self.columns))
        distinct, order = ("DISTINCT ", f"\nORDER BY {names}") if ordered else ("", "")
        return f"{self.prologue}SELECT {distinct}{names} WHERE {{\n{rows}{body}}}{order}"


class Families:
    """The families of a question.

    Parameters
    ----------
    question:
        A question whose header says what its units are.
    """

    def __init__(self, question: Question) -> None:
        self._question = question
        text = sparql.plain(_COMMENT.sub("", question.text))
        self.prologue = text[: text.index("SELECT")]
        found = (_unasked(body, self._pattern) for body in _branches(text))
        self.all = [_family(self.prologue, body) for body in found]

    @cached_property
    def _pattern(self) -> str:
        header = yaml.safe_load("\n".join(_HEADER.findall(self._question.text)))
        return str(header["units"])

    def bundles(self) -> Question:
        """Return the question which bundles hold units."""
        return self._asking("?recorded")

    def units(self, bundles: Iterable[str]) -> Question:
        """Return the question which units some bundles hold."""
        named = " ".join(map(iri, bundles))
        return self._asking("?unit ?recorded", f"VALUES ?recorded {{ {named} }}\n")

    def narrowed(self) -> Question:
        """Return the question which units there are of one run: its parameter."""
        lines = _NARROWED.search(self._question.text)
        asked = self._asking("?unit ?recorded", "" if lines is None else lines[0])
        return asked._replace(parameters=self._question.parameters)

    def named(self, part: str) -> Question:
        """Return the question which units have a text in their IRI."""
        quoted = part.replace("\\", "\\\\").replace('"', '\\"')
        return self._asking("?unit ?recorded", "", f'FILTER(CONTAINS(STR(?unit), "{quoted}"))')

    def _asking(self, names: str, before: str = "", after: str = "") -> Question:
        body = f"{before}{self._pattern}\n{after}"
        text = f"{self.prologue}SELECT DISTINCT {names} WHERE {{\n{body}}}\nORDER BY {names}"
        return self._question._replace(text=text, parameters={})


def families(question: Question) -> Families | None:
    """Return a question taken apart; None when its header does not say what its units are."""
    return None if _UNITS.search(question.text) is None else Families(question)


def _family(prologue: str, body: str) -> Family:
    constants: dict[str, str] = {}
    for text, name, variable in _CONSTANT.findall(body):
        if variable in _ASKED and len(re.findall(rf"\?{variable}\b", body)) == 1:
            constants[variable] = text or name
    kept = _CONSTANT.sub(lambda found: "" if found[3] in constants else found[0], body)
    columns = [n for n in _ASKED if n not in constants and re.search(rf"\?{n}\b", kept)]
    return Family(prologue, kept, tuple(columns), constants)


def _unasked(body: str, units: str) -> str:
    """Return a family without what makes a unit one, where nothing else in it depends on that."""
    whole = re.compile(r"\s+".join(map(re.escape, units.split())))
    if whole.search(body):
        return whole.sub("", body)
    known = _KNOWN.fullmatch(units)
    if known is None:
        return body
    kept = body.replace(f"{known[1]} ;", "?unit").replace(f"{known[1]} .\n", "\n")
    others = set(re.findall(r"\?\w+", known[1])) - {"?unit"}
    return body if others & set(re.findall(r"\?\w+", kept)) else kept


def _branches(text: str) -> list[str]:
    """Return what stands in the braces of the UNION that a question is."""
    words = list(sparql.tokens(text))
    found, depth, start = [], 0, 0
    for word, place in words:
        if word == "{":
            depth += 1
            start = place + 1 if depth == 2 else start
        elif word == "}":
            depth -= 1
            if depth == 1:
                found.append(text[start:place].strip("\n") + "\n")
    return found
