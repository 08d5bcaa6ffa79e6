"""What brokers refuse, and what their clients cannot do, said as such and not tried again."""

from __future__ import annotations

from pathlib import Path

import pytest
from journey import forward, record

from aitia.errors import BrokerError, BrokerRefusedError, ConfigError
from aitia.ingest.transports import connect
from aitia.ingest.transports.port import Address


@pytest.mark.parametrize("login", ["", ":wrong@", "me:right@"])
def test_a_redis_that_wants_another_password(guarded_redis, login: str) -> None:
    address = Address.of(f"redis://{login}127.0.0.1:{guarded_redis.port}/x")
    for make in (connect.sender, lambda address: connect.receiver(address, "g")):
        with pytest.raises(BrokerRefusedError, match="AITIA_BROKER_PASSWORD") as caught:
            make(address)
        assert "right" not in str(caught.value)


def test_a_redis_that_has_something_else_of_that_name(guarded_redis) -> None:
    from redis import Redis

    with Redis(port=guarded_redis.port, password="right") as client:
        client.set("taken.0", "a text")
    address = Address.of(f"redis://:right@127.0.0.1:{guarded_redis.port}/taken")
    with pytest.raises(BrokerRefusedError, match="another name for the stream"):
        connect.receiver(address, "g")


# The client leaves the connection to the collector when it does not trust the other side.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_encrypted_broker_is_trusted_by_its_authority(
    guarded_mosquitto, certificates: Path
) -> None:
    url = f"mqtts://lab:right@127.0.0.1:{guarded_mosquitto.port}/x"
    with pytest.raises(BrokerRefusedError, match=r"\?ca=FILE"):
        connect.sender(Address.of(url))
    connect.sender(Address.of(f"{url}?ca={certificates}/ca.pem")).close()


@pytest.mark.parametrize("login", ["", "lab:wrong@"])
def test_a_mosquitto_that_wants_another_name(
    guarded_mosquitto, certificates: Path, login: str
) -> None:
    where = f"127.0.0.1:{guarded_mosquitto.port}/x?ca={certificates}/ca.pem"
    with pytest.raises(BrokerRefusedError, match="Not authorized"):
        connect.sender(Address.of(f"mqtts://{login}{where}"))


def test_nothing_is_sent_where_no_ingester_was(mosquitto, tmp_path: Path) -> None:
    record(tmp_path, notes=1)
    with pytest.raises(BrokerError, match="no ingester has ever subscribed"):
        forward(tmp_path, f"mqtt://127.0.0.1:{mosquitto.port}/nobody")


def test_a_file_of_certificates_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="certificates in PEM form"):
        connect.sender(Address.of(f"rediss://127.0.0.1:1/x?ca={tmp_path}/none.pem"))


def test_kafka_tells_what_waits(kafka_cluster: str, tmp_path: Path) -> None:
    url = f"kafka://{kafka_cluster}/journals"
    record(tmp_path, notes=5)
    forward(tmp_path, url)
    # The group has its parts when the receiver is there: what it has not received, it can count.
    receiver = connect.receiver(Address.of(url), "g")
    before = receiver.waiting()
    assert before is not None
    assert before > 0
    received = receiver.receive(5.0)
    while received:
        receiver.acknowledge([token for token, _ in received])
        received = receiver.receive(1.0)
    assert receiver.waiting() == 0
    receiver.close()


def test_redis_tells_what_waits(redis_server, tmp_path: Path) -> None:
    url = f"redis://127.0.0.1:{redis_server.port}/journals"
    receiver = connect.receiver(Address.of(url), "g")
    assert receiver.waiting() == 0
    record(tmp_path, notes=5)
    forward(tmp_path, url)
    before = receiver.waiting()
    if before is None:
        pytest.skip("Redis before 7 does not tell")
    received = receiver.receive(1.0)
    receiver.acknowledge([token for token, _ in received])
    assert receiver.waiting() == before - len(received)
    receiver.close()
