"""How a verb comes to the graph: the directory meant, new journals brought in, a busy store."""

from __future__ import annotations

import os
from time import monotonic, sleep
from typing import TYPE_CHECKING

import click

from aitia.cli import present
from aitia.errors import ConfigError, MissingExtraError, NotFoundError, StoreLockedError

if TYPE_CHECKING:
    from aitia.reader import Graph

PATIENCE = 5.0
"""Seconds to wait for another command that holds the store."""

BRIEFLY = 1.0
"""Seconds after which a command that only reads does so beside the one that holds the store."""

SHOWN_AFTER = 1.0
"""Seconds after which the progress of an ingest is shown."""


def place() -> str | None:
    """Return what ``--at`` named, or None."""
    at = click.get_current_context().find_root().obj
    return at if isinstance(at, str) else None


def is_url(text: str | None) -> bool:
    """Return whether a place is a SPARQL endpoint."""
    return text is not None and text.startswith(("http://", "https://"))


def directory() -> str:
    """Return the data directory meant, whether or not it is there.

    Raises
    ------
    ConfigError
        When an endpoint was named: it has no journals.
    """
    at = place()
    if is_url(at):
        raise ConfigError(
            f"{at} is an endpoint",
            expected="a data directory, because this command works on journals",
            next_step="leave out --at, or name a directory",
        )
    from aitia.config import load

    return load(directory=None if at is None else os.path.abspath(at)).directory


def opened(*, ingest: bool = True, writing: bool = False) -> Graph:
    """Return the graph meant, with what was recorded since brought in.

    When a server holds the store it is asked instead. Another process that holds it is waited for
    a moment; what the store holds then is read beside it.

    Parameters
    ----------
    ingest:
        Whether what was recorded since is brought in.
    writing:
        Whether the store is to be written to: its holder is waited for, for longer.

    Raises
    ------
    NotFoundError
        When nothing was recorded there.
    StoreLockedError
        When another process keeps the store for long, and it cannot be read beside it.
    """
    at = place()
    began = monotonic()
    while True:
        try:
            return _open(at, ingest=ingest)
        except StoreLockedError:
            server = _server()
            if server is not None:
                return server
            waited = monotonic() - began
            if not writing and waited > BRIEFLY:
                beside = _beside(at)
                if beside is not None:
                    return beside
            if waited > PATIENCE:
                raise
            sleep(0.1)


def _open(at: str | None, *, ingest: bool) -> Graph:
    from aitia.reader import open as open_graph

    if not ingest:
        return open_graph(at, ingest=False)
    with Progress("ingesting") as progress:
        return open_graph(at, progress=progress)


def _server() -> Graph | None:
    """Return the graph of the server that holds the store, if there is one."""
    from aitia.reader import STORE
    from aitia.reader import open as open_graph
    from aitia.store import owner

    found = owner.read(os.path.join(directory(), STORE))
    if found is None or not found.url or not found.is_here():
        return None
    try:
        graph = open_graph(found.url)
    except MissingExtraError:
        return None
    present.aside(f"asking {found.url}, which holds the store")
    return graph


def _beside(at: str | None) -> Graph | None:
    """Return the graph of what the store holds at the moment, or None when it cannot be read."""
    from aitia.ingest.pipeline import pending
    from aitia.query.wording import size
    from aitia.reader import STORE
    from aitia.reader import open as open_graph
    from aitia.store import owner

    try:
        graph = open_graph(at, read_only=True)
    except (StoreLockedError, NotFoundError):
        return None
    assert graph.directory is not None
    waiting = pending(graph.directory, graph.store, graph.extensions)
    told = f"; {size(waiting)} of journals are not in it yet" if waiting else ""
    found = owner.read(os.path.join(graph.directory, STORE))
    who = "another process" if found is None else f"process {found.pid} ({found.command})"
    present.aside(f"{who} holds the store; this is what it holds now{told}")
    return graph


class Progress:
    """A bar on standard error, shown once the work takes longer than a second.

    Used as a context manager; called with what is done and what there is to do, in bytes or,
    when ``unit`` says so, in things.
    """

    def __init__(self, what: str, unit: str = "") -> None:
        self.what = what
        self.unit = unit
        self.began = monotonic()
        self.shown = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self.shown and present.person_reads_errors():
            click.echo("\r\x1b[K", nl=False, err=True)

    def __call__(self, done: int, total: int) -> None:
        """Show how far the work is."""
        if monotonic() - self.began < SHOWN_AFTER:
            return
        text = f"{self.what} {self._amount(done, total)}"
        if present.person_reads_errors():
            full = round(24 * done / total) if total else 24
            bar = f"[{'#' * full}{'.' * (24 - full)}]"
            click.echo(f"\r\x1b[K{text} {bar} {self._left(done, total)}", nl=False, err=True)
        elif not self.shown:
            click.echo(f"{self.what} {self._amount(total)}", err=True)
        self.shown = True

    def _left(self, done: int, total: int) -> str:
        """Return the rate so far, and how long the rest takes at that rate."""
        spent = monotonic() - self.began
        if not done or not spent:
            return ""
        rate = done / spent
        return f"{self._amount(round(rate))}/s, {round((total - done) / rate)} s left"

    def _amount(self, *counts: int) -> str:
        """Return one count, or a part and the whole, in words."""
        from aitia.query.wording import size

        told = " of ".join(str(count) if self.unit else size(count) for count in counts)
        return f"{told} {self.unit}".rstrip()
