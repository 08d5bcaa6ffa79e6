from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from aitia.ingest import build, parts
from aitia.journal.reader import segments
from aitia.keeping.check import compare
from aitia.store.oxigraph import OxigraphStore


def states(laboratory: Any, store: OxigraphStore, *, deep: bool = False) -> dict[str, str]:
    return {one.bundle: one.state for one in compare(laboratory.root, store, deep=deep)}


def bundle(laboratory: Any, number: int) -> str:
    return f"urn:uuid:{laboratory.run(number)}#bundle"


@pytest.mark.parametrize("deep", [False, True])
def test_a_store_that_is_up_to_date_is_the_same(laboratory: Any, deep: bool) -> None:
    store = laboratory.store()
    assert set(states(laboratory, store, deep=deep).values()) == {"same"}
    laboratory.record(5)
    assert states(laboratory, store, deep=deep)[bundle(laboratory, 5)] == "behind"
    store.close()


def test_large_graphs_are_compared_too(laboratory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "WINDOWED_BYTES", 1)
    monkeypatch.setattr(parts, "PART_BYTES", 1)
    store = laboratory.store()
    assert set(states(laboratory, store, deep=True).values()) == {"same"}
    assert not [name for name in os.listdir(laboratory.root) if name.startswith(parts.SCRATCH)]
    store.close()


def test_a_statement_that_was_taken_out_is_found_when_deep(laboratory: Any) -> None:
    store = laboratory.store()
    name = bundle(laboratory, 0)
    lines = [line for line in store.dump(name).splitlines(True) if b"stepp" not in line]
    removed = next(line for line in lines if b'"step"' in line)
    store.replace({name: b"".join(line for line in lines if line != removed)})
    assert states(laboratory, store)[name] == "same"
    assert states(laboratory, store, deep=True)[name] == "differs"
    store.close()


def test_other_records_of_the_same_size_are_found(laboratory: Any) -> None:
    store = laboratory.store()
    path = Path(segments(os.path.join(laboratory.root, "journal"))[0].path)
    path.write_bytes(path.read_bytes().replace(b"run 0", b"run X"))
    assert states(laboratory, store)[bundle(laboratory, 0)] == "differs"
    store.close()


def test_a_graph_without_a_journal_is_an_orphan(laboratory: Any) -> None:
    store = laboratory.store()
    Path(segments(os.path.join(laboratory.root, "journal"))[0].path).unlink()
    assert states(laboratory, store)[bundle(laboratory, 0)] == "orphan"
    store.close()
