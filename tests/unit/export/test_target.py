"""Targets: whole or not there, or a stream."""

from __future__ import annotations

import io
from errno import ENOSPC
from pathlib import Path

import pytest

from aitia.errors import ExportError, NotFoundError
from aitia.export.target import writing


def test_a_file_is_there_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "out.ttl"
    path.write_bytes(b"old")
    with writing(path) as out:
        out.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["out.ttl"]


def test_a_fault_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    path = tmp_path / "out.ttl"
    path.write_bytes(b"old")
    with pytest.raises(NotFoundError), writing(path) as out:  # noqa: PT012
        out.write(b"half")
        raise NotFoundError("x")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("out.ttl", b"old")]


def test_a_stream_stays_open() -> None:
    stream = io.BytesIO()
    with writing(stream) as out:
        out.write(b"x")
    assert stream.getvalue() == b"x"


def test_says_what_is_wrong_with_a_place(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="there is no folder"), writing(tmp_path / "a" / "b"):
        pass
    with pytest.raises(ExportError, match="cannot be written"), writing(tmp_path) as out:
        out.write(b"x")
    assert list(tmp_path.iterdir()) == []
    assert not list(tmp_path.parent.glob("*.part"))


def test_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="No space left"), writing(tmp_path / "x"):
        raise OSError(ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []
