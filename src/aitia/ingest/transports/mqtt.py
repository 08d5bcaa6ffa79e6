"""MQTT 5 with QoS 1: one topic per part, and sessions that outlive the connection.

Members of a group without a share have a shared subscription. A broker refuses a message that no
session waits for, so nothing is sent into the void.
"""

from __future__ import annotations

import os
import queue
import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from time import monotonic
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

TIMEOUT = 30.0
WINDOW = 64
"""Messages that the broker sends ahead of their acknowledgement."""

_FOREVER = 0xFFFFFFFF
_NOBODY = 0x10
_REFUSED = 0x80

_BARRED = ("Not authorized", "Bad user name or password")
"""Answers to a connection that asking again does not change."""

_connections = count()


def _library() -> Any:
    try:
        import paho.mqtt.client
    except ImportError:
        raise MissingExtraError("paho-mqtt", extra="brokers", purpose="mqtt:// addresses") from None
    return paho.mqtt.client


class _Connection:
    """What both sides have in common: a client whose thread talks to the broker."""

    def __init__(self, address: Address, member: str, *, lasting: bool) -> None:
        self._mqtt = _library()
        self._address = address
        self._ready = threading.Event()
        self._broken = ""
        self._barred = False
        self._client = self._mqtt.Client(
            self._mqtt.CallbackAPIVersion.VERSION2,
            client_id=member,
            protocol=self._mqtt.MQTTv5,
            manual_ack=lasting,
            reconnect_on_failure=False,
        )
        if address.user:
            self._client.username_pw_set(address.user, address.password or None)
        if address.secure:
            self._client.tls_set(ca_certs=address.ca or None)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_connect_fail = lambda client, data: self._break("no connection")
        self._open(lasting)

    def _open(self, lasting: bool) -> None:
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        settings = Properties(PacketTypes.CONNECT)
        if lasting:
            settings.SessionExpiryInterval = _FOREVER
            settings.ReceiveMaximum = WINDOW
        host, port = self._address.hosts[0]
        try:
            self._client.connect(host, port, clean_start=not lasting, properties=settings)
        except (OSError, ValueError) as error:
            self._barred = isinstance(error, ssl.SSLError)
            raise self._failure(str(error)) from error
        self._client.loop_start()
        if not self._ready.wait(TIMEOUT) or self._broken:
            self.close()
            raise self._failure(self._broken or "no answer")

    def _failure(self, reason: str) -> BrokerError:
        if not self._barred:
            return BrokerError(
                f"{self._address.shown}: {reason}",
                expected="a broker of MQTT 5" + (", that encrypts" * self._address.secure),
                next_step="start it, or check host and port; with encryption it is mqtts://",
            )
        if reason in _BARRED:
            who = repr(self._address.user) if self._address.user else "anybody without a name"
            return BrokerRefusedError(
                f"{self._address.shown} does not let {who} in: {reason}",
                expected="a name and a password that it knows",
                next_step=f"mqtt://NAME@HOST/TOPIC and {PASSWORD}",
            )
        return BrokerRefusedError(
            f"{self._address.shown}: {reason}",
            expected="encryption that both sides can do",
            next_step=TLS_STEP,
        )

    def _on_connect(self, client: Any, data: Any, flags: Any, code: Any, more: Any) -> None:
        if code.is_failure:
            self._barred = str(code) in _BARRED
            self._break(str(code))
        self._ready.set()

    def _on_disconnect(self, client: Any, data: Any, flags: Any, code: Any, more: Any) -> None:
        self._break(f"disconnected: {code}")

    def _break(self, reason: str) -> None:
        self._broken = self._broken or reason
        self._ready.set()

    def check(self) -> None:
        """Raise when the connection is gone."""
        if self._broken:
            raise self._failure(self._broken)

    def close(self) -> None:
        """Let go of the connection; a lasting session stays."""
        with suppress(OSError, ValueError):
            self._client.disconnect()
            self._client.loop_stop()


