import os

from aitia.store import owner
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore


def test_a_copy_is_made_and_put_back(aitia, tmp_path):
    names = {run["name"] for run in aitia.json("ls")}
    copy = str(tmp_path / "copy")
    assert aitia("backup", copy).stdout.startswith(f"{copy}: ")
    os.rename(aitia.at, aitia.at + ".lost")
    told = aitia.json("restore", copy)
    assert told["runs"] == 3
    assert {run["name"] for run in aitia.json("ls")} == names
    assert aitia("fsck", "--deep").exit_code == 0


def test_a_store_that_is_held_is_copied_beside_its_holder(aitia, tmp_path):
    aitia("ls")
    store = OxigraphStore(os.path.join(aitia.at, "store"))
    assert aitia.json("backup", str(tmp_path / "copy"))["store"]
    before = hashes(store)
    store.close()
    os.rename(aitia.at, aitia.at + ".lost")
    assert "3 runs" in aitia("restore", str(tmp_path / "copy")).stdout
    store = OxigraphStore(os.path.join(aitia.at, "store"))
    assert hashes(store) == before
    store.close()


def test_a_store_that_cannot_be_read_is_left_out(aitia, tmp_path, monkeypatch):
    def held(path: str) -> None:
        raise owner.locked(path)

    aitia("ls")
    monkeypatch.setattr("aitia.store.beside.StoreBeside", held)
    store = OxigraphStore(os.path.join(aitia.at, "store"))
    done = aitia("backup", str(tmp_path / "copy"))
    assert "the copy is without it" in done.stderr
    assert "all that was recorded, without the store" in done.stdout
    before = hashes(store)
    store.close()
    os.rename(aitia.at, aitia.at + ".lost")
    told = aitia("restore", str(tmp_path / "copy")).stdout
    assert "made again from the journals" in told
    store = OxigraphStore(os.path.join(aitia.at, "store"))
    assert hashes(store) == before
    store.close()


def hashes(store):
    return {graph: digest(store.dump(graph)) for graph in store.graphs()}


def test_a_folder_that_is_there_is_refused(aitia, tmp_path):
    said = aitia.refused("backup", str(tmp_path))
    assert "is there already" in said
    assert "next: " in said


def test_nothing_was_recorded(nowhere, tmp_path):
    assert "nothing was recorded" in nowhere.refused("backup", str(tmp_path / "copy"))
