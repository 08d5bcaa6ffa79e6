from __future__ import annotations

import pytest

from aitia.errors import BrokerError, BrokerRefusedError
from aitia.ingest.transports import link as module
from aitia.ingest.transports.link import Link
from aitia.testing.broker import MemoryBroker, MemorySender


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr(module, "sleep", found.append)
    return found


def test_a_broker_that_is_away_is_told_of_once(
    pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    broker, told = MemoryBroker(), list[str]()
    link: Link[MemorySender] = Link(broker.sender, told.append)
    link.use(lambda side: side.send([("run", b"1")]))
    broker.down = True

    def comes_back(seconds: float) -> None:
        pauses.append(seconds)
        broker.down = len(pauses) < 12

    monkeypatch.setattr(module, "sleep", comes_back)
    link.use(lambda side: side.send([("run", b"2")]))
    assert broker.messages == [b"1", b"2"]
    assert told == [
        "the broker in memory is down; trying again until it answers",
        "the broker answers again",
    ]
    assert len(pauses) == 12
    assert pauses[-1] > 5 * pauses[0]
    assert max(pauses) <= module.LONGEST_PAUSE


def test_patience_ends(pauses: list[float]) -> None:
    broker = MemoryBroker()
    broker.down = True
    link: Link[MemorySender] = Link(broker.sender, lambda text: None, patience=0.0)
    with pytest.raises(BrokerError, match="is down"):
        link.use(lambda side: side.send([]))
    assert pauses == []


def test_other_errors_are_not_tried_again() -> None:
    link: Link[MemorySender] = Link(MemoryBroker().sender, lambda text: None)
    with pytest.raises(ZeroDivisionError):
        link.use(lambda side: 1 / 0)


def test_a_broker_that_refuses_is_not_asked_again(pauses: list[float]) -> None:
    told: list[str] = []

    def refuses() -> MemorySender:
        raise BrokerRefusedError("it wants a password")

    link: Link[MemorySender] = Link(refuses, told.append)
    with pytest.raises(BrokerRefusedError):
        link.use(lambda side: side.send([]))
    assert pauses == []
    assert told == []
