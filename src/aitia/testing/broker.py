"""A broker in memory that does what real ones may: late, twice, in any order, not at all.

It stands for any back end of ``aitia.ingest.transports``: ``MemoryBroker.sender()`` and
``receiver(group)`` return the two sides of the port.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from aitia.errors import BrokerError


class MemoryBroker:
    """Messages in memory, handed out in the order that ``seed`` gives.

    Parameters
    ----------
    seed:
        Of the order in which messages are delivered; None is the order in which they were sent.
    twice:
        Share of the messages that are delivered twice although they were acknowledged.
    """

    def __init__(self, seed: int | None = None, twice: float = 0.0) -> None:
        self._random = None if seed is None else Random(seed)
        self._twice = twice
        self._groups: dict[str, dict[int, bytes]] = {}
        self._held: dict[str, set[int]] = {}
        self.messages: list[bytes] = []
        self.down = False

    def check(self) -> None:
        """Raise while the broker is down."""
        if self.down:
            raise BrokerError("the broker in memory is down")

    def sender(self) -> MemorySender:
        """Return the side that sends."""
        self.check()
        return MemorySender(self)

    def receiver(self, group: str) -> MemoryReceiver:
        """Return the side that receives; what its group had not acknowledged comes again."""
        self.check()
        self._groups.setdefault(group, dict(enumerate(self.messages)))
        self._held[group] = set()
        return MemoryReceiver(self, group)

    def put(self, data: bytes) -> None:
        """Take a message."""
        self.check()
        self.messages.append(data)
        for waiting in self._groups.values():
            waiting[len(self.messages) - 1] = data

    def get(self, group: str, most: int) -> list[tuple[int, bytes]]:
        """Hand out messages of a group."""
        self.check()
        held = self._held[group]
        free = [number for number in self._groups[group] if number not in held]
        if self._random is not None:
            self._random.shuffle(free)
        held.update(free[:most])
        return [(number, self._groups[group][number]) for number in free[:most]]

    def waiting(self, group: str) -> int:
        """Return how many messages a group has not acknowledged."""
        self.check()
        return len(self._groups[group])

    def forget(self, group: str, number: int) -> None:
        """Take a message out, or as if it had never been acknowledged."""
        self.check()
        if self._random is not None and self._random.random() < self._twice:
            self._held[group].discard(number)
        else:
            self._groups[group].pop(number, None)


class MemorySender:
    """The sending side."""

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = broker

    def send(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Give messages to the broker."""
        for _, data in messages:
            self._broker.put(data)

    def close(self) -> None:
        """Have nothing to let go of."""


class MemoryReceiver:
    """The receiving side."""

    def __init__(self, broker: MemoryBroker, group: str, most: int = 8) -> None:
        self._broker = broker
        self._group = group
        self._most = most

    def receive(self, seconds: float) -> Sequence[tuple[int, bytes]]:
        """Return what the broker hands out, without waiting."""
        return self._broker.get(self._group, self._most)

    def acknowledge(self, tokens: Sequence[int]) -> None:
        """Acknowledge messages."""
        for token in tokens:
            self._broker.forget(self._group, token)

    def waiting(self) -> int:
        """Return how many messages its group has not acknowledged."""
        return self._broker.waiting(self._group)

    def close(self) -> None:
        """Have nothing to let go of."""
