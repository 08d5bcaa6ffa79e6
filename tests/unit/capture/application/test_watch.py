import os
import time
from hashlib import sha256
from pathlib import Path

import pytest

from aitia.capture.application.files import FilesAdapter
from aitia.capture.application.watch import FileWatch
from aitia.capture.quiet import quiet
from aitia.capture.tasks import task
from aitia.records import Entity, Generated, Note, Record, Used
from aitia.vocabulary.iris import content_iri


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def iri_of(path: str) -> str:
    with quiet:
        return content_iri(sha256(Path(path).read_bytes()).hexdigest())


def used(records: list[Record]) -> set[tuple[str, str]]:
    return {(r.activity, r.entity) for r in records if isinstance(r, Used)}


def made(records: list[Record]) -> set[tuple[str, str]]:
    return {(r.activity, r.entity) for r in records if isinstance(r, Generated)}


def entity(records: list[Record], iri: str) -> Entity:
    return next(r for r in records if isinstance(r, Entity) and r.id == iri)


def test_each_version_of_a_file_belongs_to_its_writer(observe) -> None:
    versions = []
    with observe(FilesAdapter()) as observed:
        for content in ("one", "two"):
            with task("write"):
                Path("x.csv").write_text(content)
            with task("read"):
                Path("x.csv").read_text()
            versions.append(iri_of("x.csv"))
    assert made(observed.records) == {("1", versions[0]), ("3", versions[1])}
    assert used(observed.records) == {("2", versions[0]), ("4", versions[1])}


def test_rewriting_in_one_task_makes_one_version(observe) -> None:
    with observe(FilesAdapter()) as observed:
        for i in range(3):
            Path("x.csv").write_text(str(i))
    assert made(observed.records) == {("", iri_of("x.csv"))}
    assert used(observed.records) == set()


def test_what_is_read_before_it_is_overwritten_keeps_its_digest(observe) -> None:
    Path("x.csv").write_text("old")
    old = iri_of("x.csv")
    with observe(FilesAdapter()) as observed, open("x.csv", "r+") as handle:
        handle.write("new")
    assert used(observed.records) == {("", old)}
    assert made(observed.records) == {("", iri_of("x.csv"))}


def test_a_file_changed_by_others_since_it_was_read_is_told_as_it_was(observe) -> None:
    Path("x.csv").write_text("old")
    old = sha256(b"old").hexdigest()
    with observe(FilesAdapter()) as observed:
        Path("x.csv").read_text()
        with quiet:
            Path("x.csv").write_text("newer")
    ((_, found),) = used(observed.records)
    told = entity(observed.records, found)
    assert told.attributes["aitia:byteSize"] == 3
    # It may have been hashed before it was changed.
    assert told.digest in (None, old)
    noted = any(getattr(r, "kind", "") == "no-digest" for r in observed.records)
    assert noted == (told.digest is None)


def test_a_file_that_replaces_another_is_known_by_its_new_name(observe) -> None:
    with observe(FilesAdapter()) as observed:
        Path("x.tmp").write_text("content")
        os.replace("x.tmp", "x.csv")
    assert made(observed.records) == {("", iri_of("x.csv"))}
    assert entity(observed.records, iri_of("x.csv")).label == "x.csv"


def test_each_run_records_its_own_files_when_it_ends(observe) -> None:
    Path("x.csv").write_text("x")
    with observe(FilesAdapter()) as observed:
        Path("x.csv").read_text()
        with observed.another("inner"):
            Path("x.csv").read_text()
            Path("y.csv").write_text("y")
        inside = list(observed.records)
    assert made(inside) == {("", iri_of("y.csv"))}
    assert used(inside) == {("", iri_of("x.csv"))}
    assert len(observed.records.of(Used)) == 2
    assert len(observed.records.of(Generated)) == 1


def notices(watch: FileWatch, path: Path, *, reads: bool = False, writes: bool = False) -> None:
    watch.saw(str(path), reads=reads, writes=writes, mechanism="audit-hook")


def test_a_child_leaves_to_its_parent_what_was_noted_before(observe, tmp_path: Path) -> None:
    watch = FileWatch(1 << 20)
    (tmp_path / "x.csv").write_text("x")
    with observe() as observed:
        notices(watch, tmp_path / "x.csv", reads=True)
        watch.forget()
        watch.leave(observed.run.id)
    assert not observed.records.of(Used)


def test_more_files_than_are_kept_are_counted(observe, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("aitia.capture.application.watch.MAX_FILES", 2)
    watch = FileWatch(1 << 20)
    with observe() as observed:
        for i in range(5):
            (tmp_path / f"{i}.csv").write_text(str(i))
            notices(watch, tmp_path / f"{i}.csv", writes=True)
        watch.leave(observed.run.id)
    assert len(observed.records.of(Generated)) == 2
    (note,) = [n for n in observed.records.of(Note) if n.kind == "unrecorded"]
    assert note.occurrences == 3


def test_when_time_is_up_files_are_told_by_their_size(observe, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("aitia.capture.application.watch.PATIENCE", -1.0)
    watch = FileWatch(1 << 20)
    with observe() as observed:
        (tmp_path / "x.csv").write_text("12345")
        notices(watch, tmp_path / "x.csv", writes=True)
        watch.leave(observed.run.id)
    (found,) = observed.records.of(Entity)
    assert (found.digest, found.attributes["aitia:byteSize"]) == (None, 5)


def test_what_was_written_and_is_gone_is_counted(observe, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("aitia.capture.application.watch._TRANSIENT", ())
    watch = FileWatch(1 << 20)
    with observe() as observed:
        notices(watch, tmp_path / "x.csv", writes=True)
        watch.leave(observed.run.id)
    assert not observed.records.of(Generated)
    assert [n.kind for n in observed.records.of(Note)] == ["vanished"]


def test_a_large_file_that_is_written_again_is_not_read_for_it(
    observe, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr("aitia.capture.application.watch.REWRITTEN_LIMIT", 3)
    watch = FileWatch(1 << 20)
    with observe() as observed:
        (tmp_path / "x.csv").write_text("12345")
        for name in ("one", "two"):
            with task(name):
                notices(watch, tmp_path / "x.csv", writes=True)
        watch.leave(observed.run.id)
    assert [e.digest is None for e in observed.records.of(Entity)] == [True, False]
    assert [g.activity for g in observed.records.of(Generated)] == ["1", "2"]


def test_what_is_opened_to_be_written_but_is_not_was_read(observe) -> None:
    Path("x.db").write_bytes(b"base")
    os.utime("x.db", ns=(1_700_000_000_000_000_123, 1_700_000_000_000_000_123))
    time.sleep(0.1)
    with observe(FilesAdapter()) as observed, open("x.db", "r+b") as handle:
        handle.read()
    assert used(observed.records) == {("", iri_of("x.db"))}
    assert made(observed.records) == set()


def test_what_is_changed_by_others_after_it_was_read_is_told_by_its_size(observe, tmp_path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n")
    watch = FileWatch(1 << 20)
    with observe() as observed:
        notices(watch, tmp_path / "x.csv", reads=True)
        (tmp_path / "x.csv").write_text("longer")
        watch.leave(observed.run.id)
    (found,) = observed.records.of(Entity)
    assert (found.digest, found.attributes["aitia:byteSize"]) == (None, 4)
    (note,) = observed.records.of(Note)
    assert note.text.startswith("files that were changed after they were opened")
