import os
import sqlite3
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from aitia.capture.application.files import FilesAdapter
from aitia.capture.quiet import quiet
from aitia.capture.subject import make
from aitia.capture.tasks import task
from aitia.records import Entity, Generated, Record, Used
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


def test_what_is_read_and_written_is_recorded_by_task(observe) -> None:
    Path("in.csv").write_text("a,b\n1,2\n")
    with observe(FilesAdapter()) as observed:
        with task("read"):
            pd.read_csv("in.csv")
            Path("in.csv").read_text()
        with task("write"):
            np.save("out.npy", np.zeros(3))
        with task("use"):
            np.load("out.npy")
    assert used(observed.records) == {("1", iri_of("in.csv")), ("3", iri_of("out.npy"))}
    assert made(observed.records) == {("2", iri_of("out.npy"))}
    found = entity(observed.records, iri_of("in.csv"))
    assert found.type == "aitia:Dataset"
    assert found.label == "in.csv"
    assert found.digest == sha256(b"a,b\n1,2\n").hexdigest()
    assert found.attributes == {
        "aitia:locator": "file:in.csv",
        "aitia:observedBy": "audit-hook",
        "aitia:byteSize": 8,
    }


def test_appending_uses_what_was_there(observe) -> None:
    Path("log.txt").write_text("a")
    old = iri_of("log.txt")
    with observe(FilesAdapter()) as observed, open("log.txt", "a") as handle:
        handle.write("b")
    assert used(observed.records) == {("", old)}
    assert made(observed.records) == {("", iri_of("log.txt"))}


def test_appending_to_a_new_file_makes_it(observe) -> None:
    with observe(FilesAdapter()) as observed, open("log.txt", "a") as handle:
        handle.write("b")
    assert used(observed.records) == set()
    assert made(observed.records) == {("", iri_of("log.txt"))}


def test_names_that_are_not_utf8_are_recorded(observe) -> None:
    with observe(FilesAdapter()) as observed, open(b"\xff \xc3\xa9.csv", "wb") as handle:
        handle.write(b"1")
    found = entity(observed.records, content_iri(sha256(b"1").hexdigest()))
    assert found.attributes["aitia:locator"] == "file:%FF%20%C3%A9.csv"
    assert found.label == "\\udcff é.csv"


def test_home_is_not_named(observe, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home, work = tmp_path / "home" / "alice", tmp_path / "work"
    for folder in (home, work):
        folder.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(work)
    with observe(FilesAdapter()) as observed:
        (home / "d.csv").write_text("1")
    found = entity(observed.records, content_iri(sha256(b"1").hexdigest()))
    assert found.attributes["aitia:locator"] == "file:~/d.csv"


def test_what_is_no_data_or_was_not_there_is_not_recorded(observe) -> None:
    with observe(FilesAdapter()) as observed:
        Path("module.py").write_text("")
        with open("/proc/self/status") as handle:
            handle.read()
        with pytest.raises(FileNotFoundError):
            Path("missing.csv").read_text()
        os.close(os.open(".", os.O_RDONLY))
    assert not observed.records.of(Used)
    assert not observed.records.of(Generated)


def test_the_records_of_the_project_are_not_recorded(observe, tmp_path: Path) -> None:
    with observe(FilesAdapter()) as observed:
        observed.run.published["AITIA_DIR"] = str(tmp_path / "kept")
        (tmp_path / "kept").mkdir()
        (tmp_path / "kept" / "x.csv").write_text("1")
    assert not observed.records.of(Generated)


def test_a_file_that_is_too_large_is_told_by_its_size(observe) -> None:
    with observe(FilesAdapter(limit=10)) as observed:
        Path("x.csv").write_text("more than ten bytes")
    ((_, found),) = made(observed.records)
    assert entity(observed.records, found).digest is None
    assert entity(observed.records, found).attributes["aitia:byteSize"] == 19


def test_a_database_is_used_and_made(observe) -> None:
    with observe(FilesAdapter()) as observed:
        with sqlite3.connect("d.sqlite") as connection:
            connection.execute("create table t (a)")
        connection.close()
        sqlite3.connect(":memory:").close()
    assert made(observed.records) == {("", iri_of("d.sqlite"))}


def test_a_fault_never_reaches_the_user(observe, monkeypatch: pytest.MonkeyPatch) -> None:
    from aitia.capture import guard
    from aitia.capture.application.watch import FileWatch

    def broken(self, *args, **kwargs):
        raise RuntimeError("broken")

    with observe(FilesAdapter()):
        with monkeypatch.context() as patch:
            patch.delenv("AITIA_TEST_RAISE")
            patch.setattr(FileWatch, "saw", broken)
            Path("x.csv").write_text("1")
            assert pl.DataFrame({"a": [1]}).write_csv() == "a\n1\n"
            pl.DataFrame({"a": [1]}).write_csv("y.csv")
        assert guard.drain()["files"][0] >= 2
    assert Path("x.csv").read_text() == "1"


def test_an_unhashable_name_is_no_trouble(observe, tmp_path: Path) -> None:
    class Name:
        __hash__ = None

        def __fspath__(self) -> str:
            return str(tmp_path / "x.csv")

    with observe(FilesAdapter()) as observed:
        os.close(os.open(Name(), os.O_WRONLY | os.O_CREAT))
    assert len(observed.records.of(Generated)) == 1


def test_after_a_change_of_folder_the_same_name_is_another_file(observe, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.csv").write_text(name)
    with observe(FilesAdapter()) as observed:
        for name in ("a", "b"):
            os.chdir(tmp_path / name)
            Path("x.csv").read_text()
    assert len(used(observed.records)) == 2


def test_what_the_user_says_of_a_file_is_not_contradicted_by_its_name(observe) -> None:
    with observe(FilesAdapter()) as observed:
        np.savez("weights.npz", np.zeros(3))
        make("weights.npz", role="model")
    kinds = {e.type for e in observed.records.of(Entity)}
    assert kinds == {"aitia:Model"}
