"""How the command line shows things: tables on a terminal, plain lines in a pipe, or JSON."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from aitia.query.wording import number, phrase, short_iri, to_json

if TYPE_CHECKING:
    from aitia.query.table import Answers, Table

F = TypeVar("F", bound=Callable[..., Any])

PIPE_WIDTH = 120
"""Width of a table that goes to a pipe or a file, in characters."""

NARROW = 12
"""Columns up to so many characters are never folded."""

LEAST = 10
"""Wider columns are folded down to so many characters before a table is too wide."""

LONGEST = 80
"""Longest value of a table, in characters; the other formats have it whole."""

AT_ONCE = 3
"""So many lines of an answer are written each by itself, the others as they fill a buffer."""

FORMATS = ("table", "csv", "tsv", "json", "arrow")


class Branch(NamedTuple):
    """A line of a tree, and what hangs below it."""

    text: str
    children: Sequence[Branch] = ()


def json_option(function: F) -> F:
    """Give a command the flag ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def format_option(function: F) -> F:
    """Give a command the option ``--format``, and ``--json`` for short."""
    forms = click.Choice(FORMATS)
    words = "How to print; a table on a terminal, tab-separated in a pipe."
    with_json = click.option("--json", "form", flag_value="json", help="Same as --format json.")
    return click.option("--format", "form", type=forms, help=words)(with_json(function))


def on_terminal() -> bool:
    """Return whether a person reads the standard output."""
    return sys.stdout.isatty()


def person_reads_errors() -> bool:
    """Return whether a person reads the standard error."""
    return sys.stderr.isatty()


def echo(text: str = "") -> None:
    """Print one line of standard output."""
    click.echo(text)


def heading(text: str) -> None:
    """Print a heading, bold where colours are wanted."""
    click.echo(click.style(text, bold=True))


def aside(text: str) -> None:
    """Print a line for the person, not for the pipe: on standard error."""
    click.echo(text, err=True)


def emit_json(data: object) -> None:
    """Print ``data`` as JSON; numbers that JSON lacks become the words NaN, INF and -INF."""
    click.echo(to_json(data))


def rows(columns: Sequence[str], lines: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Print a table: framed on a terminal, tab-separated with a header line in a pipe."""
    if on_terminal():
        framed(columns, lines, title=title)
        return
    click.echo("\t".join(columns))
    for line in lines:
        click.echo("\t".join(_one_line(raw(value)) for value in line))


def framed(columns: Sequence[str], lines: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Print a table for people, wherever the output goes; columns without a value are left out.

    What is too wide for a table is printed as one block per row.
    """
    kept = [list(line) for line in lines]
    shown = [i for i in range(len(columns)) if not kept or any(cell(line[i]) for line in kept)]
    names = [columns[i] for i in shown]
    values = [[line[i] for i in shown] for line in kept]
    longest = LONGEST if len(shown) > 1 else None
    cells = [[_cut(cell(value), longest) for value in line] for line in values]
    wide = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    if sum(map(_least, wide)) + 2 * len(wide) > _width():
        _blocks(names, cells, title)
        return
    numeric = [
        all(v is None or _is_number(v) for v in column) for column in zip(*values, strict=True)
    ]
    _table(names, cells, wide, numeric, title)


def _table(
    names: Sequence[str],
    cells: Sequence[Sequence[str]],
    wide: Sequence[int],
    numeric: Sequence[bool],
    title: str,
) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, box=box.SIMPLE_HEAD, title_justify="left")
    table.padding = (0, 1, 0, 0)
    for name, width, right in zip(names, wide, numeric or [False] * len(names), strict=True):
        table.add_column(
            name,
            justify="right" if right else "left",
            overflow="fold",
            min_width=_least(width),
            no_wrap=width <= NARROW,
        )
    for line in cells:
        table.add_row(*map(Text, line))
    Console(width=_width(), file=sys.stdout, highlight=False).print(table)


def _least(wide: int) -> int:
    return wide if wide <= NARROW else LEAST


def _blocks(names: Sequence[str], cells: Sequence[Sequence[str]], title: str) -> None:
    if title:
        heading(title)
    width = max(map(len, names))
    for line in cells:
        for name, text in zip(names, line, strict=True):
            if text:
                click.echo(f"{name.ljust(width)}  {text}")
        click.echo()


def _width() -> int:
    from shutil import get_terminal_size

    return get_terminal_size().columns if on_terminal() else PIPE_WIDTH


def _cut(text: str, longest: int | None) -> str:
    return text if longest is None or len(text) <= longest else text[: longest - 1] + "…"


def answers(found: Table | Answers, form: str | None) -> None:
    """Print the answer to a question in one of ``FORMATS``; None is a table or tab-separated.

    CSV, TSV and JSON are written as rows come, the first of them at once.
    """
    from aitia.query.table import LINES, Answers

    form = form or ("table" if on_terminal() else "tsv")
    if form in LINES:
        for number, line in enumerate(LINES[form](found.columns, found.rows)):
            sys.stdout.write(line)
            if number < AT_ONCE:
                sys.stdout.flush()
        sys.stdout.flush()
        return
    table = found.table() if isinstance(found, Answers) else found
    if form == "table":
        framed(table.columns, table, title=table.title)
        count = len(table)
        cut = any(len(cell(value)) > LONGEST for row in table for value in row)
        note = "; long values are cut here, whole in the other formats" if cut else ""
        click.echo(f"{count} {'row' if count == 1 else 'rows'}{note}", err=True)
    else:
        sys.stdout.buffer.write(table.to_arrow_ipc())


def tree(root: Branch) -> None:
    """Print a tree with its lines drawn."""
    click.echo(root.text)
    _branches(root.children, "")


def _branches(children: Sequence[Branch], indent: str) -> None:
    for place, child in enumerate(children, 1):
        last = place == len(children)
        click.echo(f"{indent}{'└─ ' if last else '├─ '}{child.text}")
        _branches(child.children, indent + ("   " if last else "│  "))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _one_line(text: str) -> str:
    return text.replace("\t", " ").replace("\n", " ")


def raw(value: object) -> str:
    """Return a value whole, as a program would want to read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def cell(value: object) -> str:
    """Return a value as a person wants to read it in a table."""
    if isinstance(value, float):
        return number(value)
    if isinstance(value, datetime):
        return phrase(value)
    return short_iri(raw(value))
