"""Forwarders, ingesters and the broker killed at random moments: every record arrives once.

``AITIA_BROKER_KILLS=200`` sets how many processes are killed; the default keeps the suite short.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aitia.ingest.pipeline import ingest
from aitia.journal import reader
from aitia.records import Point
from aitia.store import graphs
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore

pytestmark = pytest.mark.faults

KNOWN = re.compile(r"new, ([\d.]+) (bytes|kB|MB) were here already")
UNITS = {"bytes": 1, "kB": 1e3, "MB": 1e6}

AGAIN = 4
"""From this restart on a forwarder sends everything again each time."""

KILLS = int(os.environ.get("AITIA_BROKER_KILLS", "24"))

WRITER = """
import sys, time
import aitia
from aitia.journal import writer

# Small segments, so that many are sealed while the others are killed.
writer.JournalWriter.__init__.__kwdefaults__["limit"] = 64 << 10
with aitia.run("steady", number=int(sys.argv[1])):
    end, n = time.monotonic() + float(sys.argv[2]), 0
    while time.monotonic() < end:
        for _ in range(20):
            aitia.log(step=n, loss=1.0 / (n + 1))
            n += 1
        time.sleep(0.02)
print(n)
"""


class Process:
    """A command that is killed and started again."""

    def __init__(self, command: list[str], folder: Path, name: str) -> None:
        self.command = command
        self.log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self, *more: str) -> None:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("AITIA")}
        with self.log.open("ab") as log:
            command = [*self.command, *more]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=clean)

    def kill(self) -> None:
        assert self.process is not None
        ended = self.process.poll()
        assert ended is None, f"it ended by itself: {ended}\n{self.log.read_text()[-2000:]}"
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait(10) == -signal.SIGKILL

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[tuple[Process, int]]:
    pytest.importorskip("redis")
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed: apt-get install redis-server")
    folder, port = tmp_path / "redis", free_port()
    folder.mkdir()
    keep = ["--dir", str(folder), "--appendonly", "yes", "--save", "", "--port", str(port)]
    server = Process([program, "--bind", "127.0.0.1", *keep], tmp_path, "redis")
    yield server, port
    server.stop()


def files(root: Path) -> dict[str, bytes]:
    found = sorted((root / "journal").rglob("*.jsonl"))
    return {str(f.relative_to(root)): f.read_bytes() for f in found}


def hashes(store: OxigraphStore) -> dict[str, str]:
    return {g: digest(store.dump(g)) for g in store.graphs() if graphs.is_bundle(g)}


def steps(root: Path) -> dict[str, list[int]]:
    """Return the steps that were logged in each run, in the order of the segments."""
    found: dict[str, list[int]] = {}
    for segment in reader.segments(root / "journal"):
        assert reader.verify(segment), segment.path
        for line in reader.read(segment):
            if isinstance(line.record, Point) and line.record.step is not None:
                found.setdefault(segment.run, []).append(int(line.record.step))
    return found


def dropped(logs: list[Path]) -> float:
    """Return how many bytes the ingesters said to have received more than once."""
    found = [size for log in logs for size in KNOWN.findall(log.read_text())]
    return sum(float(number) * UNITS[unit] for number, unit in found)


def wait_until(done: Callable[[], bool], seconds: float, logs: list[Path]) -> None:
    end = time.monotonic() + seconds
    while not done():
        tails = "\n".join(f"{log.name}: {log.read_text()[-500:]}" for log in logs)
        assert time.monotonic() < end, f"it does not arrive\n{tails}"
        time.sleep(0.3)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("shared", [True, False], ids=["one-directory", "shares"])
def test_kills_of_all_sides_lose_and_double_nothing(
    redis: tuple[Process, int], tmp_path: Path, shared: bool
) -> None:
    broker, port = redis
    url = f"redis://127.0.0.1:{port}/journals?idle=1&partitions=4"
    there = tmp_path / "there"
    here = [tmp_path / "here"] * 2 if shared else [tmp_path / "one", tmp_path / "two"]
    aitia = [sys.executable, "-m", "aitia.cli"]
    forwarder = Process([*aitia, "--at", str(there), "forward", url, "--follow"], tmp_path, "fwd")
    shares = [[], []] if shared else [["--share", "1/2"], ["--share", "2/2"]]
    ingesters = [
        Process(
            [
                *aitia,
                "--at",
                str(folder),
                "ingest",
                "--from",
                url,
                "--watch",
                "--jobs",
                "0",
                *share,
            ],
            tmp_path,
            f"ingest-{number}",
        )
        for number, (folder, share) in enumerate(zip(here, shares, strict=True))
    ]
    everyone = [forwarder, *ingesters, broker]
    rng, restarts = random.Random(20261124 + shared), 0
    seconds = 5.0 + 0.9 * (KILLS // 2)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(number), str(seconds)],
            env={**os.environ, "AITIA_DIR": str(there), "AITIA_TELEMETRY_PERIOD": "0"},
            stdout=subprocess.PIPE,
        )
        for number in range(3)
    ]
    try:
        for number in range(KILLS // 2):
            time.sleep(rng.uniform(0.1, 1.2))
            victim = everyone[number % 4] if number < 4 else rng.choice(everyone)
            victim.kill()
            time.sleep(rng.choice([0.0, 0.0, 0.3]))
            restarts += victim is forwarder
            # What a forwarder remembers may be lost as well: then everything is sent again.
            again = victim is forwarder and (restarts >= AGAIN or rng.random() < 0.5)
            victim.start(*(["--again"] if again else []))
        counts = [int(writer.communicate(timeout=seconds + 60)[0]) for writer in writers]
        folders = sorted(set(here))

        def arrived() -> bool:
            return {name: data for f in folders for name, data in files(f).items()} == files(there)

        logs = [one.log for one in ingesters]
        wait_until(arrived, 120, [one.log for one in everyone])
        # Sent once more as a whole, all of it comes a second time at least, and is dropped.
        total = sum(map(len, files(there).values()))
        forwarder.kill()
        forwarder.start("--again")
        wait_until(lambda: dropped(logs) > 0.9 * total, 120, logs)
        assert arrived()
    finally:
        for one in [forwarder, *ingesters]:
            one.stop()
        for writer in writers:
            writer.kill()
            writer.wait(10)
    told = {run: found for folder in folders for run, found in steps(folder).items()}
    assert sorted(map(len, told.values())) == sorted(counts)
    assert all(found == list(range(len(found))) for found in told.values())

    memory, arrived_hashes = OxigraphStore(None), {}
    ingest(there, memory)
    for folder in folders:
        store = OxigraphStore(str(folder / "store"))
        ingest(folder, store, jobs=0)
        arrived_hashes |= hashes(store)
        store.close()
    assert arrived_hashes == hashes(memory)
    assert len(arrived_hashes) == 3
