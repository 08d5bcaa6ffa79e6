from __future__ import annotations

import json
from pathlib import Path

import pytest

from aitia import importers
from aitia.errors import ImportFormatError, NotFoundError
from aitia.importers.table import RECORDER, read, recognises
from aitia.importers.table.description import load
from aitia.records import Derived, Note, Point, Points, Record, Setting, Started, Used

DESCRIPTION = """
[table]
name = "sweep"
sources = ["runs.csv"]
run = ["id"]
when = 2024-05-01
dataset = "data"

[settings]
width = "width"

[given]
sampler = "random"

[series]
step = "epoch"
loss = "train_loss"

[results]
accuracy = "acc"

[units]
width = "1"
"""
ROWS = """id,width,epoch,train_loss,acc,data,secret note
a,8,2,0.5,0.7,toy,/home/someone
a,8,1,1.5,0.7,toy,
b,16,1,nan,,toy,
"""


def written(folder: Path, description: str = DESCRIPTION, rows: str | None = ROWS) -> Path:
    path = folder / "sweep.toml"
    path.write_text(description)
    if rows is not None:
        (folder / "runs.csv").write_text(rows)
    return path


def records(path: Path) -> list[Record]:
    (imported,) = read(path)
    assert imported.recorder == RECORDER
    return list(imported.records)


def test_each_training_has_its_settings_curves_and_results(tmp_path: Path) -> None:
    found = records(written(tmp_path))
    started = {r.id: (r.name, r.type) for r in found if isinstance(r, Started)}
    assert started == {"1": ("a", "aitia:TrainingRun"), "2": ("b", "aitia:TrainingRun")}
    settings = {(r.subject, r.name): (r.value, r.unit) for r in found if isinstance(r, Setting)}
    assert settings["1", "width"] == (8, "1")
    assert settings["2", "width"] == (16, "1")
    assert settings["2", "sampler"] == ("random", None)
    curves = {r.subject: r for r in found if isinstance(r, Points)}
    assert (curves["1"].steps, curves["1"].values) == ([1.0, 2.0], [1.5, 0.5])
    assert repr(curves["2"].values) == "[nan]"
    assert [r.values for r in found if isinstance(r, Point)] == [{"accuracy": 0.7}]
    used = [r for r in found if isinstance(r, Used)]
    assert {r.relation for r in used} == {"aitia:trainedOn"}
    assert len({r.entity for r in used}) == 1


def test_the_bundle_derives_from_the_description_and_from_the_rows(tmp_path: Path) -> None:
    found = records(written(tmp_path))
    sources = {r.source for r in found if isinstance(r, Derived)}
    assert len(sources) == 2
    assert all(source.startswith("ni:///sha-256;") for source in sources)


def test_columns_that_are_not_named_are_not_read(tmp_path: Path) -> None:
    assert "someone" not in repr(records(written(tmp_path)))


def test_secrets_in_named_columns_are_masked_and_counted(tmp_path: Path) -> None:
    description = DESCRIPTION.replace('width = "width"', 'note = "secret note"', 1)
    key = "AKIA" + "ABCDEFGHIJKLMNOP"
    rows = ROWS.replace("/home/someone", "").replace("toy,\n", f"toy,{key}\n")
    found = records(written(tmp_path, description, rows))
    assert key not in repr(found)
    assert any(isinstance(r, Note) and r.kind == "redacted" and r.occurrences for r in found)


def test_the_same_files_give_the_same_and_other_files_another_run(tmp_path: Path) -> None:
    path = written(tmp_path)
    first, again = (next(iter(read(path))) for _ in range(2))
    assert first.run == again.run
    assert repr(list(first.records)) == repr(list(again.records))
    written(tmp_path, rows=ROWS.replace("0.5", "0.4"))
    assert next(iter(read(path))).run != first.run


