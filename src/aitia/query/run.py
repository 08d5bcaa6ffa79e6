"""Asking: a question of the library, or any SPARQL text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aitia.query.binding import bind
from aitia.query.catalog import OPEN, Question
from aitia.query.limited import LimitedStore
from aitia.query.ordering import in_order
from aitia.query.runs import resolve
from aitia.query.sorting import Key, in_rows, taken_out
from aitia.query.table import Answers, Table
from aitia.query.values import to_python
from aitia.store.port import Solutions, Store
from aitia.store.sparql import form


def ask(store: Store, question: Question, /, **parameters: object) -> Table:
    """Answer a question of the library; the parameters and errors are those of ``answers``."""
    return answers(store, question, **parameters).table()


def answers(store: Store, question: Question, /, **parameters: object) -> Answers:
    """Answer a question of the library, row by row as they are found.

    Parameters
    ----------
    store:
        Where to ask.
    question:
        What to ask.
    parameters:
        Its parameters by name; those left out, or None, have their defaults.

    Raises
    ------
    NotFoundError
        When a parameter names a run that is not in the store.
    QueryError
        When a parameter is unknown, missing or of another type, or the store refuses the query.
    """
    given = dict(parameters)
    for name, parameter in question.parameters.items():
        value = given.get(name)
        if parameter.type == "run" and isinstance(value, str) and value != OPEN:
            given[name] = _run(store, value)
        elif parameter.type == "run" and isinstance(value, (list, tuple)):
            given[name] = [_run(store, item) for item in value]
    text = question.text
    keys: tuple[Key, ...] = ()
    if getattr(store, "laterals", False):
        text, keys = taken_out(in_order(text))
    found = store.select(bind(question._replace(text=text), given))
    if keys:
        found = found._replace(rows=iter(in_rows(found.rows, found.variables, keys)))
    return Answers(found.variables, _rows(found), question.columns, question.title)


def sparql(store: Store, text: str) -> Table | bool | str:
    """Run SPARQL: a SELECT gives a Table, an ASK a bool, a CONSTRUCT or DESCRIBE N-Triples.

    Raises
    ------
    QueryError
        When the text is not a query, or fails.
    """
    found = stream(store, text)
    if isinstance(found, Answers):
        return found.table()
    return found if isinstance(found, bool) else b"".join(found).decode()


def stream(store: Store, text: str) -> Answers | bool | Iterator[bytes]:
    """Run SPARQL; rows of a SELECT, and lines of N-Triples, come as they are found.

    Raises
    ------
    QueryError
        When the text is not a query, or fails.
    """
    kind = form(text)
    if kind == "ASK":
        return store.ask(text)
    if kind in ("CONSTRUCT", "DESCRIBE"):
        if isinstance(store, LimitedStore):
            return store.triples(text)
        return iter([store.construct(text)])
    found = store.select(text)
    return Answers(found.variables, _rows(found))


def _run(store: Store, name: object) -> str:
    """Return the IRI of the run that a parameter means; an IRI is taken as it is."""
    text = str(name)
    return text if text.startswith(("urn:", "http:", "https:")) else resolve(store, text).iri


def _rows(found: Solutions) -> Iterator[tuple[Any, ...]]:
    return (tuple(map(to_python, row)) for row in found.rows)
