"""Kafka: one topic, the run as the key, one consumer group per group of ingesters."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from time import monotonic, sleep
from typing import Any

from aitia.errors import BrokerError, BrokerRefusedError, MissingExtraError
from aitia.ingest.transports.port import (
    PASSWORD,
    TLS_STEP,
    Address,
    Delivery,
    Message,
    Share,
    partition,
)

BATCH = 64
"""Most messages that are received at once."""

GATHER = 0.02
"""Seconds that more messages are waited for once there is one."""

TIMEOUT = 30.0
"""Seconds that a message may take to be in the log of the broker."""

PATIENCE = 10.0
"""Seconds until a broker answers, and has made the topic."""

ROUND = 2.0
"""Seconds of them until what it told is looked at."""

JOINING = 60.0
"""Seconds until a group has divided the partitions; brokers wait some for other members to come."""

_HEARD = 16
"""What brokers told the client that is kept in mind, of which one may say why they refuse."""

_connections = count()


def _library() -> Any:
    try:
        import confluent_kafka
    except ImportError:
        raise MissingExtraError(
            "confluent-kafka", extra="brokers", purpose="kafka:// addresses"
        ) from None
    return confluent_kafka


def _settings(address: Address, told: deque[Any]) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "bootstrap.servers": ",".join(f"{host}:{port}" for host, port in address.hosts),
        # The library writes each failed attempt to standard error; a BrokerError says it once.
        "log_level": 0,
        "error_cb": told.append,
    }
    if address.user:
        settings |= {
            "security.protocol": "SASL_SSL" if address.secure else "SASL_PLAINTEXT",
            "sasl.mechanisms": address.text("sasl").upper() or "PLAIN",
            "sasl.username": address.user,
            "sasl.password": address.password,
        }
    elif address.secure:
        settings["security.protocol"] = "SSL"
    if address.ca:
        settings["ssl.ca.location"] = address.ca
    return settings


def _failure(address: Address, error: object) -> BrokerError:
    return BrokerError(
        f"{address.shown}: {error}",
        expected="a Kafka broker with that topic",
        next_step="start it, or check hosts, topic and encryption (?tls=1)",
    )


def _refused(
    library: Any, address: Address, told: Sequence[Any], topic: Any
) -> BrokerRefusedError | None:
    """Return why brokers refuse, by what they told the client, and by what they say of a topic."""
    kinds = library.KafkaError
    if (
        topic is not None
        and topic.error is not None
        and topic.error.code()
        in (
            kinds.TOPIC_EXCEPTION,
            kinds.TOPIC_AUTHORIZATION_FAILED,
        )
    ):
        return BrokerRefusedError(
            f"{address.shown}: {topic.error.str()}",
            expected="a topic that this user may use, of letters, digits, '.', '_' and '-'",
            next_step="take another name for it, or have it made",
        )
    for error in told:
        if error.code() == kinds._AUTHENTICATION:
            return BrokerRefusedError(
                f"{address.shown} does not let {address.user!r} in ({_plain(error)})",
                expected="a name and a password that it knows",
                next_step=f"kafka://NAME@HOSTS/TOPIC and {PASSWORD}; ?sasl=SCRAM-SHA-256 and such",
            )
        if error.code() == kinds._SSL:
            return BrokerRefusedError(
                f"{address.shown}: {_plain(error)}",
                expected="encryption that both sides can do",
                next_step=TLS_STEP,
            )
    return None


def _plain(error: Any) -> str:
    """Return what the client says about an error, without its own name for the connection."""
    return str(error.str()).rpartition("]: ")[2].partition(" (after ")[0]


def _parts(library: Any, client: Any, address: Address, told: Sequence[Any]) -> int:
    """Return how many partitions the topic has; a broker that may make topics makes it first.

    Parameters
    ----------
    told:
        What the client hears from the brokers meanwhile.
    """
    end, problem = monotonic() + PATIENCE, ""
    while True:
        topic = None
        try:
            topic = client.list_topics(address.name, timeout=ROUND).topics.get(address.name)
        except library.KafkaException as error:
            client.poll(0)
            problem = _plain(told[-1]) if told else error.args[0].str()
        refused = _refused(library, address, told, topic)
        if refused is not None:
            raise refused
        if topic is not None and topic.partitions:
            return len(topic.partitions)
        if monotonic() > end:
            raise _failure(address, problem or "there is no such topic")
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
        told: deque[Any] = deque(maxlen=_HEARD)
        self._producer = self._library.Producer(
            _settings(address, told)
            | {
                "acks": "all",
                "enable.idempotence": True,
                "linger.ms": 5,
                "compression.type": "lz4",
                "delivery.timeout.ms": int(TIMEOUT * 1000),
            }
        )
        self._parts = _parts(self._library, self._producer, address, told)

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
        self._joined = False
        self._early: list[Any] = []
        told: deque[Any] = deque(maxlen=_HEARD)
        self._consumer = self._library.Consumer(
            _settings(address, told)
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
        try:
            parts = _parts(self._library, self._consumer, address, told)
            self._begin(parts, share)
        except BrokerError:
            self.close()
            raise

    def _begin(self, parts: int, share: Share | None) -> None:
        if share is None:
            self._consumer.subscribe([self._address.name], on_assign=self._assigned)
            self._join()
        else:
            wanted = [part for part in range(parts) if share.has(part)]
            place = self._library.TopicPartition
            self._consumer.assign([place(self._address.name, part) for part in wanted])

    def _assigned(self, consumer: Any, places: Any) -> None:
        self._joined = True

    def _join(self) -> None:
        """Wait for a part of the topic: until then, that nothing comes says nothing."""
        end = monotonic() + JOINING
        while not self._joined:
            self._early += self._taken(1, ROUND / 4)
            if monotonic() > end:
                raise BrokerError(
                    f"{self._address.shown}: no part of the topic came to this ingester in "
                    f"{JOINING:.0f} s",
                    expected="the other ingesters of the group to make room",
                    next_step="wait until they have brought in what they have, or use --share",
                )

    def _taken(self, most: int, seconds: float) -> list[Any]:
        try:
            return list(self._consumer.consume(most, timeout=seconds))
        except self._library.KafkaException as error:
            raise _failure(self._address, error.args[0].str()) from error

    def receive(self, seconds: float) -> Sequence[Delivery]:
        """Return what has come."""
        messages, self._early = self._early or self._taken(1, seconds), []
        if messages:
            messages += self._taken(BATCH - 1, GATHER)
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

    def waiting(self) -> int | None:
        """Return how many messages of its partitions the group has not acknowledged."""
        try:
            places = self._consumer.committed(self._consumer.assignment(), timeout=PATIENCE)
            count = 0
            for place in places:
                low, high = self._consumer.get_watermark_offsets(place, timeout=PATIENCE)
                # A group that has acknowledged nothing has a negative place.
                count += max(0, high - max(low, place.offset))
        except self._library.KafkaException as error:
            raise _failure(self._address, error.args[0].str()) from error
        return count

    def close(self) -> None:
        """Leave the group."""
        with suppress(self._library.KafkaException, RuntimeError):
            self._consumer.close()