def test_json_is_read_by_dotted_paths_and_each_row_is_a_run_where_none_is_named(
    tmp_path: Path,
) -> None:
    description = """
[table]
sources = ["runs.jsonl", "runs.json"]
[settings]
width = "config.width"
dotted = "a.b"
[results]
loss = "final.loss"
"""
    row = {"config": {"width": 4}, "a.b": "x", "final": {"loss": 1}}
    (tmp_path / "runs.jsonl").write_text(json.dumps(row) + "\n\n" + json.dumps({"final": {}}))
    (tmp_path / "runs.json").write_text(json.dumps([row]))
    found = records(written(tmp_path, description, None))
    assert [r.name for r in found if isinstance(r, Started)] == ["row 1", "row 2", "row 3"]
    told = [(r.subject, r.name, r.value) for r in found if isinstance(r, Setting)]
    assert told == [(i, n, v) for i in "13" for n, v in (("width", 4), ("dotted", "x"))]
    assert [r.values for r in found if isinstance(r, Point)] == [{"loss": 1.0}, {"loss": 1.0}]
    assert any(isinstance(r, Note) and r.kind == "untimed" for r in found)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("a,8,1", "a,9,1", "line 3 of runs.csv: width is '9', and was '8' on line 2"),
        ("1.5", "much", "line 3 of runs.csv: train_loss = 'much'"),
        ("a,8,1,", "a,8,inf,", "line 3 of runs.csv: epoch = 'inf'"),
        ("b,16,1,nan,,toy,", "b,16", "line 4 of runs.csv: another number of cells"),
        ("train_loss", "loss", "line 1 of runs.csv: no column 'train_loss'"),
        ("toy,\nb", 'toy,\n"b', "runs.csv: unexpected end of data"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in ROWS
    with pytest.raises(ImportFormatError, match=said):
        records(written(tmp_path, rows=ROWS.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[given]", "[given", "sweep.toml: "),
        ("[given]", "[extra]", r"the section \[extra\]"),
        ('name = "sweep"', 'nmae = "sweep"', r"\[table\] has 'nmae'"),
        ('step = "epoch"\n', "", "without step"),
        ('width = "width"', "width = 3", r"\[settings\] width = 3"),
        ('sampler = "random"', "sampler = [1]", r"\[given\] sampler = \[1\]"),
        ("2024-05-01", '"May"', "when = 'May'"),
        ('run = ["id"]', "run = 3", "run = 3"),
        ('sources = ["runs.csv"]', "", "without sources"),
        ('dataset = "data"', 'dataset = ["a", "b"]', "dataset = "),
    ],
)
def test_a_wrong_description_is_refused_with_what_it_should_say(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in DESCRIPTION
    with pytest.raises(ImportFormatError, match=said) as caught:
        load(written(tmp_path, DESCRIPTION.replace(old, new, 1)))
    assert caught.value.expected


def test_nothing_to_measure_no_rows_no_file_and_another_ending_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFormatError, match=r"neither \[series\] nor \[results\]"):
        load(written(tmp_path, '[table]\nsources = ["runs.csv"]\n'))
    with pytest.raises(ImportFormatError, match="no row"):
        records(written(tmp_path, rows=ROWS.splitlines()[0] + "\n"))
    with pytest.raises(NotFoundError, match=r"names 'gone.csv'"):
        load(written(tmp_path, DESCRIPTION.replace("runs.csv", "gone.csv")))
    (tmp_path / "runs.xls").write_text("x")
    with pytest.raises(ImportFormatError, match=r"'\.xls'"):
        records(written(tmp_path, DESCRIPTION.replace("runs.csv", "runs.xls")))


def test_a_value_given_twice_at_one_step_is_said(tmp_path: Path) -> None:
    found = records(written(tmp_path, rows=ROWS.replace("a,8,1,1.5", "a,8,2,1.5")))
    (note,) = [r for r in found if isinstance(r, Note) and r.kind == "repeated"]
    assert (note.occurrences, note.subject) == (1, "1")
    curves = {r.subject: r.values for r in found if isinstance(r, Points)}
    assert curves["1"] == [1.5]


def test_a_description_is_recognised_and_other_files_are_not(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert importers.detect(path) == "table"
    assert not recognises(tmp_path / "runs.csv")
    assert not recognises(tmp_path / "gone.toml")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    assert not recognises(tmp_path / "pyproject.toml")
