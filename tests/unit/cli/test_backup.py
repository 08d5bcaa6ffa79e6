import os

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


def test_a_store_that_is_held_is_left_out(aitia, tmp_path):
    store = OxigraphStore(os.path.join(aitia.at, "store"))
    done = aitia("backup", str(tmp_path / "copy"))
    assert "the copy is without it" in done.stderr
    store.close()
    os.rename(aitia.at, aitia.at + ".lost")
    assert "3 runs" in aitia("restore", str(tmp_path / "copy")).stdout


def test_a_folder_that_is_there_is_refused(aitia, tmp_path):
    said = aitia.refused("backup", str(tmp_path))
    assert "is there already" in said
    assert "next: " in said


def test_nothing_was_recorded(nowhere, tmp_path):
    assert "nothing was recorded" in nowhere.refused("backup", str(tmp_path / "copy"))
