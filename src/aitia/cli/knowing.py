"""The options of background knowledge: a file that overrules the graph, and how one comes about."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aitia.cli import present
from aitia.errors import ExportError

if TYPE_CHECKING:
    from aitia.projection.table import FeatureTable

F = TypeVar("F", bound=Callable[..., Any])

_FILE = click.Path(dir_okay=False)


def knowledge_option(function: F) -> F:
    """Give a command the option ``--knowledge FILE``."""
    return click.option(
        "--knowledge",
        type=_FILE,
        metavar="FILE",
        help="TOML that overrules what the graph says came first; see --write-knowledge of causal.",
    )(function)


def write(table: FeatureTable, path: str) -> None:
    """Write what the graph says of a table to a file that is to be edited.

    Raises
    ------
    ExportError
        When there is such a file already, or it cannot be written.
    """
    from aitia.causal.knowledge_file import written
    from aitia.causal.sampling import design
    from aitia.config import load

    by = load().agent or os.environ.get("USER", "")
    text = written(table, design(table).random, by)
    try:
        with open(path, "x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError:
        raise ExportError(
            f"{path} is there already",
            expected="a new name, as what was edited would be lost",
            next_step="name another file, or move that one away",
        ) from None
    except OSError as error:
        raise ExportError(f"{path} cannot be written ({error.strerror})") from error
    present.aside(f"{path}: edit it, then give it by --knowledge {path}")
