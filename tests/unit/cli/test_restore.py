def test_a_data_directory_that_is_there_stays(aitia, tmp_path):
    copy = str(tmp_path / "copy")
    aitia("backup", copy)
    said = aitia.refused("restore", copy)
    assert "is there already" in said
    assert f"next: mv {aitia.at}" in said


def test_a_folder_without_a_copy_is_named(nowhere, tmp_path):
    assert "no copy in" in nowhere.refused("--at", str(tmp_path / "new"), "restore", str(tmp_path))
