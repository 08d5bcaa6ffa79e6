"""Whatever a broker may do, what arrives is what was written."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aitia.errors import JournalError
from aitia.ingest.transports import link as links
from aitia.ingest.transports.forward import Forwarder
from aitia.ingest.transports.forwarded import Forwarded
from aitia.ingest.transports.landing import Landing
from aitia.ingest.transports.link import Link
from aitia.ingest.transports.receive import receive
from aitia.journal.writer import JournalWriter
from aitia.records import Note, encode
from aitia.testing.broker import MemoryBroker, MemoryReceiver

RUNS = tuple(f"11111111-2222-4333-8444-55555555555{i}" for i in range(3))
WRITE, FORWARD, RECEIVE, CRASH_RECEIVER, CRASH_FORWARDER = range(5)


def files(root: Path) -> dict[str, bytes]:
    found = sorted((root / "journal").rglob("*.jsonl"))
    return {str(f.relative_to(root)): f.read_bytes().rstrip(b"\0") for f in found}


def forward(root: Path, broker: MemoryBroker) -> None:
    forwarded = Forwarded(str(root), "memory")
    Forwarder(str(root), forwarded, broker.sender().send).forward()
    forwarded.close()


def connect(broker: MemoryBroker) -> Link[MemoryReceiver]:
    return Link(lambda: broker.receiver("g"), lambda text: None)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), max_size=60),
    st.integers(0, 1000),
    st.sampled_from([0.0, 0.4]),
)
def test_any_order_any_repetition_any_crash(
    steps: list[tuple[int, int]], seed: int, twice: float
) -> None:
    with TemporaryDirectory() as name:
        there, here = Path(name) / "there", Path(name) / "here"
        writers = [JournalWriter.create(there / "journal", run=run) for run in RUNS]
        broker = MemoryBroker(seed, twice)
        link, landing = connect(broker), Landing(str(here))
        forwarded = Forwarded(str(there), "memory")
        for number, (step, which) in enumerate(steps):
            if step == WRITE:
                writers[which].write(encode(Note("x", f"note {number}")))
            elif step == FORWARD:
                Forwarder(str(there), forwarded, broker.sender().send).forward()
            elif step == RECEIVE:
                receive(link, landing, 0)
            elif step == CRASH_RECEIVER:
                # It has taken messages, and has perhaps landed them, but not acknowledged.
                link.use(lambda side: side.receive(0))
                link, landing = connect(broker), Landing(str(here))
            else:
                # The broker has taken what the forwarder does not know to be there.
                Path(forwarded.path).write_bytes(b"")
                forwarded.close()
                forwarded = Forwarded(str(there), "memory")
        for writer in writers:
            writer.close()
        Forwarder(str(there), forwarded, broker.sender().send).forward()
        forwarded.close()
        while receive(link, landing, 0).messages:
            pass
        assert files(here) == files(there)
        assert landing.gaps() == []


def test_what_cannot_be_written_is_not_acknowledged(tmp_path: Path) -> None:
    JournalWriter.create(tmp_path / "there" / "journal", run=RUNS[0]).close()
    broker = MemoryBroker()
    forward(tmp_path / "there", broker)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "journal").write_text("in the way")
    with pytest.raises(JournalError):
        receive(connect(broker), Landing(str(tmp_path / "here")), 0)
    (tmp_path / "here" / "journal").unlink()
    assert receive(connect(broker), Landing(str(tmp_path / "here")), 0).messages == 1
    assert files(tmp_path / "here") == files(tmp_path / "there")


def test_what_is_no_piece_is_dropped_and_told(tmp_path: Path) -> None:
    broker = MemoryBroker()
    broker.put(b"hello")
    link = connect(broker)
    received = receive(link, Landing(str(tmp_path)), 0)
    assert received.messages == 1
    assert "no piece of a journal" in received.refused[0]
    assert receive(link, Landing(str(tmp_path)), 0).messages == 0


def test_each_group_receives_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "sleep", lambda seconds: None)
    JournalWriter.create(tmp_path / "there" / "journal", run=RUNS[0]).close()
    broker = MemoryBroker()
    forward(tmp_path / "there", broker)
    for group in ("a", "b"):
        link: Link[MemoryReceiver] = Link(lambda group=group: broker.receiver(group), print)  # type: ignore[misc]
        receive(link, Landing(str(tmp_path / group)), 0)
        assert files(tmp_path / group) == files(tmp_path / "there")
