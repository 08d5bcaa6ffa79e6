from __future__ import annotations

import pytest

from aitia.errors import BrokerError
from aitia.testing.broker import MemoryBroker, MemoryReceiver


def everything(receiver: MemoryReceiver) -> list[bytes]:
    found: list[bytes] = []
    while taken := receiver.receive(0):
        found += [data for _, data in taken]
        receiver.acknowledge([token for token, _ in taken])
    return found


def numbers(count: int) -> list[tuple[str, bytes]]:
    return [("key", str(number).encode()) for number in range(count)]


def test_messages_come_in_the_order_of_the_seed_and_twice() -> None:
    sent = [data for _, data in numbers(30)]
    plain, wild = MemoryBroker(), MemoryBroker(seed=3, twice=0.5)
    for broker in (plain, wild):
        broker.sender().send(numbers(30))
    assert everything(plain.receiver("g")) == sent
    found = everything(wild.receiver("g"))
    assert found != sent
    assert len(found) > 30
    assert set(found) == set(sent)


def test_what_was_not_acknowledged_comes_again_to_its_group() -> None:
    broker = MemoryBroker()
    broker.sender().send(numbers(3))
    first, other = broker.receiver("a"), broker.receiver("b")
    assert len(first.receive(0)) == 3
    assert first.receive(0) == []
    assert len(everything(broker.receiver("a"))) == 3
    assert len(everything(other)) == 3


def test_a_broker_that_is_down_does_nothing() -> None:
    broker = MemoryBroker()
    sender, receiver = broker.sender(), broker.receiver("g")
    broker.down = True
    for action in (
        lambda: sender.send(numbers(1)),
        lambda: receiver.receive(0),
        lambda: receiver.acknowledge([1]),
        broker.sender,
    ):
        with pytest.raises(BrokerError):
            action()
