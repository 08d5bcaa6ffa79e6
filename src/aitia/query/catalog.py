"""The library of questions: one ``.rq`` file each, with a grlc header that describes it.

>>> from aitia.query.catalog import load
>>> load()["best-run"].family
'model'

A header is YAML after ``#+``::

    #+ title: Best run by a metric
    #+ question: Which run reached the best value of a metric, and at which step?
    #+ for: [data scientist]
    #+ parameters:
    #+   metric: {type: string, default: accuracy, description: Name of the quantity}
    #+ columns:
    #+   run: The run

An optional ``answers: [CQ16, W8]`` names the competency questions that the file answers;
``analytical: true`` says that it goes over all runs, so that its time grows with the store.
Each file runs as it stands in any SPARQL 1.1 tool: a parameter ``metric`` is bound where the text
has the line ``VALUES ?metric { "accuracy" }``. A default ``UNDEF`` leaves it open; a parameter with
an ``example`` instead of a default must be given.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import yaml

from aitia import resources
from aitia.errors import NotFoundError, ResourceError

TYPES = frozenset({"string", "integer", "double", "boolean", "iri", "run", "path"})
"""Types of parameters. ``run`` is a run's UUID, its first digits, or its name; ``path`` a file."""

OPEN = "UNDEF"
"""The default of a parameter that may be left open."""

_HEADER = re.compile(r"^#\+ ?(.*)$", re.MULTILINE)
_COMPETENCY = re.compile(r"(?:CQ|W|Q|R)[1-9]\d*")


class Parameter(NamedTuple):
    """A parameter of a question; ``default`` is None when it must be given, else as in YAML."""

    name: str
    type: str
    default: Any
    description: str
    example: Any = None

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.default is None


class Question(NamedTuple):
    """A question of the library; ``text`` is its SPARQL, header included.

    ``analytical`` questions go over all runs; the others look up what they are asked about.
    """

    name: str
    family: str
    title: str
    question: str
    audience: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    columns: Mapping[str, str]
    text: str
    path: str = ""
    answers: tuple[str, ...] = ()
    analytical: bool = False


class Catalog(Mapping[str, Question]):
    """Questions by name, in the order of their families and names."""

    def __init__(self, questions: Mapping[str, Question]) -> None:
        self._questions = questions

    def __getitem__(self, name: str) -> Question:
        """Return the question of that name, which may be written ``family/name``.

        Raises
        ------
        NotFoundError
            When there is none.
        """
        family, _, short = name.rpartition("/")
        found = self._questions.get(short)
        if found is not None and family in ("", found.family):
            return found
        from difflib import get_close_matches

        near = get_close_matches(short, self._questions, n=1)
        raise NotFoundError(
            f"no question {name!r} in the library",
            expected=f"{near[0]!r}, perhaps" if near else "",
            next_step="aitia query --list",
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._questions)

    def __len__(self) -> int:
        return len(self._questions)

    def families(self) -> dict[str, list[Question]]:
        """Return the questions by family."""
        found: dict[str, list[Question]] = {}
        for question in self._questions.values():
            found.setdefault(question.family, []).append(question)
        return found


@cache
def load(folder: str | None = None) -> Catalog:
    """Return the library.

    Parameters
    ----------
    folder:
        A folder of families; None is the library that comes with Aitia.

    Raises
    ------
    ResourceError
        When a header cannot be read, or two questions have one name.
    """
    paths = resources.files("queries", ".rq") if folder is None else sorted(_files(folder))
    questions: dict[str, Question] = {}
    for path in paths:
        question = read(path)
        twin = questions.setdefault(question.name, question)
        if twin is not question:
            raise ResourceError(
                f"{path} and {twin.path} have one name", expected="a name of its own for each"
            )
    return Catalog(questions)


def _files(folder: str) -> Iterator[str]:
    for here, _, names in os.walk(folder):
        yield from (os.path.join(here, name) for name in names if name.endswith(".rq"))


def read(path: str) -> Question:
    """Return the question that a file holds.

    Raises
    ------
    ResourceError
        When its header is missing or not what ``parse`` expects.
    """
    with open(path, encoding="utf-8") as handle:
        text = handle.read()
    family = os.path.basename(os.path.dirname(path))
    name = os.path.splitext(os.path.basename(path))[0]
    return parse(text, name=name, family=family, path=path)


def parse(text: str, *, name: str, family: str = "", path: str = "") -> Question:
    """Return the question that a text with a grlc header holds.

    Raises
    ------
    ResourceError
        When the header is not YAML, or lacks a title, a question or the columns.
    """
    where = path or name
    header = _header(text, where)
    columns = header.get("columns")
    if not isinstance(columns, dict):
        raise ResourceError(f"{where} describes no columns", expected="columns: {name: text}")
    audience = header.get("for", header.get("audience", ()))
    return Question(
        name=name,
        family=family,
        title=_text(header, "title", where),
        question=_text(header, "question", where),
        audience=(audience,) if isinstance(audience, str) else tuple(map(str, audience)),
        parameters={
            key: _parameter(key, about, where)
            for key, about in (header.get("parameters") or {}).items()
        },
        columns={str(key): str(about) for key, about in columns.items()},
        text=text,
        path=path,
        answers=_answers(header.get("answers", ()), where),
        analytical=_flag(header, "analytical", where),
    )


def _header(text: str, where: str) -> dict[str, Any]:
    source = "\n".join(_HEADER.findall(text))
    try:
        header = yaml.safe_load(source)
    except yaml.YAMLError as error:
        raise ResourceError(f"the header of {where} is not YAML: {error}") from error
    if not isinstance(header, dict):
        raise ResourceError(f"{where} has no header", expected="lines that begin with #+")
    return header


def _text(header: Mapping[str, Any], key: str, where: str) -> str:
    value = header.get(key)
    if not isinstance(value, str) or not value:
        raise ResourceError(f"the header of {where} has no {key}")
    return value


def _flag(header: Mapping[str, Any], key: str, where: str) -> bool:
    value = header.get(key, False)
    if not isinstance(value, bool):
        raise ResourceError(f"the {key} of {where} is {value!r}", expected="true or false")
    return value


def _answers(value: Any, where: str) -> tuple[str, ...]:
    named = tuple(map(str, value)) if isinstance(value, (list, tuple)) else (str(value),)
    for name in named:
        if _COMPETENCY.fullmatch(name) is None:
            raise ResourceError(
                f"{where} answers {name!r}, which is no competency question",
                expected="such as [CQ16, W8, Q3, R1]",
            )
    return named


def _parameter(name: str, about: Any, where: str) -> Parameter:
    if not isinstance(about, dict) or about.get("type") not in TYPES:
        raise ResourceError(
            f"the parameter {name} of {where} has no type",
            expected=f"one of {', '.join(sorted(TYPES))}",
        )
    if ("default" in about) == ("example" in about):
        raise ResourceError(
            f"the parameter {name} of {where} has not one of default and example",
            expected="default: UNDEF to leave it open, or example: for one that must be given",
        )
    return Parameter(
        name, about["type"], about.get("default"), str(about.get("description", "")),
        about.get("example"),
    )  # fmt: skip
