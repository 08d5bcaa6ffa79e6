"""``aitia forward``: send what was recorded here to a broker, for an ingester elsewhere."""

from __future__ import annotations

import os
from contextlib import suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING

import click

from aitia.cli import present
from aitia.cli.opening import Progress, directory
from aitia.errors import NotFoundError

if TYPE_CHECKING:
    from aitia.ingest.transports.forward import Forwarder, Sent
    from aitia.ingest.transports.port import Sender

LEAST_PAUSE = 0.5
"""Least seconds between two looks at the journals."""

PATIENCE = 10.0
"""Seconds that a broker may be away when the command is to end."""


@click.command("forward")
@click.argument("url")
@click.option("--follow", is_flag=True, help="Go on, and send what is recorded meanwhile.")
@click.option("--again", is_flag=True, help="Send everything, also what was sent already.")
@present.json_option
def command(url: str, as_json: bool, follow: bool, again: bool) -> None:
    """Send journals to a broker, from where aitia ingest --from takes them.

    URL is redis://HOST:PORT/STREAM, kafka://HOST:PORT/TOPIC or mqtt://HOST:PORT/TOPIC; a password
    is taken from it or from AITIA_BROKER_PASSWORD. What was sent is kept in mind: a new start goes
    on where the last one was. The journals stay as they are.
    """
    from aitia.ingest.transports import connect
    from aitia.ingest.transports.forward import Forwarder
    from aitia.ingest.transports.forwarded import Forwarded
    from aitia.ingest.transports.link import Link
    from aitia.ingest.transports.port import Address

    address, root = Address.of(url), directory()
    if not os.path.isdir(root) and not follow:
        raise NotFoundError(
            f"nothing was recorded in {root}",
            expected="a data directory",
            next_step="aitia run python train.py",
        )
    forwarded = Forwarded(root, address.shown, again=again)
    link: Link[Sender] = Link(
        lambda: _told(connect.sender(address)), present.aside, None if follow else PATIENCE
    )
    forwarder = Forwarder(root, forwarded, lambda batch: link.use(lambda side: side.send(batch)))
    try:
        if follow:
            present.aside(f"forwarding {root} to {address.shown}; Ctrl-C ends it")
            with suppress(KeyboardInterrupt):
                _follow(forwarder, root, as_json=as_json)
        else:
            _tell(_once(forwarder, root), as_json=as_json)
    finally:
        link.close()
        forwarded.close()


def _told(sender: Sender) -> Sender:
    """Say when a broker would lose what it has."""
    from aitia.ingest.transports.redis import RedisSender

    if isinstance(sender, RedisSender) and not sender.persistent():
        present.aside("this Redis forgets everything when it is restarted; set appendonly yes")
    return sender


def _once(forwarder: Forwarder, root: str) -> Sent:
    from aitia.config import load
    from aitia.journal.leftover import collect

    collect(os.path.join(root, "journal"), load(directory=root).spool)
    with Progress("forwarding") as progress:
        return forwarder.forward(progress)


def _follow(forwarder: Forwarder, root: str, *, as_json: bool) -> None:
    while True:
        began = monotonic()
        sent = _once(forwarder, root)
        if sent.pieces:
            _tell(sent, as_json=as_json)
        sleep(max(LEAST_PAUSE, monotonic() - began))


def _tell(sent: Sent, *, as_json: bool) -> None:
    from aitia.query.wording import size

    if as_json:
        present.emit_json(sent)
    elif not sent.pieces:
        present.echo("nothing new")
    else:
        noun = "segment" if sent.segments == 1 else "segments"
        present.echo(f"forwarded {size(sent.bytes)} of {sent.segments} {noun}")
