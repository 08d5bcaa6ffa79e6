from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from aitia.errors import BrokerError
from aitia.ingest.transports.forward import Forwarder
from aitia.ingest.transports.forwarded import Forwarded
from aitia.ingest.transports.landing import Landing
from aitia.ingest.transports.piece import SIZE, Piece, decode
from aitia.ingest.transports.port import Message
from aitia.journal.reader import segment_at
from aitia.journal.writer import JournalWriter
from aitia.records import Note, encode

RUN = "11111111-2222-4333-8444-555555555555"


def long_line(size: int) -> bytes:
    """Return a line of any length; what is captured is cut shorter."""
    return b'{"k":"note","kind":"x","text":"' + b"y" * size + b'"}\n'


class Wire:
    """Keeps what is sent."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pieces: list[Piece] = []
        self.broken = False
        self.open()

    def open(self) -> None:
        self.forwarded = Forwarded(str(self.root), "memory")
        self.forwarder = Forwarder(str(self.root), self.forwarded, self.send)

    def restart(self) -> None:
        self.forwarded.close()
        self.open()

    def send(self, messages: Sequence[Message]) -> None:
        if self.broken:
            raise BrokerError("broken")
        for run, message in messages:
            piece = decode(message)
            assert piece.run == run
            assert len(message) < 900_000, "Kafka takes 1,000,000 bytes by default"
            self.pieces.append(piece)

    def landed(self, folder: Path) -> dict[str, bytes]:
        Landing(str(folder)).take(self.pieces)
        files = sorted((folder / "journal").rglob("*.jsonl"))
        return {str(f.relative_to(folder)): f.read_bytes() for f in files}


def journals(root: Path) -> dict[str, bytes]:
    """Return what was written, without the NUL bytes of files that are open."""
    files = sorted((root / "journal").rglob("*.jsonl"))
    return {str(f.relative_to(root)): f.read_bytes().rstrip(b"\0") for f in files}


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    wire = Wire(tmp_path / "there")
    yield wire
    wire.forwarded.close()


def test_a_segment_is_sent_while_it_is_written(wire: Wire, tmp_path: Path) -> None:
    writer = JournalWriter.create(wire.root / "journal", run=RUN)
    for number in range(50):
        writer.write(encode(Note("x", f"note {number}")))
        if number % 10 == 0:
            assert wire.forwarder.forward().pieces == 1
    assert wire.forwarder.forward().pieces == 1
    assert wire.forwarder.forward().pieces == 0
    assert wire.landed(tmp_path / "here") == journals(wire.root)
    assert not any(b"\0" in piece.data for piece in wire.pieces)
    writer.close()
    assert wire.forwarder.forward().segments == 1
    assert wire.forwarder.forward() == (0, 0, 0)
    wire.restart()
    assert wire.forwarder.forward() == (0, 0, 0)
    assert wire.landed(tmp_path / "here") == journals(wire.root)
    path = next((tmp_path / "here" / "journal" / RUN).iterdir())
    assert segment_at(str(path), RUN).sealed  # type: ignore[union-attr]


def test_a_record_that_is_only_partly_there_waits(wire: Wire) -> None:
    writer = JournalWriter.create(wire.root / "journal", run=RUN)
    wire.forwarder.forward()
    assert writer.path is not None
    end = segment_at(writer.path, RUN).size  # type: ignore[union-attr]
    line = encode(Note("x", "a" * 100))
    with open(writer.path, "r+b") as handle:
        # The end of a copy may be seen before its beginning.
        handle.seek(end + 50)
        handle.write(line[50:])
        handle.flush()
        assert wire.forwarder.forward().pieces == 0
        handle.seek(end)
        handle.write(line[:50])
    wire.forwarder.forward()
    assert wire.pieces[-1].data == line
    writer.close()


def test_long_lines_go_in_several_messages(wire: Wire, tmp_path: Path) -> None:
    writer = JournalWriter.create(wire.root / "journal", run=RUN)
    for size in (10, 3 * SIZE, 10, SIZE, SIZE - 1, 20):
        writer.write(long_line(size))
    wire.forwarder.forward()
    assert max(len(piece.data) for piece in wire.pieces) == SIZE
    assert wire.landed(tmp_path / "here") == journals(wire.root)
    writer.close()
    wire.forwarder.forward()
    assert wire.landed(tmp_path / "here") == journals(wire.root)


def test_what_the_broker_did_not_take_is_sent_again(wire: Wire, tmp_path: Path) -> None:
    writer = JournalWriter.create(wire.root / "journal", run=RUN)
    wire.broken = True
    for _ in range(3):
        with pytest.raises(BrokerError):
            wire.forwarder.forward()
    wire.broken = False
    wire.restart()
    wire.forwarder.forward()
    assert len(wire.pieces) == 1
    writer.close()
    wire.forwarder.forward()
    assert wire.landed(tmp_path / "here") == journals(wire.root)


KILLED = """
import os, sys
from aitia.journal.writer import JournalWriter
from aitia.records import Note, encode
writer = JournalWriter.create(sys.argv[1], run=sys.argv[2])
writer.write(encode(Note("x", "last")))
writer._put(b'{"k":"no')
os.kill(os.getpid(), 9)
"""


def test_the_end_of_a_killed_process_is_sent_once(wire: Wire, tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(wire.root / "journal"), RUN]
    assert subprocess.run(command, check=False).returncode == -9
    wire.forwarder.forward()
    assert [piece.end for piece in wire.pieces] == [False, True]
    found = wire.landed(tmp_path / "here")
    assert found == journals(wire.root)
    assert next(iter(found.values())).endswith(b'{"k":"no')
    assert wire.forwarder.forward().pieces == 0
    wire.restart()
    assert wire.forwarder.forward().pieces == 0


def test_a_file_that_is_replaced_is_sent_anew(wire: Wire, tmp_path: Path) -> None:
    from aitia.ingest.pipeline import adopt

    for size in (9, 3, 5):
        adopt(wire.root, [Note("x", str(n)) for n in range(size)], run=RUN, recorder="other")
        wire.forwarder.forward()
        assert wire.landed(tmp_path / "here") == journals(wire.root)


def test_progress_ends_with_all(wire: Wire) -> None:
    writer = JournalWriter.create(wire.root / "journal", run=RUN)
    for _ in range(4):
        writer.write(long_line(SIZE))
    writer.close()
    told: list[tuple[int, int]] = []
    wire.forwarder.forward(lambda done, total: told.append((done, total)))
    assert writer.path is not None
    assert told[-1] == (os.path.getsize(writer.path),) * 2
    assert told == sorted(told)
