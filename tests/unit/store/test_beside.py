from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aitia.errors import NotFoundError, StoreError, StoreLockedError
from aitia.query.limited import LimitedStore
from aitia.store import beside
from aitia.store.beside import COPIES, StoreBeside
from aitia.store.oxigraph import OxigraphStore

NUMBERS = "SELECT ?n { ?s <urn:number> ?n } ORDER BY ?n"

WRITES = """
import sys
from aitia.store.oxigraph import OxigraphStore
store = OxigraphStore(sys.argv[1])
store._open.optimize()
print("open", flush=True)
for i in range(100_000):
    graph = f"urn:g:{i}"
    end = f" <{graph}> .\\n"
    told = [f"<urn:s:{i}> <urn:number> {chr(34)}{i:06}{chr(34)}{end}"]
    told += [f"<urn:s:{i}> <urn:part> {chr(34)}{k}{chr(34)}{end}" for k in range(i % 7 * 300)]
    (store.replace if i % 3 else store.append)(
        *([{graph: "".join(told).encode()}] if i % 3 else [graph, "".join(told).encode()])
    )
    if i % 20 == 19:
        store.compact()
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OxigraphStore]:
    store = OxigraphStore(tmp_path / "store")
    store.replace({"urn:g:1": b'<urn:a> <urn:number> "1" <urn:g:1> .\n'})
    yield store
    store.close()


def copies(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if COPIES in name]


def numbers(store: OxigraphStore) -> list[str]:
    return [row[0].value for row in store.select(NUMBERS).rows if row[0]]


def test_a_store_that_is_open_elsewhere_is_read_as_it_is_at_the_moment(
    store: OxigraphStore, tmp_path: Path
) -> None:
    read = StoreBeside(tmp_path / "store")
    store.replace({"urn:g:2": b'<urn:b> <urn:number> "2" <urn:g:2> .\n'})
    assert numbers(read) == ["1"]
    assert store.path is not None
    later = StoreBeside(store.path)
    assert numbers(later) == ["1", "2"]
    assert later.dump("urn:g:2") == store.dump("urn:g:2")
    read.close()
    later.close()
    later.close()
    assert copies(tmp_path) == []


def test_it_is_not_written_to(store: OxigraphStore, tmp_path: Path) -> None:
    read = StoreBeside(tmp_path / "store")
    for write in (
        lambda: read.replace({"urn:g:1": b""}),
        lambda: read.append("urn:g:1", b""),
        lambda: read.change("urn:g:1", b"", b""),
        read.compact,
    ):
        with pytest.raises(StoreLockedError, match="already holds the store"):
            write()
    read.close()
    assert numbers(store) == ["1"]


def test_a_copy_can_be_copied_and_asked_with_a_limit(store: OxigraphStore, tmp_path: Path) -> None:
    read = StoreBeside(tmp_path / "store")
    with LimitedStore(read, 30) as limited:
        assert limited.ask('ASK { <urn:a> <urn:number> "1" }')
    read.backup(tmp_path / "backup")
    read.close()
    again = OxigraphStore(tmp_path / "backup")
    assert numbers(again) == ["1"]
    again.close()


def test_where_there_is_no_store_none_is_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no store"):
        StoreBeside(tmp_path / "store")
    assert copies(tmp_path) == []


def test_tables_are_copied_where_links_are_not_possible(
    store: OxigraphStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    read = StoreBeside(tmp_path / "store")
    assert numbers(read) == ["1"]
    read.close()


def test_a_copy_that_cannot_be_made_says_so(
    store: OxigraphStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(StoreError, match="Permission denied"):
        StoreBeside(tmp_path / "store")


def test_a_store_that_never_rests_is_said_to_be_held(
    store: OxigraphStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = iter(range(1_000))
    monkeypatch.setattr(beside, "_state", lambda folder: [("CURRENT", bytes(next(changes)))])
    monkeypatch.setattr(beside, "PAUSE", 0.0)
    with pytest.raises(StoreLockedError):
        StoreBeside(tmp_path / "store")
    assert copies(tmp_path) == []


def test_copies_are_whole_while_another_process_writes_loads_and_compacts(tmp_path: Path) -> None:
    place = str(tmp_path / "store")
    writer = subprocess.Popen([sys.executable, "-c", WRITES, place], stdout=subprocess.PIPE)
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"open\n"
        before = 0
        for _ in range(8):
            read = StoreBeside(place)
            found = [int(number) for number in numbers(read)]
            # What was written first is there first, each graph with all that is in it.
            assert found == list(range(len(found)))
            assert len(found) >= before
            before = len(found)
            if found:
                parts = f"SELECT (COUNT(?p) AS ?n) {{ <urn:s:{found[-1]}> <urn:part> ?p }}"
                ((count,),) = read.select(parts).rows
                assert count is not None
                assert int(count.value) == found[-1] % 7 * 300
            read.close()
        assert before > 0
    finally:
        writer.kill()
        writer.communicate()
