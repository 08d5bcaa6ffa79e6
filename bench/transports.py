"""Journals by broker: records a second to the broker and to the far end, beside bare producers.

Each broker is started on this machine. The floor is a producer of the same client that sends the
same messages from memory; the other peer sends each record as a message of its own, in batches.
"""

from __future__ import annotations

import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import uuid4

from bench.table import Figure, show

from aitia.errors import MissingExtraError
from aitia.ingest.transports import connect
from aitia.ingest.transports.forward import Forwarder
from aitia.ingest.transports.forwarded import Forwarded
from aitia.ingest.transports.landing import Landing
from aitia.ingest.transports.link import Link
from aitia.ingest.transports.port import Address, Message, Receiver, Share, partition
from aitia.ingest.transports.receive import receive
from aitia.journal.writer import JournalWriter
from aitia.records import Point, encode

RUNS = 40
RECORDS = 5_000
ROUNDS = 3
WARM: list[Message] = [("warm", b"no piece")]
"""Sent before the clock starts: a connection is not what is measured."""

# What librdkafka plays keeps 5 MB a partition, so there is no more than that at once.


def record(root: Path) -> None:
    for _ in range(RUNS):
        writer = JournalWriter.create(root / "journal", run=str(uuid4()))
        for step in range(RECORDS):
            writer.write(encode(Point("", 1_790_000_000_000_000_000 + step, {"loss": 0.5}, step)))
        writer.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def served(name: str, arguments: Callable[[int], list[str]]) -> Iterator[int]:
    program = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if program is None:
        raise FileNotFoundError(f"{name} is not installed")
    port = free_port()
    quiet = subprocess.DEVNULL
    with subprocess.Popen([program, *arguments(port)], stdout=quiet, stderr=quiet) as process:
        try:
            for _ in range(500):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.02)
            yield port
        finally:
            process.kill()


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    keep = ["--dir", str(folder), "--appendonly", "yes", "--save", "", "--bind", "127.0.0.1"]
    with served("redis-server", lambda port: [*keep, "--port", str(port)]) as port:
        yield f"redis://127.0.0.1:{port}"


@contextmanager
def mqtt(folder: Path) -> Iterator[str]:
    def arguments(port: int) -> list[str]:
        lines = f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n"
        (folder / "mosquitto.conf").write_text(lines, encoding="utf-8")
        return ["-c", str(folder / "mosquitto.conf")]

    with served("mosquitto", arguments) as port:
        yield f"mqtt://127.0.0.1:{port}"


@contextmanager
def kafka(folder: Path) -> Iterator[str]:
    try:
        from confluent_kafka import Producer
    except ImportError:
        raise MissingExtraError("confluent-kafka", extra="brokers", purpose="this") from None
    host = Producer({"test.mock.num.brokers": 3, "log_level": 0})
    brokers = host.list_topics(timeout=10).brokers.values()
    yield "kafka://" + ",".join(f"{broker.host}:{broker.port}" for broker in brokers)
    host.flush(0)


Send = Callable[[Sequence[Message]], None]


@contextmanager
def bare_redis(url: str) -> Iterator[Send]:
    from redis import Redis

    address = Address.of(url)
    client = Redis(*address.hosts[0])

    def send(messages: Sequence[Message]) -> None:
        for start in range(0, len(messages), 1000):
            pipeline = client.pipeline(transaction=False)
            for key, data in messages[start : start + 1000]:
                pipeline.xadd(f"{address.name}.{partition(key, 16)}", {b"p": data})
            pipeline.execute()

    yield send
    client.close()


@contextmanager
def bare_kafka(url: str) -> Iterator[Send]:
    from confluent_kafka import Producer

    address = Address.of(url)
    hosts = ",".join(f"{host}:{port}" for host, port in address.hosts)
    settings = {"acks": "all", "enable.idempotence": True, "linger.ms": 5}
    producer = Producer({"bootstrap.servers": hosts, "compression.type": "lz4", **settings})

    def send(messages: Sequence[Message]) -> None:
        for key, data in messages:
            while True:
                try:
                    producer.produce(address.name, data, key.encode())
                    break
                except BufferError:
                    producer.poll(0.1)
        producer.flush(60)

    yield send


