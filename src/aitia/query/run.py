"""Asking: a question of the library, or any SPARQL text."""

from __future__ import annotations

from collections.abc import Mapping

from aitia.errors import NotFoundError, QueryError
from aitia.query.binding import bind, serialise
from aitia.query.catalog import OPEN, Question
from aitia.query.table import Table
from aitia.query.values import to_python
from aitia.store.port import Solutions, Store
from aitia.store.sparql import form


def ask(store: Store, question: Question, /, **parameters: object) -> Table:
    """Answer a question of the library.

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
            given[name] = find_run(store, value)
    answer = store.select(bind(question, given))
    return _table(answer, descriptions=question.columns, title=question.title)


def sparql(store: Store, text: str) -> Table | bool | str:
    """Run SPARQL: a SELECT gives a Table, an ASK a bool, a CONSTRUCT or DESCRIBE N-Triples.

    Raises
    ------
    QueryError
        When the text is not a query, or fails.
    """
    kind = form(text)
    if kind == "ASK":
        return store.ask(text)
    if kind in ("CONSTRUCT", "DESCRIBE"):
        return store.construct(text).decode()
    return _table(store.select(text))


def find_run(store: Store, name: str) -> str:
    """Return the IRI of a run that is named by its IRI, its UUID, its first digits or its name.

    Raises
    ------
    NotFoundError
        When no run, or more than one, is named so.
    """
    from pyoxigraph import Literal

    if name.startswith(("urn:", "http:", "https:")):
        return name
    try:
        wanted = serialise(Literal(name))
    except UnicodeError as error:
        raise QueryError(f"run {name!r} ({error})", expected="text") from error
    query = (
        "PREFIX aitia: <https://w3id.org/aitia/ns#> "
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
        "SELECT DISTINCT ?run WHERE { ?bundle a aitia:CaptureBundle ; aitia:aboutSubject ?run . "
        f"OPTIONAL {{ ?run rdfs:label ?label }} FILTER(STR(?label) = {wanted} || "
        f'STRSTARTS(STR(?run), CONCAT("urn:uuid:", LCASE({wanted})))) }} ORDER BY ?run'
    )
    found = [run.value for (run,) in store.select(query).rows if run is not None]
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFoundError(f"no run {name!r}", next_step="aitia ls")
    short = ", ".join(run.removeprefix("urn:uuid:")[:13] for run in found[:5])
    raise NotFoundError(
        f"{len(found)} runs are named {name!r}",
        expected="one",
        next_step=f"name it by its first digits: {short}{', …' if len(found) > 5 else ''}",
    )


def _table(
    answer: Solutions, *, descriptions: Mapping[str, str] | None = None, title: str = ""
) -> Table:
    rows = (tuple(map(to_python, row)) for row in answer.rows)
    return Table(answer.variables, rows, descriptions=descriptions, title=title)
