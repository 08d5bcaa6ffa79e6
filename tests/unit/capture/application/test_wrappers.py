import sys
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import joblib
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


@pytest.mark.frameworks
def test_a_network_that_pytorch_saves_and_loads(observe) -> None:
    torch = pytest.importorskip("torch")
    net = torch.nn.Linear(2, 1)
    with observe(FilesAdapter()) as observed:
        observed.run.bind(net, "e5")
        with task("save"):
            torch.save(net, "net.pt")
            torch.save(net.state_dict(), Path("state.pt"))
            torch.save({"net": net, "epoch": 3}, "checkpoint.pt")
        with task("load"):
            torch.load("state.pt")
    names = ("net.pt", "state.pt", "checkpoint.pt")
    assert made(observed.records) == {("1", iri_of(name)) for name in names}
    assert used(observed.records) == {("2", iri_of("state.pt"))}
    assert entity(observed.records, iri_of("net.pt")).type == "aitia:Model"
    derived = {(r.derived, r.source) for r in observed.records.of(Derived)}
    assert derived == {(iri_of("net.pt"), "e5"), (iri_of("checkpoint.pt"), "e5")}


def test_a_name_that_a_module_took_before_is_seen(observe, tmp_path: Path, monkeypatch) -> None:
    pd.DataFrame({"x": [1]}).to_parquet(tmp_path / "a.parquet")
    taken = ModuleType("taken_before")
    taken.read = pd.read_parquet
    monkeypatch.setitem(sys.modules, "taken_before", taken)
    original = taken.read
    with observe(FilesAdapter()) as observed:
        taken.read(tmp_path / "a.parquet")
    assert [record.label for record in observed.records.of(Entity)] == ["a.parquet"]
    assert taken.read is original
