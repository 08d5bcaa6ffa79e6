"""Redis Streams: one stream per part, one consumer group per group of ingesters.

What all groups have acknowledged is taken out of the streams, so that they hold what is under way
and no more.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, TypeVar

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

Outcome = TypeVar("Outcome")

FIELD = b"p"
BATCH = 64
"""Most messages that are received at once."""

IDLE = 10.0
"""Seconds after which what a member of a group received but did not acknowledge goes to another."""

TRIM_EVERY = 64
"""Acknowledgements between two cleanings of the streams."""

_TIMEOUT = 10.0

_UNUSABLE = ("WRONGTYPE", "unknown command", "ERR unknown command")
"""How Redis says that what has the name is something else, or that it is too old."""


def _library() -> Any:
    try:
        import redis
    except ImportError:
        raise MissingExtraError("redis", extra="brokers", purpose="redis:// addresses") from None
    return redis


class _Connection:
    """What both sides have in common."""

    def __init__(self, address: Address) -> None:
        self._redis = _library()
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._address = address
        host, port = address.hosts[0]
        self._client = self._redis.Redis(
            host=host,
            port=port,
            db=int(address.option("db", 0)),
            username=address.user or None,
            password=address.password or None,
            ssl=address.secure,
            ssl_ca_certs=address.ca or None,
            socket_timeout=_TIMEOUT,
            socket_connect_timeout=_TIMEOUT,
            # A broken connection is the link's to make again.
            retry=Retry(NoBackoff(), 0),
        )
        self.streams = [f"{address.name}.{number}" for number in range(address.partitions)]
        self.ask(lambda: self._client.ping())

    def ask(self, action: Callable[[], Outcome]) -> Outcome:
        """Return what an action on the client returns; its errors are a BrokerError."""
        try:
            return action()
        except (self._redis.RedisError, OSError) as error:
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> BrokerError:
        """Return what an error of the client means."""
        kinds, shown = self._redis.exceptions, self._address.shown
        text = str(error) or type(error).__name__
        if isinstance(error, (kinds.AuthenticationError, kinds.NoPermissionError)) or (
            # So it answers a greeting without a password that it wants.
            "must be called with the client already authenticated" in text
        ):
            said = text.partition(".")[0] if self._address.password else "it wants a password"
            return BrokerRefusedError(
                f"{shown}: {said}",
                expected="a password that it knows, and a name where it has users",
                next_step=f"set {PASSWORD}, or give both: redis://NAME:PASSWORD@HOST/STREAM",
            )
        if "certificate" in text.lower() or "ssl" in text.lower():
            return BrokerRefusedError(
                f"{shown}: {text}", expected="encryption that both sides can do", next_step=TLS_STEP
            )
        if text.startswith(_UNUSABLE):
            return BrokerRefusedError(
                f"{shown}: {text}",
                expected="Redis 6.2 or newer, and a stream of that name or none",
                next_step="take another name for the stream, or another server",
            )
        return BrokerError(
            f"{shown}: {text}",
            expected="a Redis server, 6.2 or newer" + (", that encrypts" * self._address.secure),
            next_step="start it, or check host and port; with encryption it is rediss://",
        )

    def close(self) -> None:
        """Let go of the connection."""
        with suppress(self._redis.RedisError, OSError):
            self._client.close()


class RedisSender(_Connection):
    """Adds messages to the streams."""

    def send(self, messages: Sequence[Message]) -> None:
        """Return when Redis has all of them."""
        pipeline = self._client.pipeline(transaction=False)
        for key, data in messages:
            pipeline.xadd(self.streams[partition(key, len(self.streams))], {FIELD: data})
        self.ask(pipeline.execute)

    def persistent(self) -> bool:
        """Return whether what Redis has survives a restart of it; True where that is not told."""
        try:
            return bool(self._client.info("persistence").get("aof_enabled", 1))
        except (self._redis.RedisError, OSError):
            return True


class RedisReceiver(_Connection):
    """Reads the streams as a member of a group.

    A member without a share receives what no other member has; what a member that ended had not
    acknowledged goes to others after a while.
    """

    def __init__(self, address: Address, group: str, share: Share | None = None) -> None:
        super().__init__(address)
        self._group = group
        if share is None:
            self._member = f"{socket.gethostname()}-{os.getpid()}"
        else:
            self._member = share.name
            self.streams = [s for n, s in enumerate(self.streams) if share.has(n)]
        self._idle = address.option("idle", IDLE)
        self._acknowledged = 0
        self._claimed = 0.0
        # What this member received before it was ended, it receives again; ">" is what is new.
        self._own: dict[str, str | bytes] = dict.fromkeys(self.streams, "0")
        self.ask(self._make_groups)

    def _make_groups(self) -> None:
        for stream in self.streams:
            try:
                self._client.xgroup_create(stream, self._group, id="0", mkstream=True)
            except self._redis.ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise

    def receive(self, seconds: float) -> Sequence[Delivery]:
        """Return what has come, or what others left."""
        if not self.streams:
            return []
        found = self.ask(self._unfinished)
        if not found and monotonic() - self._claimed >= self._idle:
            found = self.ask(self._abandoned)
            if not found:
                self._claimed = monotonic()
        return found or self.ask(lambda: self._new(seconds))

    def _unfinished(self) -> list[Delivery]:
        if not self._own:
            return []
        found = self._client.xreadgroup(self._group, self._member, dict(self._own), count=BATCH)
        for name, entries in found:
            stream = name.decode()
            if entries:
                self._own[stream] = entries[-1][0]
            else:
                self._own.pop(stream, None)
        return _deliveries(found)

    def _abandoned(self) -> list[Delivery]:
        found = []
        for stream in self.streams:
            answer = self._client.xautoclaim(
                stream, self._group, self._member, int(self._idle * 1000), count=BATCH
            )
            found += _deliveries([(stream.encode(), answer[1])])
        return found

    def _new(self, seconds: float) -> list[Delivery]:
        # The client waits for an answer no longer than its time limit.
        wait = max(1, int(min(seconds, _TIMEOUT / 2) * 1000))
        wanted = dict.fromkeys(self.streams, ">")
        return _deliveries(
            self._client.xreadgroup(self._group, self._member, wanted, count=BATCH, block=wait)
        )

    def acknowledge(self, tokens: Sequence[Any]) -> None:
        """Acknowledge messages, and now and then take out what no group needs any more."""
        pipeline = self._client.pipeline(transaction=False)
        for stream, entry in tokens:
            pipeline.xack(stream, self._group, entry)
        self.ask(pipeline.execute)
        before, self._acknowledged = self._acknowledged, self._acknowledged + len(tokens)
        if before // TRIM_EVERY != self._acknowledged // TRIM_EVERY:
            for stream in {stream for stream, _ in tokens}:
                self.ask(lambda stream=stream: self._trim(stream))  # type: ignore[misc]

    def waiting(self) -> int | None:
        """Return how many messages the group has not acknowledged; None before Redis 7."""
        return self.ask(self._lag)

    def _lag(self) -> int | None:
        count = 0
        for stream in self.streams:
            for group in self._client.xinfo_groups(stream):
                if group["name"] == self._group.encode():
                    lag = group.get("lag")
                    if lag is None:
                        return None
                    count += lag + group["pending"]
        return count

    def _trim(self, stream: bytes) -> None:
        needed = []
        for group in self._client.xinfo_groups(stream):
            waiting = self._client.xpending(stream, group["name"])
            needed.append(waiting["min"] if waiting["pending"] else group["last-delivered-id"])
        if needed:
            oldest = min(needed, key=_moment)
            self._client.xtrim(stream, minid=oldest, approximate=True)


def _moment(entry: bytes) -> tuple[int, int]:
    time, _, number = entry.partition(b"-")
    return int(time), int(number)


def _deliveries(answer: Any) -> list[Delivery]:
    """Return the messages of an answer; an entry that was deleted meanwhile holds none."""
    return [
        ((stream, entry), fields.get(FIELD, b"") if fields else b"")
        for stream, entries in answer or ()
        for entry, fields in entries
    ]
