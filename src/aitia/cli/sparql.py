"""``aitia sparql``: any SPARQL 1.1 query."""

from __future__ import annotations

import sys
from typing import TextIO

import click

from aitia.cli import limits, present
from aitia.cli.opening import opened
from aitia.errors import QueryError


@click.command("sparql")
@click.argument("text", required=False)
@click.option("-f", "--file", type=click.File(encoding="utf-8"), help="Read the query from a file.")
@limits.timeout_option
@present.format_option
def command(text: str | None, file: TextIO | None, timeout: float | None, form: str | None) -> None:
    """Ask in SPARQL 1.1: the text, a file, or the standard input.

    The prefixes of the vocabulary are known, and the default graph is the union of all graphs. A
    SELECT gives rows, an ASK true or false, a CONSTRUCT or DESCRIBE Turtle. CSV, TSV, JSON
    and Turtle are written as rows and triples are found. Ctrl-C stops the query at once.
    """
    from aitia.query.run import stream
    from aitia.query.table import Answers
    from aitia.store.sparql import require_query

    query = _text(text, file)
    require_query(query)
    with opened() as graph, limits.limited(graph.store, timeout) as store:
        found = stream(store, query)
        if isinstance(found, bool):
            present.echo("true" if found else "false")
        elif isinstance(found, Answers):
            present.answers(found, form)
        else:
            from aitia.server.results import turtle

            for part in turtle(found):
                present.echo(part.decode().removesuffix("\n"))


def _text(text: str | None, file: TextIO | None) -> str:
    if text is not None and file is not None:
        raise QueryError("a query and a file", expected="one of them")
    if file is not None:
        return _read(file)
    if text is not None:
        return text
    if sys.stdin.isatty():
        raise QueryError(
            "no query",
            expected="a SPARQL text, -f FILE, or a query on the standard input",
            next_step="aitia sparql 'SELECT ?run { ?run a aitia:WorkflowRun }'",
        )
    return _read(sys.stdin)


def _read(file: TextIO) -> str:
    try:
        return file.read()
    except UnicodeDecodeError as error:
        raise QueryError(f"{file.name} is not UTF-8 ({error.reason})", expected="text") from error
