"""Receiving: messages become pieces, pieces land on the disk, and only then are acknowledged."""

from __future__ import annotations

from typing import NamedTuple

from aitia.errors import IngestError
from aitia.ingest.transports.landing import Landed, Landing
from aitia.ingest.transports.link import Link
from aitia.ingest.transports.piece import decode
from aitia.ingest.transports.port import Receiver


class Received(NamedTuple):
    """What came at once: how many messages, what became of them, and why some were dropped."""

    messages: int
    landed: Landed
    refused: tuple[str, ...] = ()


def receive(link: Link[Receiver], landing: Landing, seconds: float) -> Received:
    """Take what comes within ``seconds`` at most, and acknowledge it once it is on the disk.

    Raises
    ------
    JournalError
        When it cannot be written; it then comes again.
    BrokerError
        When the broker does not come back.
    """
    deliveries = link.use(lambda side: side.receive(seconds))
    if not deliveries:
        return Received(0, Landed())
    pieces, refused = [], []
    for _, message in deliveries:
        try:
            pieces.append(decode(message))
        except IngestError as error:
            # It will be no better when it comes again.
            refused.append(error.got)
    landed = landing.take(pieces)
    tokens = [token for token, _ in deliveries]
    link.use(lambda side: side.acknowledge(tokens))
    return Received(len(deliveries), landed, tuple(refused))
