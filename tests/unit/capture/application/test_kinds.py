import sys

import pytest

from aitia.capture.application.kinds import is_data, kind_of, system_places


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("train.csv", "aitia:Dataset"),
        ("/x/TRAIN.CSV.GZ", "aitia:Dataset"),
        ("part.parquet", "aitia:Dataset"),
        ("x.npz", "aitia:Dataset"),
        ("net.pt", "aitia:Model"),
        ("net.safetensors", "aitia:Model"),
        ("clf.joblib", "aitia:Model"),
        ("pytorch_model.bin", "aitia:Model"),
        ("other.bin", "aitia:Artifact"),
        ("notes.txt", "aitia:Artifact"),
        ("no-suffix", "aitia:Artifact"),
        (".csv", "aitia:Artifact"),
    ],
)
def test_the_name_tells_the_kind(path: str, kind: str) -> None:
    assert kind_of(path) == kind


def test_an_image_that_is_written_is_no_data() -> None:
    assert kind_of("x.png") == "aitia:Dataset"
    assert kind_of("x.png", made=True) == "aitia:Artifact"
    assert kind_of("x.csv", made=True) == "aitia:Dataset"


@pytest.mark.parametrize(
    "path",
    [
        "/proc/self/status",
        "/etc/hosts",
        "/data/x/.git/HEAD",
        "/data/x/.aitia/journal/1.jsonl",
        "/x/lib/python3/site-packages/numpy/data.csv",
        "/x/__pycache__/a.cpython-311.pyc",
        "/x/module.py",
        "/x/ext.so",
        f"{sys.prefix}/share/data.csv",
        "/home/u/.cache/matplotlib/fontlist.json",
    ],
)
def test_code_and_system_files_are_no_data(path: str) -> None:
    assert not is_data(path, system_places())


@pytest.mark.parametrize("path", ["/data/x/data.csv", "data.csv", "/mnt/gitlab/site.csv"])
def test_other_files_may_be_data(path: str) -> None:
    assert is_data(path, system_places())
