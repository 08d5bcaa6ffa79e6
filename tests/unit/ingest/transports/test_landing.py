from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from aitia.errors import JournalError
from aitia.ingest.transports.landing import Landing
from aitia.ingest.transports.piece import Piece
from aitia.journal.reader import is_alive, segment_at
from aitia.journal.writer import JournalWriter
from aitia.records import Note, encode

RUN = "11111111-2222-4333-8444-555555555555"


def journal(folder: Path, notes: int = 20, *, close: bool = True) -> tuple[str, int, bytes]:
    writer = JournalWriter.create(folder, run=RUN)
    for number in range(notes):
        writer.write(encode(Note("x", f"note {number}")))
    assert writer.path is not None
    if close:
        writer.close()
    segment = segment_at(writer.path, RUN)
    assert segment is not None
    return os.path.basename(writer.path), segment.time, Path(writer.path).read_bytes()


def cut(name: str, moment: int, data: bytes, size: int = 100) -> list[Piece]:
    starts = range(0, len(data), size)
    return [Piece(RUN, name, moment, at, data[at : at + size]) for at in starts]


def test_pieces_backwards_and_twice_make_the_file(tmp_path: Path) -> None:
    name, moment, data = journal(tmp_path / "there")
    landing = Landing(str(tmp_path / "here"))
    pieces = cut(name, moment, data)
    for piece in reversed(pieces[1:]):
        assert landing.take([piece, piece]).fresh == 0
    assert landing.gaps() == [f"{RUN}/{name}"]
    assert landing.take(pieces[:1]).fresh == len(data)
    target = tmp_path / "here" / "journal" / RUN / name
    assert target.read_bytes() == data
    assert landing.gaps() == []
    again = landing.take(pieces)
    assert (again.fresh, again.known, again.conflicts) == (0, len(data), ())
    assert target.read_bytes() == data


def test_pieces_that_overlap_are_appended_beyond_the_end(tmp_path: Path) -> None:
    name, moment, data = journal(tmp_path / "there")
    landing = Landing(str(tmp_path))
    landing.take([Piece(RUN, name, moment, 0, data[:300])])
    landed = landing.take([Piece(RUN, name, moment, 250, data[250:])])
    assert (landed.fresh, landed.known) == (len(data) - 300, 50)
    assert (tmp_path / "journal" / RUN / name).read_bytes() == data


def test_bytes_of_a_kill_are_completed(tmp_path: Path) -> None:
    name, moment, data = journal(tmp_path / "there")
    target = tmp_path / "journal" / RUN / name
    for size in (0, 10, 299):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data[:size])
        Landing(str(tmp_path)).take(cut(name, moment, data, 300))
        assert target.read_bytes() == data


def test_another_version_of_the_same_bytes_is_told_and_not_written(tmp_path: Path) -> None:
    name, moment, data = journal(tmp_path / "there")
    landing = Landing(str(tmp_path))
    landing.take([Piece(RUN, name, moment, 0, data)])
    changed = data[300:310].swapcase()
    assert landing.take([Piece(RUN, name, moment, 300, changed)]).conflicts == (f"{RUN}/{name}",)
    assert (tmp_path / "journal" / RUN / name).read_bytes() == data


def test_a_file_that_was_replaced_replaces_the_older_in_any_order(tmp_path: Path) -> None:
    _, old, first = journal(tmp_path / "a", 30)
    _, new, second = journal(tmp_path / "b", 5)
    assert new > old
    name = "adopted-x.jsonl"
    older, newer = cut(name, old, first), cut(name, new, second)
    target = tmp_path / "here" / "journal" / RUN / name
    landing = Landing(str(tmp_path / "here"))
    for piece in [newer[-1], *older, *newer[:-1], *older, *newer]:
        landing.take([piece])
    assert target.read_bytes() == second
    assert landing.gaps() == []


def test_a_process_that_ended_elsewhere_is_known_to_have_ended(tmp_path: Path) -> None:
    name, moment, data = journal(tmp_path / "there", close=False)
    data = data.rstrip(b"\0").replace(b'"host":"', b'"host":"elsewhere-', 1)
    target = str(tmp_path / "journal" / RUN / name)
    landing = Landing(str(tmp_path))
    end = Piece(RUN, name, moment, len(data), b"", end=True)

    def alive() -> bool:
        segment = segment_at(target, RUN)
        assert segment is not None
        return is_alive(segment)

    landing.take([end])
    assert landing.take([Piece(RUN, name, moment, 0, data[:400])]).fresh == 400
    assert alive()
    landing.take([Piece(RUN, name, moment, 400, data[400:])])
    assert not alive()
    assert time.time() - os.stat(target).st_mtime > 3600
    # It went on after all.
    landing.take([Piece(RUN, name, moment, len(data), encode(Note("x", "more")))])
    assert alive()
    landing.take([end])
    assert alive()


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(JournalError, match="Permission denied"):
        Landing(str(tmp_path)).take([Piece(RUN, "a.jsonl", 0, 0, b"x\n")])


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("")
    with pytest.raises(JournalError, match="sent again"):
        Landing(str(tmp_path)).take([Piece(RUN, "a.jsonl", 0, 0, b"x\n")])
