"""``aitia ingest``: bring new journals into the store."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import click

from aitia.cli import present
from aitia.cli.opening import Progress, directory, is_url, opened
from aitia.cli.receiving import Source
from aitia.errors import ConfigError, NotFoundError, StoreLockedError
from aitia.query.wording import short_run

if TYPE_CHECKING:
    from aitia.ingest.live import Live
    from aitia.ingest.pipeline import Summary
    from aitia.reader import Graph
    from aitia.store.remote import RemoteStore

SHOWN = 20
"""Refused records that are shown."""

GROUP = "aitia"

LEAST_PAUSE = 0.5
"""Least seconds between two looks at the journals."""


@click.command("ingest")
@click.option("--watch", is_flag=True, help="Go on, and bring in what is recorded meanwhile.")
@click.option(
    "--jobs",
    type=click.IntRange(min=0),
    help="Worker processes; 0 does all in this one. By default as many as pay.",
)
@click.option("--store", metavar="URL", help="A SPARQL 1.1 server to bring them into.")
@click.option("--from", "source", metavar="URL", help="A broker that journals are forwarded to.")
@click.option("--group", default=GROUP, help="The group of ingesters, with --from.")
@click.option("--share", default="", metavar="K/N", help="Receive this share of the runs only.")
@present.json_option
def command(as_json: bool, source: str | None, group: str, share: str, **how: Any) -> None:
    """Bring new journals into the store, judged by the shapes.

    Every command that reads does this first; this one says what came of it. With --from it takes
    the journals that aitia forward sends from other machines, until no more come.
    """
    if source is None and (share or group != GROUP):
        raise click.UsageError("--share and --group need --from")
    if source is not None:
        _receive(Source(source, group, share), **how, as_json=as_json)
        return
    _here(**how, as_json=as_json)


def _receive(
    source: Source, watch: bool, jobs: int | None, store: str | None, *, as_json: bool
) -> None:
    """Take journals from a broker, and bring them in."""

    live: Live | None = None

    def bring() -> None:
        nonlocal live
        with _into(store) as graph, Progress("ingesting") as progress:
            graph.live = live
            summary = graph.ingest(progress=progress, jobs=jobs)
            live = graph.live
            if live is not None and live.has_ended:
                # Nothing more may come of a run that has ended: it is judged as a whole now.
                summary = graph.ingest(progress=progress, jobs=jobs)
        if summary.runs or not watch:
            tell(summary, as_json=as_json)

    with suppress(KeyboardInterrupt):
        source.receive(bring, watch=watch)


def _here(watch: bool, jobs: int | None, store: str | None, *, as_json: bool) -> None:
    """Bring in the journals of this data directory."""
    if watch:
        with suppress(KeyboardInterrupt):
            _watch(jobs, store, as_json=as_json)
        return
    with _into(store) as graph, Progress("ingesting") as progress:
        summary = graph.ingest(progress=progress, jobs=jobs)
    tell(summary, as_json=as_json)


def _into(store: str | None) -> Graph:
    """Return the graph that journals are brought into: here, or on a server."""
    if store is None:
        return opened(ingest=False, writing=True)
    if not is_url(store):
        raise ConfigError(f"the store {store!r}", expected="the http(s) address of a server")
    from aitia.config import load
    from aitia.reader import Graph
    from aitia.validation.extensions import load as load_extensions

    root = directory()
    if not os.path.isdir(root):
        raise NotFoundError(f"nothing was recorded in {root}", expected="a data directory")
    return Graph(_server(store), root, load_extensions(load().extensions))


@cache
def _server(url: str) -> RemoteStore:
    """Return a server, of which is found out once how it is written to."""
    from aitia.store.remote import RemoteStore

    return RemoteStore(url)


def _watch(jobs: int | None, store: str | None, *, as_json: bool) -> None:
    """Bring in what changes until interrupted; the store is free in between."""
    from aitia.ingest import watching

    root = directory()
    present.aside(f"watching {root}; Ctrl-C ends it")
    try:
        _look(root, jobs, store, as_json=as_json)
    finally:
        watching.release(root)


def _look(root: str, jobs: int | None, store: str | None, *, as_json: bool) -> None:
    """Look at the journals again and again, and bring in what has changed."""
    from aitia.ingest import watching
    from aitia.ingest.journals import journals

    seen: dict[str, str] = {}
    live: Live | None = None
    if not journals(root):
        present.aside("nothing was recorded there yet")
    while True:
        began = monotonic()
        now = {journal.bundle: journal.watermark() for journal in journals(root)}
        if now != seen or (live is not None and live.has_ended):
            try:
                live = _brought(live, jobs, store, as_json=as_json)
                seen = now
            except StoreLockedError as error:
                present.aside(f"{error.got}; it is waited for")
        if live is not None:
            watching.claim(root, live.bundles)
        # What cannot be followed is made again as a whole, so it is looked at less often.
        whole = live is not None and live.is_whole
        sleep(max(LEAST_PAUSE, monotonic() - began) if whole else LEAST_PAUSE)


def _brought(live: Live | None, jobs: int | None, store: str | None, *, as_json: bool) -> Live:
    """Bring in what has changed, tell of it, and return the runs that go on."""
    with _into(store) as graph, Progress("ingesting") as progress:
        graph.live = live
        summary = graph.ingest(progress=progress, jobs=jobs)
    if summary.runs:
        tell(summary, as_json=as_json)
    assert graph.live is not None
    return graph.live


def tell(summary: Summary, *, as_json: bool) -> None:
    """Print what an ingest did."""
    if as_json:
        present.emit_json(summary)
        return
    if not summary.runs:
        present.echo("nothing new")
    else:
        noun = "bundle" if summary.runs == 1 else "bundles"
        present.echo(
            f"{summary.runs} {noun}, {summary.records:,} records, {summary.quads:,} statements"
        )
    _refused(summary)
    for problem in summary.problems:
        present.echo(f"damaged: {problem}")
    _results(summary)


def _refused(summary: Summary) -> None:
    for refused in summary.refused[:SHOWN]:
        where = f"{short_run(refused.run)} {refused.segment} line {refused.number}"
        present.echo(f"refused: {where}: {refused.text()}")
        for reason in refused.reasons:
            present.echo(f"  because: {reason}")
    if summary.refused:
        present.echo("they wait in quarantine: aitia query quarantined")
    if len(summary.refused) > SHOWN:
        present.echo(f"… and {len(summary.refused) - SHOWN} more refused; all: aitia ingest --json")


def _results(summary: Summary) -> None:
    weaker = [result for _, result in summary.results if result.severity != "must"]
    if weaker:
        present.echo(f"{len(weaker)} findings that are not errors: aitia validate")
