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
from collections.abc import Collection, Iterable, Sequence
from enum import Enum
from functools import cached_property
from typing import NamedTuple

import yaml

from aitia.projection.facts import Fact
from aitia.projection.relations import BUNDLES, OPTIONAL, UNITS, joined, needed, optional
from aitia.query.catalog import Question
from aitia.store import sparql
from aitia.vocabulary.literals import iri

Pair = tuple[str, str]
"""IRIs of a unit, and of the bundle that says that it is one."""

Owned = tuple[int, str]
"""Place of a unit in its page, and IRI of something that it is part of."""

_HEADER = re.compile(r"^#\+ ?(.*)$", re.MULTILINE)
_UNITS = re.compile(r"^#\+ units:", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*#.*\n", re.MULTILINE)
_NARROWED = re.compile(
    r"[ \t]*VALUES \?run \{ UNDEF \}\n[ \t]*\?\w+ aitia:partOfExecution\* \?run \.\n"
)
_KNOWN = re.compile(r"GRAPH \?recorded \{ (\?unit .*) \}")
_CONSTANT = re.compile(r'[ \t]*BIND\((?:"([^"\\]*)"|([a-z]+:\w+)) AS \?(\w+)\)\n')
_OWNED = re.compile(r"(GRAPH \?recorded \{\s*)\?unit aitia:partOfExecution([+*]) \?owner \.\n")
_ALONE = (
    r"[ \t]*FILTER NOT EXISTS \{\s*"
    r"GRAPH \?recorded \{ \?other aitia:partOfExecution\+ \?owner \}\s*"
    r"FILTER\(\?other != \?unit\)\s*"
    r"FILTER EXISTS \{ GRAPH \?recorded \{ %s \} \}\s*\}\n"
)
_COUNTED = ("aitia:hasSetting", "aitia:partOfExecution")
_NESTED = "SELECT"
_ASKED = tuple(name for name in Fact._fields if name not in ("unit", "recorded", "value"))


class Owners(Enum):
    """What a unit is part of, as far as a family is about it.

    ``ALONE`` are those that hold no other unit; ``SELF_ALONE`` has the unit itself among these,
    ``SELF_ALL`` among all.
    """

    NONE = ""
    ALL = "+"
    SELF_ALL = "*"
    ALONE = "+ alone"
    SELF_ALONE = "* alone"


class Family(NamedTuple):
    """Some features of the units of a question.

    ``columns`` are what its answer tells beside the number of the unit in its page and the value;
    ``constants`` are what it says of all its rows. ``owners`` says which of what a unit is part of
    it is asked about, ``joined`` is the body with its patterns joined relation by relation, and
    ``needed`` are relations without which it tells nothing.
    """

    prologue: str
    body: str
    columns: tuple[str, ...]
    constants: dict[str, str]
    owners: Owners
    joined: str | None
    needed: frozenset[str]

    def text(
        self,
        page: Sequence[Pair],
        owners: Sequence[Owned] = (),
        *,
        ordered: bool = False,
        scanned: bool = False,
    ) -> str:
        """Return the query for the units of a page: ``?i ?value`` and the columns.

        Parameters
        ----------
        page:
            The units, each with its bundle; ``?i`` is the place in it.
        owners:
            Of a family about owners, those that it is asked about.
        ordered:
            Whether no two rows share their place, as servers need that cut long answers.
        scanned:
            Whether the relations of the bundles are scanned, where that is of use.
        """
        rows = inner = self._values(page, owners, ordered)
        body = self.joined if scanned and self.joined else self.body
        if _NESTED in self.body:
            inner = _unnumbered(rows)
            rows = self._values(page, (), ordered) if owners else rows
        elif UNITS in body:
            rows = ""
        bundles = " ".join(sorted({iri(recorded) for _, recorded in page}))
        body = body.replace(BUNDLES, f"VALUES ?recorded {{ {bundles} }}").replace(UNITS, inner)
        names = " ".join(f"?{name}" for name in ("i", "value", *self.columns))
        distinct, order = ("DISTINCT ", f"\nORDER BY {names}") if ordered else ("", "")
        return f"{self.prologue}SELECT {distinct}{names} WHERE {{\n{rows}{body}}}{order}"

    def _values(self, page: Sequence[Pair], owners: Sequence[Owned], ordered: bool) -> str:
        named = [f"{iri(unit)} {iri(recorded)}" for unit, recorded in page]
        found = [f"({names} {place})" for place, names in enumerate(named)]
        subject, none = "?unit ?recorded", "<urn:x-aitia:none> <urn:x-aitia:none>"
        if owners:
            found = [f"({named[place]} {iri(owner)} {place})" for place, owner in owners]
            subject, none = f"{subject} ?owner", f"{none} <urn:x-aitia:none>"
        if ordered and len(found) == 1:
            # Virtuoso 7 fails on some queries whose VALUES have one row; this one matches nothing.
            found.append(f"({none} -1)")
        return f"VALUES ({subject} ?i) {{ {' '.join(found)} }}\n"

    def without(self, absent: Collection[str]) -> Family:
        """Return the family without its optional parts about relations that are nowhere."""

        def kept(text: str) -> str:
            return OPTIONAL.sub(lambda found: "" if found[1] in absent else found[0], text)

        joined = None if self.joined is None else kept(self.joined)
        return self._replace(body=kept(self.body), joined=joined)


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
        self.all = [self._family(body) for body in found]

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

    def owners(self, bundles: Sequence[str], *, ordered: bool = False) -> str:
        """Return the query for all that the units of some bundles are part of.

        Its columns are ``?i``, the place of the bundle, ``?other``, a unit, and ``?owner``.
        """
        known = _KNOWN.fullmatch(self._pattern)
        assert known is not None
        named = " ".join(f"({iri(bundle)} {place})" for place, bundle in enumerate(bundles))
        found = known[1].replace("?unit", "?other")
        order = "\nORDER BY ?i ?other ?owner" if ordered else ""
        return (
            f"{self.prologue}SELECT DISTINCT ?i ?other ?owner WHERE {{\n"
            f"VALUES (?recorded ?i) {{ {named} }}\n"
            f"GRAPH ?recorded {{ {found} . ?other aitia:partOfExecution+ ?owner }}\n}}{order}"
        )

    @cached_property
    def relations(self) -> frozenset[str]:
        """Relations whose absence from a store makes families, or parts of them, needless."""
        return frozenset(name for each in self.all for name in each.needed | optional(each.body))

    def any(self, relation: str) -> str:
        """Return the query whether a store holds a relation."""
        # Of the merge of all graphs, which Oxigraph need not go through until a graph is known.
        return f"{self.prologue}ASK {{ ?about {relation} ?value }}"

    def count(self, bundles: Iterable[str], most: int) -> str:
        """Return the query for how many settings and tasks some bundles hold, ``most`` at most."""
        pairs = [f"({iri(name)} {each})" for name in bundles for each in _COUNTED]
        return (
            f"{self.prologue}SELECT (0 AS ?i) (COUNT(*) AS ?value) WHERE {{\n"
            f"{{ SELECT ?about WHERE {{\n"
            f"VALUES (?recorded ?relation) {{ {' '.join(pairs)} }}\n"
            f"GRAPH ?recorded {{ ?about ?relation ?other }}\n}} LIMIT {most} }} }}"
        )

    def _family(self, text: str) -> Family:
        constants: dict[str, str] = {}
        body, owners = self._owned(text)
        for words, name, variable in _CONSTANT.findall(body):
            if variable in _ASKED and len(re.findall(rf"\?{variable}\b", body)) == 1:
                constants[variable] = words or name
        body = _CONSTANT.sub(lambda found: "" if found[3] in constants else found[0], body)
        columns = [n for n in _ASKED if n not in constants and re.search(rf"\?{n}\b", body)]
        bare = _NARROWED.sub("", body)
        return Family(
            prologue=self.prologue,
            body=_NARROWED.sub(f"{UNITS}\n", body) if _NESTED in body else bare,
            columns=tuple(columns),
            constants=constants,
            owners=owners,
            joined=joined(bare),
            needed=needed(bare),
        )

    def _owned(self, body: str) -> tuple[str, Owners]:
        """Return a family without the patterns that say of which owners it tells, and of which."""
        known, found = _KNOWN.fullmatch(self._pattern), _OWNED.search(body)
        if known is None or found is None:
            return body, Owners.NONE
        alone = _ALONE % re.escape(known[1].replace("?unit", "?other"))
        kept, lone = re.subn(alone, "", _OWNED.sub(r"\1", body))
        if not lone:
            return kept, Owners(found[2])
        return kept, Owners(f"{found[2]} alone")

    def _asking(self, names: str, before: str = "", after: str = "") -> Question:
        body = f"{before}{self._pattern}\n{after}"
        text = f"{self.prologue}SELECT DISTINCT {names} WHERE {{\n{body}}}\nORDER BY {names}"
        return self._question._replace(text=text, parameters={})


def families(question: Question) -> Families | None:
    """Return a question taken apart; None when its header does not say what its units are."""
    return None if _UNITS.search(question.text) is None else Families(question)


def _unnumbered(values: str) -> str:
    """Return VALUES without the places of the units, for a subquery that has no use for them."""
    return re.sub(r" -?\d+\)", ")", values).replace(" ?i)", ")", 1)


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
