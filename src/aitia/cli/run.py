"""``aitia run``: run a command and record it."""

from __future__ import annotations

import os

import click

from aitia.cli.opening import directory, place


@click.command(
    "run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}
)
@click.option("--name", help="What to call the run; the script's name by default.")
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMAND...")
@click.pass_context
def command(ctx: click.Context, name: str | None, words: tuple[str, ...]) -> None:
    """Run COMMAND and record it; the script needs no change.

    aitia run python train.py --epochs 10

    Options of aitia come before the command; what follows it is the command's own. The exit code
    is the command's.
    """
    from aitia.recorder import launch

    if place() is not None:
        os.environ["AITIA_DIR"] = directory()
    ctx.exit(launch(list(words), name=name))
