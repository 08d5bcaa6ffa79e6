"""``aitia ontology``: check modules of one's own that extend the ontology."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aitia.cli import present

if TYPE_CHECKING:
    from aitia.vocabulary.extensions import Extension


@click.group("ontology")
def command() -> None:
    """Check modules of your own that extend the ontology."""


@command.command("check")
@click.argument("files", nargs=-1, type=click.Path(dir_okay=False))
@click.option("--fast", is_flag=True, help="Check the class hierarchy only; ask no reasoner.")
def check(files: tuple[str, ...], fast: bool) -> None:
    """Check FILES, or those of [ontology] extensions, against the ontology.

    A module that contradicts the ontology is refused with the statements that do.
    """
    from aitia.config import load as load_settings
    from aitia.validation.extensions import load

    paths = files or load_settings().extensions
    if not paths:
        present.echo("no extensions: name files, or set [ontology] extensions in aitia.toml")
        return
    found = load(paths)
    note = "" if fast else _reason(paths)
    for extension in found:
        present.echo(_told(extension))
    if fast:
        note = "not asked"
    present.echo(
        f"full reasoning was not done: {note}; the class hierarchy holds no contradiction"
        if note
        else "consistent with the ontology, by HermiT"
    )


def _reason(paths: tuple[str, ...]) -> str:
    """Ask the reasoner; return why it could not be asked."""
    from aitia.validation.extensions import refusal
    from aitia.validation.reasoning import culprit, unavailable

    reason = unavailable()
    if not reason:
        statements = culprit(paths)
        if statements:
            raise refusal(", ".join(paths), "; ".join(statements))
    return reason


def _told(extension: Extension) -> str:
    counts = (
        f"{len(extension.classes)} classes, {len(extension.relations)} relations, "
        f"{len(extension.attributes)} attributes"
    )
    return f"{extension.path}: {extension.prefix}: <{extension.namespace}>, {counts}"
