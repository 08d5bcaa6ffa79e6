import os
import sqlite3
from hashlib import sha256
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from aitia.capture.application.files import FilesAdapter
from aitia.capture.quiet import quiet
from aitia.capture.subject import make
from aitia.capture.tasks import task
from aitia.records import Derived, Entity, Generated, Record, Used
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


def test_a_file_changed_by_others_since_it_was_read_has_no_digest(observe) -> None:
    Path("x.csv").write_text("old")
    with observe(FilesAdapter()) as observed:
        Path("x.csv").read_text()
        with quiet:
            Path("x.csv").write_text("newer")
    ((_, found),) = used(observed.records)
    assert entity(observed.records, found).digest is None
    assert entity(observed.records, found).attributes["aitia:byteSize"] == 3
    assert any(getattr(r, "kind", "") == "no-digest" for r in observed.records)


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


def test_readers_and_writers_that_python_does_not_hear_of(observe, tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1, 2]})
    table = pa.table({"a": [1, 2]})
    polar = pl.DataFrame({"a": [1, 2]})
    writers = {
        "1.parquet": frame.to_parquet,
        "2.feather": frame.to_feather,
        "3.parquet": lambda path: pq.write_table(table, path),
        "4.csv": lambda path: pa.csv.write_csv(table, path),
        "5.parquet": polar.write_parquet,
        "6.csv": lambda path: polar.lazy().sink_csv(path),
        "7.arrow": lambda path: polar.write_ipc(file=path),
    }
    readers = {
        "1.parquet": lambda path: pd.read_parquet(path),
        "2.feather": lambda path: pa.feather.read_table(path),
        "3.parquet": lambda path: pl.scan_parquet(path).collect(),
        "4.csv": lambda path: pl.read_csv(source=path),
        "5.parquet": lambda path: pq.read_table(path),
        "6.csv": lambda path: pa.csv.read_csv(path),
        "7.arrow": lambda path: pl.read_ipc(path),
    }
    adapter = FilesAdapter()
    with observe(adapter) as observed:
        # The frames' methods were bound before anything was wrapped.
        writers |= {"1.parquet": pd.DataFrame(frame).to_parquet}
        writers |= {"2.feather": pd.DataFrame(frame).to_feather}
        writers |= {"5.parquet": pl.DataFrame(polar).write_parquet}
        with task("write"):
            for name, write in writers.items():
                write(Path(name))
        with task("read"):
            for name, read in readers.items():
                read(name)
    assert made(observed.records) == {("1", iri_of(name)) for name in writers}
    assert used(observed.records) == {("2", iri_of(name)) for name in readers}
    assert any(
        e.attributes.get("aitia:observedBy") == "wrapper" for e in observed.records.of(Entity)
    )


def test_patterns_and_folders_are_followed(observe) -> None:
    Path("d").mkdir()
    table = pa.table({"a": [1]})
    pq.write_table(table, "d/1.parquet")
    pq.write_table(pa.table({"a": [2]}), "d/2.parquet")
    with observe(FilesAdapter()) as observed:
        pl.scan_parquet("d/*.parquet").collect()
        pa.dataset.dataset("d").to_table()
    labels = {e.label for e in observed.records.of(Entity)}
    assert labels == {"1.parquet", "2.parquet", "d"}


def test_remote_data_are_named_without_credentials(observe) -> None:
    with observe(FilesAdapter()) as observed, pytest.raises(ValueError, match="engine"):
        pd.read_parquet("s3://key:secret@127.0.0.1:1/bucket/x.parquet", engine="none")
    (found,) = observed.records.of(Entity)
    assert "secret" not in str(found.attributes["aitia:locator"])
    assert found.label == "x.parquet"


def test_everything_is_put_back(observe) -> None:
    before = (pl.read_csv, pd.DataFrame.to_parquet, pq.read_table)
    with observe(FilesAdapter()):
        assert pl.read_csv is not before[0]
        assert pl.read_csv.__wrapped__ is before[0]
    assert (pl.read_csv, pd.DataFrame.to_parquet, pq.read_table) == before


def test_wrapped_functions_pickle_by_name(observe) -> None:
    import pickle

    with observe(FilesAdapter()):
        for function in (pl.read_csv, pd.read_parquet, pq.read_table):
            assert pickle.loads(pickle.dumps(function)) is function


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


def test_a_file_derives_from_the_object_that_was_written(observe) -> None:
    known, unknown = pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [2]})
    with observe(FilesAdapter()) as observed:
        observed.run.bind(known, "e78")
        known.to_parquet("known.parquet")
        unknown.to_parquet("unknown.parquet")
    derived = [(r.derived, r.source) for r in observed.records.of(Derived)]
    assert derived == [(iri_of("known.parquet"), "e78")]


def test_a_saved_estimator_derives_from_the_model_that_it_is(observe) -> None:
    import pickle

    from sklearn.linear_model import LinearRegression

    model = LinearRegression()
    with observe(FilesAdapter()) as observed:
        observed.run.bind(model, "e5")
        joblib.dump(model, "m.joblib")
        with open("m.pkl", "wb") as handle:
            pickle.dump(model, handle)
    derived = {(r.derived, r.source) for r in observed.records.of(Derived)}
    assert derived == {(iri_of("m.joblib"), "e5"), (iri_of("m.pkl"), "e5")}
    assert entity(observed.records, iri_of("m.joblib")).type == "aitia:Model"
