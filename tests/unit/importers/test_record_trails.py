"""Record trails: both sample networks in full, and files that are no trails."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from aitia.errors import ImportFormatError, NotFoundError
from aitia.importers.port import Imported
from aitia.importers.record_trails import HEADER, parse, read, recognises, scalar
from aitia.importers.source import open_source
from aitia.records import Ended, Entity, Note, Points, Record, RunStarted, Setting, Used, encode

DATA = Path(__file__).parents[2] / "data" / "record_trails"
FIRST = DATA / "2021_02_15_13_55_26_539263.txt"
SECOND = DATA / "2021_02_15_13_56_59_917381.txt"


def one(path: Path) -> tuple[Imported, list[Record]]:
    (found,) = read(path)
    return found, list(found.records)


def of(records: list[Record], kind: type) -> Iterator[Record]:
    return (record for record in records if isinstance(record, kind))


def settings(records: list[Record], subject: str) -> dict[str, object]:
    return {r.name: r.value for r in records if isinstance(r, Setting) and r.subject == subject}


def test_a_network_is_a_run_with_one_training() -> None:
    found, records = one(FIRST)
    assert found.recorder == "record-trails"
    start = records[0]
    assert isinstance(start, RunStarted)
    assert (start.id, start.time) == (found.run, 1613397326539263000)
    assert start.attributes["aitia:randomSeed"] == 2476382228
    assert settings(records, "") == {"sampler": "random"}
    chosen = [r.entity for r in records if getattr(r, "relation", "") == "aitia:samplingStrategy"]
    assert chosen == ["https://w3id.org/aitia/scheme/sampling-strategy#RandomSearch"]
    relations = {r.relation for r in records if isinstance(r, Used)}
    assert relations == {"aitia:configuredBy", "aitia:trainedOn", "aitia:samplingStrategy"}
    (ended,) = of(records, Ended)
    assert ended == Ended("1", None, "Completed", None, {}, {"aitia:statusInferred": True})


def test_curves_have_eighty_half_epochs_and_accuracy_as_a_fraction() -> None:
    _, records = one(FIRST)
    curves = {r.quantity: r for r in records if isinstance(r, Points)}
    assert set(curves) == {"trainLoss", "valLoss", "valAcc"}
    assert all(len(c.values) == 80 for c in curves.values())
    assert curves["valAcc"].steps[:3] == [0.5, 1.0, 1.5]
    assert curves["valAcc"].steps[-1] == 40.0
    assert curves["valAcc"].values[0] == pytest.approx(0.0968)
    assert curves["valAcc"].unit == "1"
    assert curves["trainLoss"].values[-1] == 1.4958381524682045


def test_an_empty_cell_in_mid_row_shifts_nothing() -> None:
    # FC_dropout_layers is empty in the first file, before FCFilters.
    _, records = one(FIRST)
    found = settings(records, "configuration")
    assert "FC_dropout_layers" not in found
    assert found["FCFilters"] == "100"
    assert found["FC_dropout_rate"] == 0.4558671863403917
    assert settings(one(SECOND)[1], "configuration")["FC_dropout_layers"] == "1"


def test_a_configuration_has_typed_properties_and_every_setting() -> None:
    _, records = one(FIRST)
    (config,) = (
        r for r in records if isinstance(r, Entity) and r.type == "aitia:TrainingConfiguration"
    )
    assert config.attributes["aitia:learningRate"] == 0.11464760689500715
    assert config.attributes["aitia:batchSize"] == 25
    assert config.attributes["aitia:epochBudget"] == 40
    found = settings(records, "configuration")
    assert found["train_GPU"] is True
    assert found["momentum"] == 4.877743709660678e-05
    assert found["dampening"] == 0
    assert found["convKernels"] == "24-2-2"


def test_the_two_networks_share_their_data_set_and_nothing_else() -> None:
    (first, of_first), (second, of_second) = one(FIRST), one(SECOND)
    assert first.run != second.run
    ids = [
        {r.id for r in records if isinstance(r, Entity) and r.type == "aitia:Dataset"}
        for records in (of_first, of_second)
    ]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 1


def test_reading_twice_gives_the_same_bytes() -> None:
    one_time, again = one(FIRST)[1], one(FIRST)[1]
    assert [encode(r) for r in one_time] == [encode(r) for r in again]


def test_says_what_it_cannot_know_and_what_it_inferred() -> None:
    kinds = [r.kind for r in one(FIRST)[1] if isinstance(r, Note)]
    assert kinds.count("blind spot") == 3
    assert kinds.count("inferred") == 3
    assert "converted" in kinds


def test_a_folder_gives_the_files_that_are_named_like_trails() -> None:
    assert [found.run for found in read(DATA)] == [one(FIRST)[0].run, one(SECOND)[0].run]
    assert recognises(DATA)


def test_a_folder_without_trails_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no record trail"):
        list(read(tmp_path))
    assert not recognises(tmp_path)


def rewritten(tmp_path: Path, old: str, new: str) -> Path:
    text = FIRST.read_text()
    assert old in text
    path = tmp_path / "trail.txt"
    path.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.4558671863403917  100", "0.4558671863403917 100", "line 2 .*27 cells"),
        ("\n1.0 3.7429", "\n1.0 x3.7429", r"line 3 .*trainLoss = 'x3.7429"),
        ("epochs trainLoss", "epoch trainLoss", "line 1 .*a header"),
        ("12-2-1", "12-2", "line 2 .*conv layers of different number"),
        ("24-2-2", "24-2-b", "line 2 .*convKernels = '24-2-b'"),
    ],
)
def test_refuses_a_damaged_file_by_its_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = rewritten(tmp_path, old, new)
    with pytest.raises(ImportFormatError, match=message):
        [list(found.records) for found in read(path)]


def test_refuses_a_file_that_is_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "trail.txt"
    path.write_bytes(FIRST.read_bytes()[:-40])
    with pytest.raises(ImportFormatError, match=r"line 81 .*cut short"):
        list(read(path))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "line 1 .*the file is empty"),
        ((" ".join(HEADER) + "\n").encode(), "line 1 .*ends after its header"),
        (b"\xff\xfe\n", "line 1 .*not UTF-8"),
    ],
)
def test_refuses_what_holds_no_network(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "trail.txt"
    path.write_bytes(content)
    with pytest.raises(ImportFormatError, match=message):
        list(read(path))


def test_refuses_another_file_of_the_same_project() -> None:
    path = DATA / "PENGUIN-input_file.txt"
    assert not recognises(path)
    with pytest.raises(ImportFormatError, match=r"line 1 of PENGUIN-input_file\.txt"):
        list(read(path))


def test_a_loss_that_diverged_is_kept(tmp_path: Path) -> None:
    path = rewritten(
        tmp_path, "\n1.0 3.7429280073642732 3.5833423637095234 14.91", "\n1.0 nan inf 14.91"
    )
    trail = parse(open_source(path))
    assert math.isnan(trail.curves["trainLoss"][1])
    assert trail.curves["valLoss"][1] == math.inf


def test_a_network_without_a_time_in_its_name_is_still_read(tmp_path: Path) -> None:
    path = rewritten(tmp_path, "2021_02_15_13_55_26_539263", "net-7")
    found, records = one(path)
    start = records[0]
    assert isinstance(start, RunStarted)
    assert (start.name, start.time) == ("network net-7", 0)
    assert found.run != one(FIRST)[0].run


@pytest.mark.parametrize(
    ("cell", "value"),
    [("True", True), ("3", 3), ("1e-3", 0.001), ("SGD", "SGD"), ("3-3-1", "3-3-1")],
)
def test_cells_become_what_they_look_like(cell: str, value: object) -> None:
    assert scalar(cell) == value
    assert type(scalar(cell)) is type(value)
