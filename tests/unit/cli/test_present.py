from datetime import UTC, datetime

import pytest

from aitia.cli import present
from aitia.cli.present import Branch
from aitia.query.table import Table


def test_a_tree_is_drawn(capsys):
    present.tree(Branch("a", (Branch("b", (Branch("c"),)), Branch("d"))))
    assert capsys.readouterr().out == "a\n├─ b\n│  └─ c\n└─ d\n"


def test_rows_in_a_pipe_are_tab_separated_and_one_line_each(capsys):
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    present.rows(("a", "b", "c"), [("x\ty\nz", None, True), (0.123456789, moment, 7)])
    assert capsys.readouterr().out.splitlines() == [
        "a\tb\tc",
        "x y z\t\ttrue",
        "0.123456789\t2026-11-24T00:00:00+00:00\t7",
    ]


def test_rows_on_a_terminal_are_a_table(capsys, monkeypatch):
    monkeypatch.setattr(present, "on_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    present.rows(("name", "value"), [("[bold]x", 0.123456789)], title="Found")
    shown = capsys.readouterr().out
    assert "Found" in shown
    assert "[bold]x" in shown
    assert "0.1235" in shown


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "arrow"])
def test_answers_in_every_format(capsysbinary, form):
    present.answers(Table(("n", "x"), [("one", 1.5), ("two", None)]), form)
    out = capsysbinary.readouterr().out
    assert b"one" in out
    if form == "arrow":
        import pyarrow as pa

        assert pa.ipc.open_stream(out).read_all().to_pydict() == {
            "n": ["one", "two"],
            "x": [1.5, None],
        }


def test_columns_without_a_value_are_left_out(capsys):
    present.framed(("name", "empty", "value"), [("a", None, 1.0), ("b", "", 2.0)])
    shown = capsys.readouterr().out
    assert "empty" not in shown
    assert "value" in shown


def test_what_is_too_wide_for_a_table_is_printed_in_blocks(capsys):
    names = [f"column {i}" for i in range(20)]
    present.framed(names, [[f"value {i} " * 3 for i in range(20)]] * 2, title="Wide")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Wide"
    assert lines[1] == "column 0   value 0 value 0 value 0 "
    assert len(lines) == 1 + 2 * 21


def test_a_long_value_is_cut_in_a_table(capsys):
    present.answers(Table(("n", "x"), [("a", "y" * 200)]), "table")
    done = capsys.readouterr()
    assert "y" * 79 in "".join(done.out.split())
    assert "…" in done.out
    assert done.err == "1 row; long values are cut here, whole in the other formats\n"


def test_iris_are_shortened_in_tables_alone():
    iri = "https://w3id.org/aitia/ns#Model"
    assert present.cell(iri) == "aitia:Model"
    assert present.raw(iri) == iri
