from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aitia.causal.beliefs import beliefs, overruled
from aitia.causal.knowledge_file import read, stated, written
from aitia.errors import CausalError
from aitia.projection.table import FeatureTable


@pytest.fixture
def table() -> FeatureTable:
    made = FeatureTable.of(
        {n: list(range(30)) for n in ('ra"te', "width", "loss", "area", "late")} | {"k": [1] * 30},
        tiers={'ra"te': 0, "width": 0, "k": 0, "loss": 1, "area": 1},
    )
    columns = [replace(c, derived_from=("loss",)) if c.name == "area" else c for c in made]
    return replace(made, columns=tuple(columns), tiers=("what the run used", "when it ended"))


def saved(folder: Path, text: str) -> Path:
    path = folder / "k.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_written_is_read_back_as_what_the_graph_says(
    table: FeatureTable, tmp_path: Path
) -> None:
    text = written(table, {"width": "drawn"}, by="A. Curie")
    file = read(saved(tmp_path, text))
    assert file.stated_by == "A. Curie"
    assert {e["column"]: e["tier"] for e in file.of("tier")} == {
        'ra"te': 0, "width": 0, "loss": 1, "area": 1,
    }  # fmt: skip
    told = {b for b in beliefs(table, file) if b.source != "graph"}
    assert {(b.kind, b.about) for b in told} == {("random", "width")}
    assert [c.name for c in overruled(table, file)] == list(table.names)
    assert "# These never vary: k\n" in text
    assert "# The graph does not say when late came to be." in text


def test_comments_that_are_opened_are_read(table: FeatureTable, tmp_path: Path) -> None:
    """Those that state tiers and arrows; the others are examples of what a graph may lack."""
    lines = written(table, {}).splitlines()
    opened = [line.replace("# {", "{", 1) if "reason" in line else line for line in lines]
    file = read(saved(tmp_path, "\n".join(opened)))
    assert {kind: len(file.of(kind)) for kind in file.entries} == {
        "tier": 5, "derived": 1, "random": 1, "forbid": 1, "require": 1, "leave_out": 1,
    }  # fmt: skip
    assert file.of("require")[0]["reason"] == "why so"


def test_the_line_of_an_entry_is_known_in_both_ways_of_writing(tmp_path: Path) -> None:
    lists = 'tier = [\n  # {column = "no"},\n  {column = "a", tier = 0, reason = "x"},\n]\n'
    tables = '\n[[tier]]\ncolumn = "a"\ntier = 0\nreason = "x"\n\n[[tier]] # more\ncolumn = "b"\n'
    assert [e.line for e in read(saved(tmp_path, lists)).of("tier")] == [3]
    more = read(saved(tmp_path, tables + 'tier = 1\nreason = "y"\n'))
    assert [e.line for e in more.of("tier")] == [2, 7]


def test_nothing_stated_is_nothing(tmp_path: Path) -> None:
    assert stated(None).source == ""
    file = read(saved(tmp_path, 'stated_by = "me"'))
    assert stated(file) is file
    assert stated(str(file.path)).source == f"me, in {file.path}"


ONE = '\n[[{}]]\n{}\nreason = "x"\n'


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("\nteir = []", 2, "'teir'.*expected one of tier, random"),
        ("tier = 3", 1, "'tier'"),
        ('\n[[tier]]\ncolumn = "width"\ntier = 0\nreason = " "', 2, "with a reason in words"),
        ('[[tier]]\ncolumn = "width"\ntier = 0', 1, "column, tier, reason"),
        (ONE.format("tier", 'column = "width"\ntier = -1'), 2, "whole number from 0"),
        (ONE.format("tier", 'column = "width"\ntier = true'), 2, "whole number from 0"),
        (ONE.format("random", 'column = "width"\nrandom = "yes"'), 2, "true or false"),
        (ONE.format("derived", 'column = "width"\nfrom = "loss"'), 2, "a list of columns"),
        (ONE.format("leave_out", "column = 3"), 2, "a text in quotes"),
        ("# a\nstated_by = 3", 2, "a name in quotes"),
    ],
)
def test_a_file_that_does_not_say_enough_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, why: str
) -> None:
    with pytest.raises(CausalError, match=rf"k.toml, line {line}: .*{why}.*next: edit"):
        read(saved(tmp_path, text))


@pytest.mark.parametrize("text", ["[[", "a = \x00"])
def test_what_is_no_toml_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CausalError, match=r"cannot be read.*next: aitia causal --write-knowledge"):
        read(saved(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CausalError, match="cannot be read"):
        read(tmp_path / "none.toml")