class MqttSender(_Connection):
    """Publishes messages to the topics.

    Parameters
    ----------
    address:
        The broker and the topic.
    """

    def __init__(self, address: Address) -> None:
        self._taken: set[int] = set()
        self._refused = ""
        self._unwanted = False
        self._changed = threading.Condition()
        super().__init__(address, "", lasting=False)

    def _open(self, lasting: bool) -> None:
        self._client.max_inflight_messages_set(WINDOW)
        self._client.on_publish = self._on_publish
        super()._open(lasting)

    def send(self, messages: Sequence[Message]) -> None:
        """Return when the broker has acknowledged all of them."""
        self._refused, self._unwanted = "", False
        self._taken.clear()
        parts = self._address.partitions
        sent = set()
        for key, data in messages:
            topic = f"{self._address.name}/{partition(key, parts)}"
            # Not under a lock of one's own: the client holds its own when it calls back.
            told = self._client.publish(topic, data, qos=1)
            if told.rc != self._mqtt.MQTT_ERR_SUCCESS:
                raise self._failure(self._mqtt.error_string(told.rc))
            sent.add(told.mid)
        self._wait(sent)

    def _wait(self, sent: set[int]) -> None:
        end, before = monotonic() + TIMEOUT, 0
        with self._changed:
            while sent - self._taken:
                self.check()
                if len(self._taken) > before:
                    end, before = monotonic() + TIMEOUT, len(self._taken)
                elif monotonic() > end:
                    raise self._failure("no acknowledgement")
                self._changed.wait(0.1)
        if self._unwanted:
            raise BrokerError(
                f"{self._address.shown}: no ingester has ever subscribed there",
                expected="one that has connected once: the broker then keeps what it is to get",
                next_step=f"where the graph is made: aitia ingest --from {self._address.shown}",
            )
        if self._refused:
            raise self._failure(self._refused)

    def _on_publish(self, client: Any, data: Any, mid: int, code: Any, more: Any) -> None:
        with self._changed:
            self._taken.add(mid)
            if code.value == _NOBODY:
                self._unwanted = True
            elif code.value >= _REFUSED:
                self._refused = str(code)
            self._changed.notify_all()


class MqttReceiver(_Connection):
    """Subscribes to the topics, in a session that collects messages while it is away.

    Parameters
    ----------
    address:
        The broker and the topic; ``?member=NAME`` names the session of one of several members of
        a group on one machine.
    group:
        The group of ingesters.
    share:
        The runs that are received; None shares them with all members of the group.
    """

    def __init__(self, address: Address, group: str, share: Share | None = None) -> None:
        self._number = next(_connections)
        self._came: queue.SimpleQueue[tuple[int, bytes]] = queue.SimpleQueue()
        name = address.text("member") or _own_name()
        # A session belongs to one stream: another of the same name would end it.
        member = f"aitia-{group}-{address.name}-{share.name if share else name}"
        super().__init__(address, member, lasting=True)
        parts = range(address.partitions)
        if share is None:
            topics = [f"$share/{group}/{address.name}/+"]
        else:
            topics = [f"{address.name}/{part}" for part in parts if share.has(part)]
        self._subscribe(topics)

    def _open(self, lasting: bool) -> None:
        self._client.on_message = self._on_message
        super()._open(lasting)

    def _subscribe(self, topics: list[str]) -> None:
        done = threading.Event()
        refused: list[str] = []

        def told(client: Any, data: Any, mid: int, codes: Any, more: Any) -> None:
            refused.extend(str(code) for code in codes if code.is_failure)
            done.set()

        self._client.on_subscribe = told
        if not topics:
            return
        self._client.subscribe([(topic, 1) for topic in topics])
        if not done.wait(TIMEOUT) or refused:
            self.close()
            raise self._failure(refused[0] if refused else "no answer to the subscription")

    def _on_message(self, client: Any, data: Any, message: Any) -> None:
        self._came.put((message.mid, message.payload))

    def receive(self, seconds: float) -> Sequence[Delivery]:
        """Return what has come."""
        found: list[Delivery] = []
        end = monotonic() + seconds
        while len(found) < BATCH:
            try:
                # The broker sends no more than its window ahead: what is there is taken.
                wait = 0.0 if found else max(0.0, min(end - monotonic(), 0.2))
                mid, payload = self._came.get(timeout=wait) if wait else self._came.get_nowait()
            except queue.Empty:
                self.check()
                if found or monotonic() >= end:
                    break
                continue
            found.append(((self._number, mid), payload))
        return found

    def waiting(self) -> None:
        """Return nothing: MQTT has no word for it."""

    def acknowledge(self, tokens: Sequence[Any]) -> None:
        """Acknowledge messages; those of an earlier connection come again."""
        self.check()
        for number, mid in tokens:
            if number == self._number:
                self._client.ack(mid, 1)


def _own_name() -> str:
    """Return a name for this machine and user, the same each time."""
    return f"{socket.gethostname()}-{os.getuid()}"
