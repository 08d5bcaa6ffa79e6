"""Kafka: one topic, the run as the key, one consumer group per group of ingesters."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from time import monotonic, sleep
from typing import Any

from aitia.errors import BrokerError, MissingExtraError
from aitia.ingest.transports.port import Address, Delivery, Message, Share, partition

BATCH = 64
"""Most messages that are received at once."""

GATHER = 0.02
"""Seconds that more messages are waited for once there is one."""

TIMEOUT = 30.0
"""Seconds that a message may take to be in the log of the broker."""

PATIENCE = 10.0
"""Seconds until a broker answers, and has made the topic."""

_connections = count()


def _library() -> Any:
    try:
        import confluent_kafka
    except ImportError:
        raise MissingExtraError(
            "confluent-kafka", extra="brokers", purpose="kafka:// addresses"
        ) from None
    return confluent_kafka


def _settings(address: Address) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "bootstrap.servers": ",".join(f"{host}:{port}" for host, port in address.hosts),
        # The library writes each failed attempt to standard error; a BrokerError says it once.
        "log_level": 0,
        "error_cb": lambda error: None,
    }
    if address.user:
        settings |= {
            "security.protocol": "SASL_SSL" if address.secure else "SASL_PLAINTEXT",
            "sasl.mechanisms": "PLAIN",
            "sasl.username": address.user,
            "sasl.password": address.password,
        }
    elif address.secure:
        settings["security.protocol"] = "SSL"
    return settings


def _failure(address: Address, error: object) -> BrokerError:
    return BrokerError(
        f"{address.shown}: {error}",
        expected="a Kafka broker with that topic",
        next_step="start it, or check hosts and topic",
    )


def _parts(library: Any, client: Any, address: Address) -> int:
    """Return how many partitions the topic has; a broker that may make topics makes it first."""
    end = monotonic() + PATIENCE
    while True:
        try:
            topics = client.list_topics(address.name, timeout=PATIENCE).topics
        except library.KafkaException as error:
            raise _failure(address, error.args[0].str()) from error
        parts = len(topics[address.name].partitions) if address.name in topics else 0
        if parts:
            return parts
        if monotonic() > end:
            raise _failure(address, "there is no such topic")
        sleep(0.2)


class KafkaSender:
    """Appends messages to the topic.

    Parameters
    ----------
    address:
        The brokers and the topic.
    """

    def __init__(self, address: Address) -> None:
        self._library = _library()
        self._address = address
        self._failed: list[str] = []
        self._producer = self._library.Producer(
            _settings(address)
            | {
                "acks": "all",
                "enable.idempotence": True,
                "linger.ms": 5,
                "compression.type": "lz4",
                "delivery.timeout.ms": int(TIMEOUT * 1000),
            }
        )
        self._parts = _parts(self._library, self._producer, address)

    def send(self, messages: Sequence[Message]) -> None:
        """Return when all replicas that are in step have them."""
        self._failed = []
        for key, data in messages:
            self._produce(key, data)
        left = self._producer.flush(TIMEOUT + 5.0)
        if self._failed or left:
            # What is still on its way is not to come when it was sent again.
            self._producer.purge()
            reason = self._failed[0] if self._failed else f"{left} messages are not taken"
            raise _failure(self._address, reason)

    def _produce(self, key: str, data: bytes) -> None:
        part = partition(key, self._parts)
        end = monotonic() + TIMEOUT
        while True:
            try:
                self._producer.produce(
                    self._address.name, data, key.encode(), partition=part, on_delivery=self._told
                )
                self._producer.poll(0)
                return
            except BufferError:
                if monotonic() > end:
                    raise _failure(self._address, "the queue is full") from None
                self._producer.poll(0.1)
            except self._library.KafkaException as error:
                raise _failure(self._address, error.args[0].str()) from error

    def _told(self, error: Any, message: Any) -> None:
        if error is not None:
            self._failed.append(error.str())

    def close(self) -> None:
        """Let go of the connection."""
        with suppress(self._library.KafkaException):
            self._producer.purge()
            self._producer.flush(0)


class KafkaReceiver:
    """Reads the topic as a member of a group; the broker divides its partitions.

    With a share the partitions are fixed instead.
    """

    def __init__(self, address: Address, group: str, share: Share | None = None) -> None:
        self._library = _library()
        self._address = address
        self._number = next(_connections)
        self._consumer = self._library.Consumer(
            _settings(address)
            | {
                "group.id": group,
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "allow.auto.create.topics": True,
                # What a killed member had is another's after these.
                "session.timeout.ms": 10_000,
                # Making the graphs of what came may take long.
                "max.poll.interval.ms": 3_600_000,
            }
        )
        parts = _parts(self._library, self._consumer, address)
        if share is None:
            self._consumer.subscribe([address.name])
        else:
            wanted = [part for part in range(parts) if share.has(part)]
            place = self._library.TopicPartition
            self._consumer.assign([place(address.name, part) for part in wanted])

    def receive(self, seconds: float) -> Sequence[Delivery]:
        """Return what has come."""
        try:
            messages = self._consumer.consume(1, timeout=seconds)
            if messages:
                messages += self._consumer.consume(BATCH - 1, timeout=GATHER)
        except self._library.KafkaException as error:
            raise _failure(self._address, error.args[0].str()) from error
        found: list[Delivery] = []
        for message in messages:
            problem = message.error()
            if problem is None:
                place = (self._number, message.partition(), message.offset())
                found.append((place, message.value() or b""))
            elif problem.fatal():
                raise _failure(self._address, problem.str())
        return found

    def acknowledge(self, tokens: Sequence[Any]) -> None:
        """Move the group's place behind these messages, which were received in order."""
        ends: dict[int, int] = {}
        for number, part, offset in tokens:
            if number == self._number:
                ends[part] = max(ends.get(part, 0), offset + 1)
        if not ends:
            # They are from an earlier connection, and come again.
            return
        place = self._library.TopicPartition
        offsets = [place(self._address.name, part, end) for part, end in ends.items()]
        try:
            self._consumer.commit(offsets=offsets, asynchronous=False)
        except self._library.KafkaException as error:
            raise _failure(self._address, error.args[0].str()) from error

    def close(self) -> None:
        """Leave the group."""
        with suppress(self._library.KafkaException, RuntimeError):
            self._consumer.close()
