"""What journal files say of the clocks of the hosts that write them."""

from __future__ import annotations

import json
import os
import struct
import time
from pathlib import Path

import pytest

from aitia.journal import clocks, files, seal, writer
from aitia.journal.clocks import SINCE, Clues, Sync
from aitia.journal.reader import Segment, segments
from aitia.journal.writer import JournalWriter

RUN = "11111111-2222-4333-8444-555555555555"
HERE, THERE = "aaaaaaaaaaaa", "bbbbbbbbbbbb"
SECOND = 1_000_000_000


class Host:
    """Has this process write as another host, whose clock is ahead of this one's by so much."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self._now = time.time_ns

    def be(self, host: str, ahead: float = 0.0, *, machine: str = "") -> None:
        self._patch.setattr(writer, "host_name", lambda: host)
        self._patch.setattr(writer, "machine_name", lambda: machine or host[-8:])
        self._patch.setattr(time, "time_ns", lambda: self._now() + int(ahead * SECOND))
        self._patch.setattr(clocks, "kernel_sync", lambda: Sync(True, 900))


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Host:
    monkeypatch.delenv(SINCE, raising=False)
    return Host(monkeypatch)


def write(folder: Path, scope: str = "", *, close: bool = True) -> JournalWriter:
    made = JournalWriter.create(folder, run=RUN, scope=scope)
    if close:
        made.close()
    return made


def only(folder: Path, scope: str) -> Segment:
    (found,) = [s for s in segments(folder) if s.scope == scope]
    return found


def test_a_file_of_one_host_says_when_it_was_closed_and_nothing_else(
    host: Host, tmp_path: Path
) -> None:
    host.be(HERE)
    before = time.time_ns()
    write(tmp_path)
    found = only(tmp_path, "").clues
    assert before <= found.closed <= time.time_ns()
    assert found == Clues(HERE[-8:], closed=found.closed)


def test_a_process_that_another_host_started_says_so(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.be(HERE, 90.0)
    monkeypatch.setenv(SINCE, clocks.stamp(HERE, HERE[-8:]))
    before = int(os.environ[SINCE].rpartition(":")[2])
    write(tmp_path, "same")
    host.be(THERE)
    write(tmp_path, "other")
    assert only(tmp_path, "same").clues.since is None
    found = only(tmp_path, "other")
    assert found.clues.since == (HERE, before)
    assert found.clues.sync == Sync(True, 900)
    assert 85 * SECOND < before - found.time <= 90 * SECOND


@pytest.mark.parametrize(
    "text", ["", "x", HERE, f"{HERE}:m:", f"{HERE}:m:soon", "nohost:m:17", ":m:17", f"{HERE}::17"]
)
def test_what_does_not_name_a_host_and_a_time_is_not_believed(text: str) -> None:
    assert clocks.starter("n", {SINCE: text}) is None
    assert clocks.starter("n", {SINCE: f"{HERE}:m:17"}) == (HERE, 17)


def test_containers_of_one_machine_are_not_asked(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.be(HERE, machine="one")
    mine = write(tmp_path, close=False)
    monkeypatch.setenv(SINCE, clocks.stamp(HERE, "one"))
    host.be(THERE, 90.0, machine="one")
    write(tmp_path, "other")
    host.be(HERE, machine="one")
    mine.close()
    for scope in ("", "other"):
        found = only(tmp_path, scope).clues
        assert found == Clues("one", closed=found.closed)


def test_a_forked_child_is_of_the_same_host(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.be(HERE)
    parent = write(tmp_path, close=False)
    monkeypatch.setenv(SINCE, clocks.stamp(HERE, HERE[-8:]))
    assert parent.for_child("child").since is None


def test_who_opened_the_run_tells_of_files_from_its_future(host: Host, tmp_path: Path) -> None:
    host.be(HERE)
    mine = write(tmp_path, close=False)
    host.be(THERE, 90.0)
    write(tmp_path, "early")
    write(tmp_path, "late")
    host.be("cccccccccccc", 0.0)
    write(tmp_path, "right")
    host.be(HERE)
    mine.close()
    found = only(tmp_path, "").clues
    latest = max(only(tmp_path, scope).clues.closed for scope in ("early", "late"))
    assert found.seen == ((THERE, latest),)
    assert found.sync == Sync(True, 900)
    assert only(tmp_path, "late").clues.seen == ()
    assert 85 * SECOND < latest - found.closed <= 90 * SECOND


def test_a_seal_stays_one_however_many_hosts_are_ahead(host: Host, tmp_path: Path) -> None:
    host.be(HERE)
    mine = write(tmp_path, close=False)
    for number in range(30):
        host.be(f"{number:012x}", 60.0 + number)
        write(tmp_path, f"s{number}", close=False)
    host.be(HERE)
    mine.close()
    found = only(tmp_path, "")
    assert found.sealed
    assert [name for name, _ in found.clues.seen] == [f"{n:012x}" for n in range(29, 21, -1)]


def test_files_that_are_no_journals_are_not_asked(host: Host, tmp_path: Path) -> None:
    host.be(HERE)
    mine = write(tmp_path, close=False)
    folder = tmp_path / RUN
    (folder / f"{THERE}-1-0.jsonl").write_bytes(b"no header\n")
    (folder / f"{THERE}-2-0.jsonl").write_bytes(b"")
    (folder / "adopted-mlflow.jsonl").write_bytes(b'{"t": 9999999999999999999}\n')
    mine.close()
    found = mine.path and clocks.clues(*_ends(Path(mine.path)))
    assert found
    assert found.seen == ()


def _ends(path: Path) -> tuple[bytes, bytes]:
    lines = path.read_bytes().splitlines(True)
    return lines[0], lines[-1]


def test_the_stamp_of_a_file_system_that_is_not_of_this_machine_is_kept(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "is_mappable", lambda fd: False)
    monkeypatch.setattr(clocks, "is_mappable", lambda fd: False)
    host.be(HERE, 90.0)
    write(tmp_path)
    found = only(tmp_path, "")
    assert found.clues.stamp is not None
    before, stamped, folder = found.clues.stamp
    assert folder == (tmp_path / RUN).stat().st_ino
    assert before <= found.time
    # The kernel's coarse clock may be a tick behind.
    assert 89.9 * SECOND < before - stamped < 91 * SECOND


def test_damage_is_no_clue() -> None:
    line = seal.to_line(seal.Seal(1, "ab"), {"t": 5, "seen": [1], "sync": 3})
    assert clocks.clues(b'{"k":"journal","machine":"m"}', line) == clocks.NONE
    assert clocks.clues(b"[]", b"") == clocks.NONE
    assert clocks.clues(b'{"since": 4}', b"") == clocks.NONE
    assert clocks.clues(b"torn", b"") == clocks.NONE


@pytest.mark.parametrize(
    ("answer", "status", "expected"),
    [(0, 0x2001, Sync(True, 7)), (5, 0x40, Sync(False, 7)), (-1, 0, None)],
)
def test_the_kernel_is_asked_by_adjtimex(
    monkeypatch: pytest.MonkeyPatch, answer: int, status: int, expected: Sync | None
) -> None:
    class Library:
        """A C library whose clock is as it is told."""

        def adjtimex(self, state: object) -> int:
            struct.pack_into(clocks._TIMEX, state, 0, 0, 0, 0, 7, 0, status)  # type: ignore[arg-type]
            return answer

    monkeypatch.setattr("ctypes.CDLL", lambda name: Library())
    assert clocks.kernel_sync() == expected


def test_a_machine_that_cannot_be_asked_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda name: object())
    assert clocks.kernel_sync() is None


@pytest.mark.parametrize(
    "told",
    [
        clocks.NONE,
        Clues("m", (HERE, 1), (1, 2, 3), 4, ((THERE, 5),), Sync(True, 6)),
    ],
)
def test_clues_come_back_from_json(told: Clues) -> None:
    found = clocks.from_data(json.loads(json.dumps(told)))
    assert found == told
    assert type(found.sync) is type(told.sync)
