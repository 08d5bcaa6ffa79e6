"""The port that brokers are behind: messages are sent, received, and acknowledged when kept.

A back end promises delivery at least once, in any order. That each byte lands exactly once is the
work of ``landing``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit
from zlib import crc32

from aitia.errors import ConfigError

PARTITIONS = 16
"""How many parts a stream has where the broker does not say; a run lies in one of them."""

PASSWORD = "AITIA_BROKER_PASSWORD"
"""Variable with the password, for those who do not want it in a command line."""

TLS_STEP = (
    "see that it encrypts on that port; name who signed its certificate by ?ca=FILE in the URL"
)

PORTS = {"redis": 6379, "rediss": 6379, "kafka": 9092, "mqtt": 1883, "mqtts": 8883}

Message = tuple[str, bytes]
"""A key, which is the run, and the bytes."""

Delivery = tuple[Any, bytes]
"""What a message is acknowledged by, and its bytes."""


class Sender(Protocol):
    """The side that messages come from."""

    def send(self, messages: Sequence[Message]) -> None:
        """Return when the broker has all of them; BrokerError when it may not."""

    def close(self) -> None:
        """Let go of the connection."""


class Receiver(Protocol):
    """The side that messages come to."""

    def receive(self, seconds: float) -> Sequence[Delivery]:
        """Return what has come, after ``seconds`` at most; BrokerError when it cannot be known."""

    def acknowledge(self, tokens: Sequence[Any]) -> None:
        """Say that messages are kept, so that they do not come again."""

    def waiting(self) -> int | None:
        """Return how many messages wait for this receiver; None where the broker does not tell."""

    def close(self) -> None:
        """Let go of the connection; what was not acknowledged comes again, here or elsewhere."""


class Share(NamedTuple):
    """One of so many equal shares of the runs, counted from 0."""

    number: int
    total: int

    @classmethod
    def of(cls, text: str) -> Share:
        """Return the share that a text such as ``2/4`` names.

        Raises
        ------
        ConfigError
            When it names none.
        """
        number, _, total = text.partition("/")
        if number.isdecimal() and total.isdecimal() and 1 <= int(number) <= int(total) <= 4096:
            return cls(int(number) - 1, int(total))
        raise ConfigError(f"the share {text!r}", expected="one such as 2/4, the second of four")

    def has(self, partition: int) -> bool:
        """Return whether a part of the stream belongs to this share."""
        return partition % self.total == self.number

    @property
    def name(self) -> str:
        """A name that is the same each time that this share is received."""
        return f"{self.number + 1}-of-{self.total}"


class Address(NamedTuple):
    """Where a broker is, and the stream meant there."""

    scheme: str
    hosts: tuple[tuple[str, int], ...]
    name: str
    user: str = ""
    password: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, url: str) -> Address:
        """Return what a URL such as ``redis://host:6379/stream`` says.

        Raises
        ------
        ConfigError
            When it is none.
        """
        parts = urlsplit(url)
        name = unquote(parts.path.strip("/")) or "aitia"
        if parts.scheme not in PORTS or not parts.netloc:
            raise _unknown(f"{parts.scheme}://…" if parts.scheme else repr(url))
        login, _, netloc = parts.netloc.rpartition("@")
        user, _, password = login.partition(":")
        try:
            hosts = tuple(_host(one, PORTS[parts.scheme]) for one in netloc.split(","))
        except ValueError:
            raise _unknown(f"the host {netloc!r}") from None
        password = unquote(password) or os.environ.get(PASSWORD, "")
        options = tuple(parse_qsl(parts.query))
        return cls(parts.scheme, hosts, name, unquote(user), password, options)

    @property
    def shown(self) -> str:
        """The URL without user and password."""
        hosts = ",".join(f"{host}:{port}" for host, port in self.hosts)
        return f"{self.scheme}://{hosts}/{self.name}"

    @property
    def secure(self) -> bool:
        """Whether the connection is to be encrypted."""
        return self.scheme in ("rediss", "mqtts") or self.option("tls", 0) > 0

    def option(self, name: str, default: float) -> float:
        """Return a number after the ``?`` of the URL.

        Raises
        ------
        ConfigError
            When it is no number.
        """
        for key, value in self.options:
            if key == name:
                try:
                    return float(value)
                except ValueError:
                    raise ConfigError(
                        f"{key}={value} in {self.shown}", expected="a number"
                    ) from None
        return default

    def text(self, name: str) -> str:
        """Return what stands after the ``?`` of the URL under a name; empty without it."""
        return dict(self.options).get(name, "")

    @property
    def ca(self) -> str:
        """File with the certificates that the broker's is checked by; empty means the system's.

        Raises
        ------
        ConfigError
            When there is no such file.
        """
        path = self.text("ca")
        if path and not os.path.isfile(path):
            raise ConfigError(
                f"ca={path} in {self.shown}",
                expected="a file of certificates in PEM form",
                next_step="name the file of the authority that signed the broker's certificate",
            )
        return path

    @property
    def partitions(self) -> int:
        """How many parts the stream has where the broker does not say."""
        return max(1, int(self.option("partitions", PARTITIONS)))


def _host(text: str, port: int) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    if not parts.hostname:
        raise ValueError(text)
    return parts.hostname, parts.port or port


def _unknown(got: str) -> ConfigError:
    return ConfigError(
        f"{got} is no broker that is known",
        expected="redis://HOST/STREAM, kafka://HOST/TOPIC or mqtt://HOST/TOPIC",
        next_step="aitia forward --help",
    )


def partition(key: str, count: int) -> int:
    """Return the part of a stream that a run lies in, the same on every machine."""
    return crc32(key.encode()) % count
