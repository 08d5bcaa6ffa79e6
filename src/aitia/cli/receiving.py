"""``aitia ingest --from``: journals that others forwarded, written here and brought in."""

from __future__ import annotations

import os
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from aitia.cli import present
from aitia.cli.opening import directory
from aitia.errors import StoreLockedError

if TYPE_CHECKING:
    from aitia.ingest.transports.landing import Landing
    from aitia.ingest.transports.link import Link
    from aitia.ingest.transports.port import Receiver
    from aitia.ingest.transports.receive import Received

QUIET = 2.0
"""Seconds without a message after which all is taken to be here."""

LEAST_WAIT = 0.5
"""Seconds that a look at the broker may take."""

SOON = 1.0
"""Least seconds after which what has come is brought in although more comes."""

LONGEST = 10.0
"""Most of them; in between, as many as it took the last time."""

HELD = 25.0
"""Seconds that messages are waited for which another ingester took: killed ones give them back."""

PATIENCE = 10.0
"""Seconds that a broker may be away when the command is to end."""


class Source:
    """A broker that journals come from.

    Parameters
    ----------
    url:
        The broker and the stream there.
    group:
        The group of ingesters; each receives everything once.
    share:
        Such as ``2/4``, the runs that this ingester receives; empty for what no other of its
        group has received.
    """

    def __init__(self, url: str, group: str, share: str) -> None:
        from aitia.ingest.transports.port import Address, Share

        self.address = Address.of(url)
        self.group = group
        self.share = Share.of(share) if share else None

    def receive(self, ingest: Callable[[], None], *, watch: bool) -> None:
        """Write what comes to the journals here, and call ``ingest`` when it is time.

        Parameters
        ----------
        ingest:
            Brings the journals in.
        watch:
            Whether to go on when nothing comes any more.
        """
        from aitia.ingest.transports import connect
        from aitia.ingest.transports.landing import Landing
        from aitia.ingest.transports.link import Link

        root = directory()
        os.makedirs(root, exist_ok=True)
        link: Link[Receiver] = Link(
            lambda: connect.receiver(self.address, self.group, self.share),
            present.aside,
            None if watch else PATIENCE,
        )
        landing = Landing(root)
        if watch:
            present.aside(f"receiving from {self.address.shown} into {root}; Ctrl-C ends it")
        try:
            self._rounds(link, landing, ingest, watch=watch)
        finally:
            link.close()
            for gap in landing.gaps():
                present.aside(f"{gap} waits for bytes that have not come")

    def _rounds(
        self,
        link: Link[Receiver],
        landing: Landing,
        ingest: Callable[[], None],
        *,
        watch: bool,
    ) -> None:
        from aitia.ingest.transports.receive import receive

        last = told = monotonic()
        due: float | None = last
        longest, tally = SOON, _Tally()
        while True:
            received = receive(link, landing, LEAST_WAIT)
            _warn(received)
            now = monotonic()
            if received.messages:
                last, due = now, now if due is None else due
                tally.add(received)
            quiet = now - last >= (LEAST_WAIT if watch else QUIET)
            ripe = due is not None and (quiet or (watch and now - due > longest))
            if tally.messages and (ripe or now - told > LONGEST):
                tally.tell(link.use(lambda side: side.waiting()))
                told = now
            if ripe:
                due = None if _brought_in(ingest) else now
                longest = min(LONGEST, max(SOON, monotonic() - now))
            if quiet and not watch and due is None:
                held = link.use(lambda side: side.waiting())
                if not held or now - last >= HELD:
                    break
        self._end(tally, held)

    def _end(self, tally: _Tally, held: int | None) -> None:
        """Say what is left for another time, and that nothing came."""
        if held:
            noun = "message waits" if held == 1 else "messages wait"
            present.aside(f"{held:,} {noun}: another ingester of {self.group!r} has received them")
        elif not tally.total:
            present.aside(
                f"nothing came: the group {self.group!r} has received all that was sent to "
                f"{self.address.shown}, or its name is another"
            )


class _Tally:
    """What has come since it was last told."""

    def __init__(self) -> None:
        self.total = self.messages = self._fresh = self._known = 0

    def add(self, received: Received) -> None:
        """Count what has come."""
        self.total += received.messages
        self.messages += received.messages
        self._fresh += received.landed.fresh
        self._known += received.landed.known

    def tell(self, waiting: int | None) -> None:
        """Say what has come, and how many messages wait, and begin again."""
        from aitia.query.wording import size

        noun = "message" if self.messages == 1 else "messages"
        again = f", {size(self._known)} were here already" if self._known else ""
        more = f"; {waiting:,} more wait" if waiting else ""
        present.aside(f"received {self.messages:,} {noun}, {size(self._fresh)} new{again}{more}")
        self.messages = self._fresh = self._known = 0


def _brought_in(ingest: Callable[[], None]) -> bool:
    """Bring in what has come; False when another ingester holds the store, which then has it."""
    try:
        ingest()
    except StoreLockedError:
        return False
    return True


def _warn(received: Received) -> None:
    for reason in received.refused:
        present.aside(f"dropped {reason}")
    for file in received.landed.conflicts:
        present.aside(f"{file} was sent in two versions; the first is kept: aitia fsck")
