"""How long a query of a verb may take, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aitia.cli import present

if TYPE_CHECKING:
    from aitia.query.limited import LimitedStore
    from aitia.store.port import Store

F = TypeVar("F", bound=Callable[..., Any])


def option(name: str) -> Callable[[F], F]:
    """Give a command the option ``--timeout``, as the parameter ``name``."""
    return click.option(
        "--timeout",
        name,
        type=click.FloatRange(min=0, min_open=True),
        metavar="SECONDS",
        help="Stop the query after so many seconds; without it, only Ctrl-C does.",
    )


timeout_option = option("timeout")


@contextmanager
def limited(store: Store, seconds: float | None) -> Iterator[LimitedStore]:
    """Give a store whose queries stop after ``seconds``, or at once by Ctrl-C."""
    from aitia.query.limited import LimitedStore

    began = monotonic()
    try:
        with LimitedStore(store, seconds) as found:
            yield found
    except KeyboardInterrupt:
        spent = monotonic() - began
        present.aside(f"\nstopped after {spent:.1f} s; next: narrow the query, or give it a LIMIT")
        raise
