"""The registry of importers: by name, by content, and what both refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from aitia import importers
from aitia.errors import ImportFormatError, NotFoundError
from aitia.importers.flowcept import read as read_flowcept
from aitia.importers.record_trails import read as read_trails

DATA = Path(__file__).parents[2] / "data"
BUFFER = DATA / "flowcept" / "buffer_nested.jsonl"
TRAILS = DATA / "record_trails"


def test_loads_each_importer_by_name() -> None:
    assert importers.load("flowcept") is read_flowcept
    assert importers.load("record-trails") is read_trails


def test_lists_the_importers_when_there_is_none_of_that_name() -> None:
    with pytest.raises(NotFoundError, match="flowcept, record-trails"):
        importers.load("mlflow")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (BUFFER, "flowcept"),
        (TRAILS / "2021_02_15_13_55_26_539263.txt", "record-trails"),
        (TRAILS, "record-trails"),
    ],
)
def test_knows_a_format_by_its_content(path: Path, name: str) -> None:
    assert importers.detect(path) == name


@pytest.mark.parametrize(
    "path", [TRAILS / "PENGUIN-input_file.txt", DATA, DATA / "there is nothing here"]
)
def test_says_when_no_format_is_known(path: Path) -> None:
    with pytest.raises(ImportFormatError, match="no format that is known"):
        importers.detect(path)


def test_reads_without_being_told_the_format() -> None:
    assert [found.recorder for found in importers.read(BUFFER)] == [
        "flowcept",
        "flowcept-inference",
    ]
    assert [found.recorder for found in importers.read(TRAILS)] == ["record-trails"] * 2
