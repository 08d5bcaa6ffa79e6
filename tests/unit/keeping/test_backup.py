from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from aitia.errors import NotFoundError, StoreError
from aitia.ingest.pipeline import ingest
from aitia.journal.reader import segments
from aitia.keeping.backup import MANIFEST, back_up, restore
from aitia.records import Point, encode
from aitia.store.oxigraph import OxigraphStore


def test_what_was_copied_is_put_back(laboratory: Any, tmp_path: Path) -> None:
    store = laboratory.store(disk=True)
    seen: list[tuple[int, int]] = []
    made = back_up(
        laboratory.root, str(tmp_path / "copy"), store, progress=lambda *p: seen.append(p)
    )
    want = laboratory.hashes(store)
    store.close()
    assert made.store
    assert seen[-1][0] == seen[-1][1] == made.size
    back = str(tmp_path / "back")
    assert restore(made.path, back).files == made.files
    again = OxigraphStore(os.path.join(back, "store"))
    assert laboratory.hashes(again) == want
    assert ingest(back, again, jobs=0).runs == 0
    again.close()


def test_a_copy_is_whole_while_runs_are_recorded_and_brought_in(
    laboratory: Any, tmp_path: Path
) -> None:
    store, stop = laboratory.store(disk=True), threading.Event()
    live = laboratory.record(50, end=False)

    def work() -> None:
        step = 1000
        while not stop.is_set():
            live.write(encode(Point("", 1_790_000_000_000_000_000, {"loss": 0.5}, step)))
            step += 1
            if step % 50 == 0:
                ingest(laboratory.root, store, jobs=0)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for number in range(4):
            back_up(laboratory.root, str(tmp_path / f"copy{number}"), store)
    finally:
        stop.set()
        worker.join()
    live.close()
    store.close()
    for number in range(4):
        back = str(tmp_path / f"back{number}")
        restore(str(tmp_path / f"copy{number}"), back)
        found = OxigraphStore(os.path.join(back, "store"))
        ingest(back, found, jobs=0)
        fresh = OxigraphStore()
        ingest(back, fresh, jobs=0)
        assert laboratory.hashes(found) == laboratory.hashes(fresh)
        assert len(laboratory.hashes(found)) == 5
        found.close()


def test_without_a_store_it_is_made_again(laboratory: Any, tmp_path: Path) -> None:
    made = back_up(laboratory.root, str(tmp_path / "copy"), None)
    assert not made.store
    restore(made.path, str(tmp_path / "back"))
    store = OxigraphStore(tmp_path / "back" / "store")
    ingest(str(tmp_path / "back"), store, jobs=0)
    assert laboratory.hashes(store) == laboratory.fresh()
    store.close()


def test_sealed_journals_can_be_linked(laboratory: Any, tmp_path: Path) -> None:
    made = back_up(laboratory.root, str(tmp_path / "copy"), None, link=True)
    linked = [s.path for s in segments(os.path.join(made.path, "journal"))]
    assert len(linked) == 4
    assert all(os.stat(path).st_nlink == 2 for path in linked)


def test_nothing_is_written_over(laboratory: Any, tmp_path: Path) -> None:
    made = back_up(laboratory.root, str(tmp_path / "copy"), None)
    with pytest.raises(StoreError, match="is there already"):
        back_up(laboratory.root, made.path, None)
    with pytest.raises(StoreError, match="is there already"):
        restore(made.path, laboratory.root)


def test_a_damaged_copy_is_refused_and_leaves_nothing(laboratory: Any, tmp_path: Path) -> None:
    made = back_up(laboratory.root, str(tmp_path / "copy"), None)
    path = Path(segments(os.path.join(made.path, "journal"))[0].path)
    path.write_bytes(path.read_bytes().replace(b"run 0", b"run X"))
    with pytest.raises(StoreError, match="not as it was copied"):
        restore(made.path, str(tmp_path / "back"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy", "data"]


def test_a_copy_that_is_none_is_named(laboratory: Any, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no copy in"):
        restore(laboratory.root, str(tmp_path / "back"))
    made = back_up(laboratory.root, str(tmp_path / "copy"), None)
    manifest = Path(made.path) / MANIFEST
    about = json.loads(manifest.read_text())
    for change in ({"format": 99}, {"files": []}, {"files": {"../x": [0, ""]}}):
        manifest.write_text(json.dumps({**about, **change}))
        with pytest.raises(StoreError):
            restore(made.path, str(tmp_path / "back"))


def test_what_a_killed_one_left_is_swept(laboratory: Any, tmp_path: Path) -> None:
    left = tmp_path / "copy.partial-999999999"
    left.mkdir()
    back_up(laboratory.root, str(tmp_path / "copy"), None)
    assert not left.exists()


def test_a_place_that_cannot_be_written_is_named(laboratory: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        back_up(laboratory.root, str(tmp_path / "file" / "copy"), None)