@contextmanager
def bare_mqtt(url: str) -> Iterator[Send]:
    from paho.mqtt.client import CallbackAPIVersion, Client, MQTTv5

    address = Address.of(url)
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
    client.max_inflight_messages_set(64)
    client.connect(*address.hosts[0])
    client.loop_start()

    def send(messages: Sequence[Message]) -> None:
        for start in range(0, len(messages), 1000):
            sent = [
                client.publish(f"{address.name}/{partition(key, 16)}", data, qos=1)
                for key, data in messages[start : start + 1000]
            ]
            for one in sent:
                one.wait_for_publish(60)

    yield send
    client.disconnect()
    client.loop_stop()


def timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


class Journey:
    """One round by one broker: each figure on a stream of its own, so that none is in the way."""

    def __init__(self, there: Path, base: str, bare: Callable[[str], AbstractContextManager[Send]]):
        self.there, self.base, self.bare = there, base, bare

    def subscribed(self, url: str) -> Link[Receiver]:
        link: Link[Receiver] = Link(
            lambda: connect.receiver(Address.of(url), "bench", Share(0, 1)), lambda text: None, 30.0
        )
        link.use(lambda side: side.receive(0.2))
        return link

    def round(self) -> tuple[float, float, float, float]:
        """Return the seconds to forward, to receive, and of the two bare producers."""
        url = f"{self.base}/{uuid4().hex}"
        link = self.subscribed(url)
        chunks: list[Message] = []
        sender = connect.sender(Address.of(url))
        sender.send(WARM)

        def send(batch: Sequence[Message]) -> None:
            chunks.extend(batch)
            sender.send(batch)

        forwarded = Forwarded(str(self.there), url, again=True)
        forward = timed(Forwarder(str(self.there), forwarded, send).forward)
        sender.close()
        forwarded.close()
        with tempfile.TemporaryDirectory() as here:
            arrive = timed(lambda: self.arrive(link, Path(here)))
        link.close()
        lines = [
            (key, line)
            for key, chunk in chunks
            for line in chunk.split(b"\n", 1)[1].splitlines(keepends=True)
        ]
        # A tenth is enough of what is so slow.
        return forward, arrive, self.floor(chunks), 10 * self.floor(lines[::10])

    def floor(self, messages: Sequence[Message]) -> float:
        url = f"{self.base}/{uuid4().hex}"
        link = self.subscribed(url)
        with self.bare(url) as send:
            send(WARM)
            spent = timed(lambda: send(messages))
        link.close()
        return spent

    def arrive(self, link: Link[Receiver], here: Path) -> None:
        landing, left = Landing(str(here)), sum(f.stat().st_size for f in self.files())
        while left > 0:
            left -= receive(link, landing, 0.5).landed.fresh

    def files(self) -> Iterator[Path]:
        return (self.there / "journal").rglob("*.jsonl")


def figures(name: str, rounds: Sequence[tuple[float, ...]]) -> list[Figure]:
    records = RUNS * RECORDS
    forward, arrive, floor, single = (
        statistics.median(column) for column in zip(*rounds, strict=True)
    )
    return [
        Figure(f"{name}: forwarded, from the files", records / forward, "rec/s"),
        Figure(f"{name}: bare producer, the same messages", records / floor, "rec/s"),
        Figure(f"{name}: bare producer, a message a record", records / single, "rec/s"),
        Figure(f"{name}: received, on the disk and acknowledged", records / arrive, "rec/s"),
        Figure(f"{name}: forwarding / the bare producer", forward / floor, "times"),
        Figure(f"{name}: a message a record / forwarding", single / forward, "times"),
    ]


def main() -> None:
    backs = {"redis": (redis, bare_redis), "kafka": (kafka, bare_kafka), "mqtt": (mqtt, bare_mqtt)}
    with tempfile.TemporaryDirectory() as name:
        there = Path(name) / "there"
        record(there)
        size = sum(f.stat().st_size for f in (there / "journal").rglob("*.jsonl"))
        print(f"{RUNS * RECORDS:,} records of {RUNS} runs, {size / 1e6:.1f} MB, median of {ROUNDS}")
        for back, (serve, bare) in backs.items():
            folder = Path(name) / back
            folder.mkdir()
            try:
                with serve(folder) as base:
                    journey = Journey(there, base, bare)
                    show(figures(back, [journey.round() for _ in range(ROUNDS)]))
            except (FileNotFoundError, MissingExtraError) as error:
                print(f"{back}: skipped, {error}")


if __name__ == "__main__":
    main()
