"""Real brokers on this machine, started for a test; the tests skip where a program is absent."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

# The tests of this folder share the steps of a journey.
sys.path.insert(0, str(Path(__file__).parent))


class Server:
    """A broker in a process of its own, which can be killed and started again."""

    def __init__(self, command: list[str], port: int) -> None:
        self.command = command
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(self.command, stdout=quiet, stderr=quiet)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert self.process.poll() is None, f"{self.command} ended"
                time.sleep(0.02)
            else:
                return
        raise AssertionError(f"{self.command} does not answer")

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def program(name: str, package: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed: apt-get install {package}")
    return found


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Server]:
    pytest.importorskip("redis")
    folder, port = tmp_path / "redis", free_port()
    folder.mkdir()
    keep = ["--dir", str(folder), "--appendonly", "yes", "--save", ""]
    command = [program("redis-server", "redis-server"), "--bind", "127.0.0.1", *keep]
    server = Server([*command, "--port", str(port)], port)
    yield server
    server.kill()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Server]:
    pytest.importorskip("paho.mqtt.client")
    folder, port = tmp_path / "mosquitto", free_port()
    folder.mkdir()
    settings = folder / "mosquitto.conf"
    settings.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n",
        encoding="utf-8",
    )
    server = Server([program("mosquitto", "mosquitto"), "-c", str(settings)], port)
    yield server
    server.kill()


@pytest.fixture
def kafka_cluster() -> Iterator[str]:
    """Three brokers that librdkafka plays, behind real sockets."""
    library = pytest.importorskip("confluent_kafka")
    host = library.Producer({"test.mock.num.brokers": 3, "log_level": 0})
    brokers = host.list_topics(timeout=10).brokers.values()
    yield ",".join(f"{broker.host}:{broker.port}" for broker in brokers)
    host.flush(0)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority of one's own, and a certificate that it signed for this machine."""
    folder = tmp_path_factory.mktemp("tls")
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: apt-get install openssl")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n", encoding="utf-8")
    new = "req -newkey rsa:2048 -nodes"
    for words in (
        f"{new} -x509 -days 2 -subj /CN=authority -keyout ca.key -out ca.pem",
        f"{new} -subj /CN=broker -keyout broker.key -out broker.csr",
        "x509 -req -in broker.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 "
        "-extfile names -out broker.pem",
    ):
        subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)
    folder.chmod(0o755)
    for file in folder.iterdir():
        file.chmod(0o644)
    return folder


@pytest.fixture
def guarded_redis(tmp_path: Path) -> Iterator[Server]:
    pytest.importorskip("redis")
    port = free_port()
    words = ["--bind", "127.0.0.1", "--dir", str(tmp_path), "--save", "", "--requirepass", "right"]
    server = Server([program("redis-server", "redis-server"), *words, "--port", str(port)], port)
    yield server
    server.kill()


@pytest.fixture
def guarded_mosquitto(tmp_path: Path, certificates: Path) -> Iterator[Server]:
    pytest.importorskip("paho.mqtt.client")
    port, words = free_port(), tmp_path / "words"
    made = [program("mosquitto_passwd", "mosquitto"), "-c", "-b", str(words), "lab", "right"]
    subprocess.run(made, check=True, capture_output=True)
    words.chmod(0o644)
    settings = tmp_path / "mosquitto.conf"
    settings.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {words}\n"
        f"cafile {certificates}/ca.pem\ncertfile {certificates}/broker.pem\n"
        f"keyfile {certificates}/broker.key\n",
        encoding="utf-8",
    )
    # It lets go of root, and must still read what lies here.
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    server = Server([program("mosquitto", "mosquitto"), "-c", str(settings)], port)
    yield server
    server.kill()
