from __future__ import annotations

import os
import time
from hashlib import sha256
from pathlib import Path

import pytest

from aitia.capture import hashing
from aitia.capture.hashing import Hasher, LateError, Status, digest, known

OLD = 1_700_000_000


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_known", {})
    monkeypatch.setattr(hashing, "_fresh", [])


def old(path: Path, content: bytes) -> Status:
    """A file that has not changed for a while, as far as its clock says."""
    path.write_bytes(content)
    os.utime(path, (OLD, OLD))
    return Status.of(os.stat(path))


@pytest.fixture
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    # The time of change of status cannot be set, so the clock is.
    now = hashing.clock.now
    monkeypatch.setattr(hashing.clock, "now", lambda: now() + 10_000_000_000)


def wait(condition) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.mark.usefixtures("_settled")
def test_what_was_hashed_is_known_again(tmp_path: Path) -> None:
    status = old(tmp_path / "x", b"abc")
    assert known(status) is None
    assert digest(str(tmp_path / "x"), status) == sha256(b"abc").hexdigest()
    (tmp_path / "x").unlink()
    assert digest(str(tmp_path / "x"), status) == sha256(b"abc").hexdigest()


def test_what_changed_a_moment_ago_is_hashed_anew(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    status = Status.of(os.stat(tmp_path / "x"))
    assert digest(str(tmp_path / "x"), status) == sha256(b"abc").hexdigest()
    assert known(status) is None


def test_another_version_has_no_digest_of_this_one(tmp_path: Path) -> None:
    status = old(tmp_path / "x", b"abc")
    old(tmp_path / "x", b"abcd")
    assert digest(str(tmp_path / "x"), status) is None


def test_a_file_that_grows_while_it_is_read_has_no_digest(tmp_path: Path) -> None:
    status = old(tmp_path / "x", bytes(3 * hashing.BLOCK))

    def late() -> bool:
        with (tmp_path / "x").open("ab") as handle:
            handle.write(b"more")
        return False

    assert digest(str(tmp_path / "x"), status, late) is None


def test_hashing_stops_when_it_is_late(tmp_path: Path) -> None:
    status = old(tmp_path / "x", bytes(3 * hashing.BLOCK))
    asked = iter([False, False, True])
    with pytest.raises(LateError):
        digest(str(tmp_path / "x"), status, lambda: next(asked))


@pytest.mark.usefixtures("_settled")
def test_digests_of_large_files_are_kept_for_other_processes(tmp_path: Path, monkeypatch) -> None:
    large = old(tmp_path / "x", bytes(hashing.WORTH_KEEPING))
    small = old(tmp_path / "y", b"y")
    for name, status in (("x", large), ("y", small)):
        digest(str(tmp_path / name), status)
    hashing.save(str(tmp_path))
    monkeypatch.setattr(hashing, "_known", {})
    hashing.load(str(tmp_path))
    assert known(large) == sha256(bytes(hashing.WORTH_KEEPING)).hexdigest()
    assert known(small) is None


def test_a_damaged_file_of_digests_is_passed_over(tmp_path: Path) -> None:
    lines = ("1\t2\tx", "\t".join(["1"] * 5 + ["a" * 64]), "1\t2\t3")
    (tmp_path / hashing.CACHE_FILE).write_text("\n".join(lines))
    hashing.load(str(tmp_path))
    assert known(Status(1, 1, 1, 1, 1)) == "a" * 64


@pytest.mark.usefixtures("_settled")
def test_the_file_of_digests_does_not_grow_for_ever(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(hashing, "CACHE_BYTES", 1000)
    for i in range(40):
        status = old(tmp_path / "x", bytes(hashing.WORTH_KEEPING + i))
        digest(str(tmp_path / "x"), status)
        hashing.save(str(tmp_path))
    assert (tmp_path / hashing.CACHE_FILE).stat().st_size < 1300
    monkeypatch.setattr(hashing, "_known", {})
    hashing.load(str(tmp_path))
    assert known(status) is not None


@pytest.mark.usefixtures("_settled")
def test_files_are_hashed_in_the_background(tmp_path: Path) -> None:
    status = old(tmp_path / "x", b"abc")
    hasher = Hasher(1 << 20)
    hasher.start(str(tmp_path))
    hasher.want(str(tmp_path / "x"), status)
    wait(lambda: known(status) is not None)
    hasher.stop()
    assert known(status) == sha256(b"abc").hexdigest()


def test_what_is_written_is_hashed_when_it_is_steady(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(hashing, "STEADY", 0.1)
    hasher = Hasher(1 << 20)
    hasher.start(str(tmp_path))
    (tmp_path / "x").write_bytes(b"abc")
    hasher.want(str(tmp_path / "x"), None)
    (tmp_path / "x").write_bytes(b"abcd")
    status = Status.of(os.stat(tmp_path / "x"))
    wait(lambda: known(status) is not None)
    hasher.stop()
    assert known(status) == sha256(b"abcd").hexdigest()


def test_stopping_does_not_wait_for_a_large_file(tmp_path: Path) -> None:
    with (tmp_path / "x").open("wb") as handle:
        handle.truncate(8 << 30)
    status = Status.of(os.stat(tmp_path / "x"))
    hasher = Hasher(16 << 30)
    hasher.start("")
    hasher.want(str(tmp_path / "x"), status)
    wait(lambda: hasher.now != "")
    began = time.monotonic()
    hasher.stop()
    assert time.monotonic() - began < 1.0
    assert known(status) is None


def test_what_is_larger_than_the_limit_is_not_read(tmp_path: Path) -> None:
    status = old(tmp_path / "x", bytes(100))
    hasher = Hasher(10)
    hasher.want(str(tmp_path / "x"), status)
    hasher.start("")
    hasher.stop()
    assert known(status) is None
