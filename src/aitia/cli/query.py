"""``aitia query``: the library of questions, each with options made from its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from aitia.cli import limits, present
from aitia.cli.opening import opened
from aitia.errors import NotFoundError

if TYPE_CHECKING:
    from aitia.query.catalog import Parameter, Question
    from aitia.store.port import Store

_TYPES: dict[str, click.ParamType[Any]] = {
    "integer": click.INT,
    "double": click.FLOAT,
    "boolean": click.BOOL,
}
_SHOWN = {"string": "TEXT", "iri": "IRI", "run": "RUN", "path": "FILE"}


class Library(click.Group):
    """The questions as commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all questions."""
        from aitia.query.catalog import load

        return list(load())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of one question; an unknown name is refused with the nearest one."""
        from aitia.query.catalog import load

        return question_command(load()[cmd_name])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the questions under their families."""
        from aitia.query.catalog import load

        for family, questions in load().families().items():
            with formatter.section(f"About {family}"):
                formatter.write_dl([(q.name, q.title) for q in questions])


@click.command(
    "query",
    cls=Library,
    invoke_without_command=True,
    subcommand_metavar="[NAME [--PARAMETER VALUE]...]",
)
@click.option("--list", "listed", is_flag=True, help="List the questions, as without a name.")
@click.option("--for", "audience", help="Only questions for these readers, such as auditor.")
@click.option("--family", help="Only questions of one family, such as lineage.")
@present.json_option
@click.pass_context
def command(
    ctx: click.Context, listed: bool, audience: str | None, family: str | None, as_json: bool
) -> None:
    """Ask a question of the library; without a name, list the questions.

    aitia query NAME --help says what a question means and which parameters it has.
    """
    if ctx.invoked_subcommand is not None and not listed:
        return
    from aitia.vocabulary.stakeholders import named

    reader = named(audience) if audience is not None else None
    found = [q for q in _all() if _is_for(q, reader) and family in (None, q.family)]
    if not found:
        raise NotFoundError(
            f"no question of {family!r}" + (f" for {reader}" if reader else ""),
            expected=f"families among {', '.join(dict.fromkeys(q.family for q in _all()))}",
            next_step="aitia query",
        )
    if as_json:
        present.emit_json([_described(question) for question in found])
    else:
        _list(found)
    ctx.exit()


def _all() -> list[Question]:
    from aitia.query.catalog import load

    return list(load().values())


def _is_for(question: Question, reader: str | None) -> bool:
    return reader is None or reader in question.audience


def _described(question: Question) -> dict[str, Any]:
    about = question._asdict()
    about.pop("path")
    return about


def _list(questions: list[Question]) -> None:
    if not present.on_terminal():
        present.rows(
            ("name", "family", "question"), [(q.name, q.family, q.question) for q in questions]
        )
        return
    family = ""
    width = max(len(question.name) for question in questions)
    for question in questions:
        if question.family != family:
            family = question.family
            present.echo()
            present.heading(family)
        present.echo(f"  {question.name.ljust(width)}  {question.question}")


def question_command(question: Question) -> click.Command:
    """Return the command that asks one question."""

    def ask(form: str | None, time_limit: float | None, **given: object) -> None:
        from aitia.query.run import answers

        with opened() as graph, limits.limited(graph.store, time_limit) as store:
            parameters = {
                name: _run(store, value) if question.parameters[name].type == "run" else value
                for name, value in given.items()
                if value not in (None, ())
            }
            present.answers(answers(store, question, **parameters), form)

    made = click.Command(
        question.name,
        params=[_option(parameter) for parameter in question.parameters.values()],
        callback=ask,
        short_help=question.title,
        help=_help(question),
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    return limits.option("time_limit")(present.format_option(made))


def _option(parameter: Parameter) -> click.Option:
    from aitia.query.catalog import OPEN

    words = parameter.description
    if not parameter.required and parameter.default != OPEN:
        words += f" [default: {parameter.default}]"
    several = parameter.type == "string"
    words += "; may be repeated" if several else ""
    return click.Option(
        [f"--{parameter.name.replace('_', '-')}", parameter.name],
        type=_TYPES.get(parameter.type, click.STRING),
        metavar=_SHOWN.get(parameter.type),
        required=parameter.required,
        multiple=several,
        help=words,
    )


def _help(question: Question) -> str:
    columns = "\n".join(f"  {name}: {about}" for name, about in question.columns.items())
    readers = f"For: {', '.join(question.audience)}.\n\n" if question.audience else ""
    return f"{question.question}\n\n{readers}\b\nColumns:\n{columns}"


def _run(store: Store, value: object) -> str:
    from aitia.query.runs import resolve

    return resolve(store, str(value)).iri
