"""A journey from one data directory to others, by any broker; and what must hold after it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

from aitia.ingest.transports import connect
from aitia.ingest.transports.forward import Forwarder
from aitia.ingest.transports.forwarded import Forwarded
from aitia.ingest.transports.landing import Landing
from aitia.ingest.transports.link import Link
from aitia.ingest.transports.port import Address, Receiver, Share
from aitia.ingest.transports.receive import receive
from aitia.journal.reader import segments, verify
from aitia.journal.writer import JournalWriter
from aitia.records import Note, encode

RUNS = tuple(str(UUID(int=number * 7919 + (4 << 76), version=4)) for number in range(24))


def record(root: Path, notes: int = 40) -> None:
    """Write a journal of each run; one has lines longer than a message."""
    for number, run in enumerate(RUNS):
        writer = JournalWriter.create(root / "journal", run=run)
        for note in range(notes):
            writer.write(encode(Note("x", f"note {note} of {number}")))
        if number == 0:
            writer.write(b'{"k":"note","kind":"x","text":"' + b"y" * 700_000 + b'"}\n')
        writer.close()


def forward(root: Path, url: str) -> None:
    address = Address.of(url)
    forwarded = Forwarded(str(root), address.shown)
    with closing(forwarded), closing(connect.sender(address)) as sender:
        Forwarder(str(root), forwarded, sender.send).forward()


def side(url: str, group: str = "g", share: str = "") -> Link[Receiver]:
    found = Share.of(share) if share else None
    return Link(lambda: connect.receiver(Address.of(url), group, found), print, 30.0)


def until(
    links: list[Link[Receiver]], folder: Path, done: Callable[[], bool], seconds: float = 40
) -> None:
    """Receive by several members in turn until ``done``."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it does not arrive"
        for link in links:
            receive(link, Landing(str(folder)), 0.2)


def files(root: Path) -> dict[str, bytes]:
    found = sorted((root / "journal").rglob("*.jsonl"))
    return {str(f.relative_to(root)): f.read_bytes().rstrip(b"\0") for f in found}


def same(here: Path, there: Path) -> bool:
    return files(here) == files(there)


def seals_hold(root: Path) -> bool:
    return all(verify(segment) for segment in segments(root / "journal"))
