from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aitia.cli.fsck import _check
from aitia.ingest.pipeline import ingest, rebuild
from aitia.journal.reader import segments
from aitia.journal.writer import JournalWriter
from aitia.query.catalog import load
from aitia.query.run import ask
from aitia.records import RunEnded, RunStarted, Setting, encode
from aitia.store import graphs
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore

RUN = "11111111-2222-4333-8444-555555555555"
CHAIN = load()["record-chain"]


@pytest.fixture
def journal(tmp_path: Path) -> list[Path]:
    """Return the three segments that one process wrote."""
    writer = JournalWriter(str(tmp_path / "journal" / RUN), run=RUN, limit=2000)
    writer.write(encode(RunStarted(RUN, "run", 1_790_000_000_000_000_000)))
    for index in range(90):
        writer.write(encode(Setting("", f"setting {index}", index)))
    writer.write(encode(RunEnded(1_790_000_001_000_000_000)))
    writer.close()
    found = [Path(s.path) for s in segments(tmp_path / "journal")]
    assert len(found) >= 3
    return found


def states(root: Path, store: OxigraphStore) -> list[str]:
    ingest(root, store)
    return [str(row[-1]) for row in ask(store, CHAIN)]


def checked(root: Path) -> list[str]:
    """Return what ``aitia fsck`` says of each segment, in the order of their names."""
    return [
        _check(s).state.replace("live", "open")
        for s in sorted(segments(root / "journal"), key=lambda s: s.path)
    ]


def cut_seal(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(True)[:-1]))


def change(path: Path) -> None:
    data = path.read_bytes()
    changed = data.replace(b"setting", b"sitting", 1)
    assert changed != data
    path.write_bytes(changed)


def test_the_segments_of_a_process_are_linked(tmp_path: Path, journal: list[Path]) -> None:
    rows = list(ask_after(tmp_path))
    assert [row[-1] for row in rows] == ["first"] + ["linked"] * (len(journal) - 1)
    assert [row[7] for row in rows] == [None, *(row[6] for row in rows[:-1])]
    assert set(checked(tmp_path)) == {"sealed"}


def ask_after(root: Path) -> object:
    store = OxigraphStore(None)
    ingest(root, store)
    return ask(store, CHAIN)


@pytest.mark.parametrize(
    ("hurt", "place", "state"),
    [
        (change, 1, "damaged"),
        (Path.unlink, 1, "broken"),
        (Path.unlink, 0, "broken"),
        (cut_seal, -1, "open"),
    ],
)
def test_the_query_and_fsck_see_the_same_fault(
    tmp_path: Path,
    journal: list[Path],
    hurt: Callable[[Path], object],
    place: int,
    state: str,
) -> None:
    hurt(journal[place])
    found = states(tmp_path, OxigraphStore(None))
    assert found.count(state) == 1
    assert set(found) <= {"first", "linked", state}
    faults = ["damaged" if s in ("damaged", "broken") else s for s in found]
    assert [s if s in ("damaged", "open") else "sealed" for s in faults] == checked(tmp_path)


def test_the_chain_is_the_same_when_the_store_is_made_again(
    tmp_path: Path, journal: list[Path]
) -> None:
    store, again = OxigraphStore(None), OxigraphStore(None)
    last = journal[-1].read_bytes()
    cut_seal(journal[-1])
    assert states(tmp_path, store)[-1] == "open"
    journal[-1].write_bytes(last)
    assert states(tmp_path, store)[-1] == "linked"
    rebuild(tmp_path, again)
    for graph in (graphs.bundle(RUN), graphs.catalogue(RUN)):
        assert digest(store.dump(graph)) == digest(again.dump(graph))
