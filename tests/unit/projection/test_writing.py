from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from aitia.errors import ExportError, ProjectionError
from aitia.projection import gathering as gathering_module
from aitia.projection import reading, writing
from aitia.projection.facts import facts
from aitia.projection.project import pivot, project
from aitia.projection.table import FeatureTable
from aitia.projection.writing import write_table
from aitia.query.catalog import load
from aitia.query.run import ask
from aitia.records import RunEnded, RunStarted, Setting, Started
from aitia.store.oxigraph import OxigraphStore

Keep = Callable[..., Any]
NAMES = ("training-runs", "task-features", "model-features", "layer-features")


def asked_whole(store: OxigraphStore, name: str) -> FeatureTable:
    """Return the table as the question gives it when it is asked as it stands."""
    answer = ask(store, load()[name])
    return pivot(facts(answer.columns, answer.rows), question=name)


@pytest.fixture
def store(keep: Keep, train: Keep) -> OxigraphStore:
    """Runs that share layers, one of them with two trainings; numbers among texts, and a NaN."""
    odd = [*train(3, units=(4,), loss=(2.0, float("nan"), 1.0))]
    odd[-1:-1] = [
        Setting("2", "warmup", "none"),
        Started("9", 'fit "again"\n', odd[0].time + 20, type="aitia:TrainingRun"),
    ]
    return keep(train(0, rate=0.1), train(1, units=(4,)), train(2, data="b" * 64), odd)


def on_disk(store: OxigraphStore, path: Path) -> OxigraphStore:
    copy = OxigraphStore(path / "store")
    copy.replace({graph: store.dump(graph) for graph in store.graphs() if "#bundle" in graph})
    return copy


@pytest.mark.parametrize("name", NAMES)
def test_families_by_pages_tell_what_the_whole_question_tells(
    store: OxigraphStore, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE_UNITS", 3)
    monkeypatch.setattr(reading, "BUNDLES", 2)
    whole, paged = asked_whole(store, name), project(store, name)
    assert paged == whole
    assert paged.digest == whole.digest
    assert paged.sources == whole.sources
    assert paged.notes == whole.notes


@pytest.mark.parametrize("name", NAMES)
def test_processes_read_what_this_one_reads(
    store: OxigraphStore, name: str, tmp_path: Path
) -> None:
    copy = on_disk(store, tmp_path)
    assert project(copy, name) == project(store, name)
    copy.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_written_table_is_the_table_in_memory(
    store: OxigraphStore, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering_module.Gathering.__init__, "__defaults__", (7,))
    monkeypatch.setattr(writing, "GROUP_ROWS", 2)
    table = asked_whole(store, name)
    for end in ("csv", "parquet"):
        written = write_table(store, name, tmp_path / f"table.{end}")
        assert written.digest == table.digest
        assert written.shape == table.shape
        assert (written.tiers, written.sources, written.notes) == (
            table.tiers, table.sources, table.notes,
        )  # fmt: skip
        assert [c.schema() for c in written] == table.schema()
        assert [c.datatype for c in written] == [c.datatype for c in table]
    assert (tmp_path / "table.csv").read_bytes() == table.csv
    found = pyarrow.parquet.ParquetFile(tmp_path / "table.parquet")
    assert found.num_row_groups == (len(table) + 1) // 2
    read, whole = found.read(), table.to_arrow()
    assert read.equals(whole) or repr(read.to_pylist()) == repr(whole.to_pylist())
    assert read.schema.equals(whole.schema, check_metadata=False)
    assert [f.metadata for f in read.schema] == [f.metadata for f in whole.schema]
    assert found.metadata.metadata[b"aitia:sha256"] == table.digest.encode()
    assert found.metadata.metadata[b"aitia:question"] == name.encode()


def test_one_run_alone_is_written(store: OxigraphStore, tmp_path: Path) -> None:
    written = write_table(store, "training-runs", tmp_path / "one.csv", run="net 1")
    assert written.shape[0] == 1
    assert len((tmp_path / "one.csv").read_text().splitlines()) == 2


def test_other_formats_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"ends in \.csv or \.parquet"):
        write_table(OxigraphStore(), "training-runs", tmp_path / "table.xlsx")


def test_an_empty_store_leaves_no_file(keep: Keep, tmp_path: Path) -> None:
    store = keep([RunStarted("00000000-0000-0000-0000-000000000001", "r", 1), RunEnded(2)])
    with pytest.raises(ProjectionError, match="no unit was recorded"):
        write_table(store, "training-runs", tmp_path / "table.csv")
    assert not list(tmp_path.iterdir())
