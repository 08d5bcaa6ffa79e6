import csv
import io

import pytest

TRAIN = """
import sys, warnings
from sklearn.datasets import load_iris
from sklearn.linear_model import SGDClassifier
import aitia
warnings.simplefilter("ignore")
x, y = load_iris(return_X_y=True)
for i, alpha in enumerate((1e-4, 1e-3, 1e-2, 1e-1)):
    with aitia.run(f"sgd-{i}", alpha=alpha):
        model = SGDClassifier(alpha=alpha, max_iter=5 + i, random_state=i).fit(x, y)
        aitia.log(test_accuracy=model.score(x, y))
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    import os
    import subprocess
    import sys

    folder = tmp_path_factory.mktemp("trained")
    env = {**os.environ, "AITIA_DIR": str(folder / ".aitia"), "AITIA_TELEMETRY_PERIOD": "0"}
    subprocess.run([sys.executable, "-c", TRAIN], env=env, cwd=folder, check=True)
    return folder


@pytest.fixture
def terminal(trained, aitia):
    aitia.at = str(trained / ".aitia")
    return aitia


def test_columns_are_listed_with_what_they_are(terminal):
    done = terminal("features")
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert lines[0][:3] == ["column", "kind", "known"]
    told = {line[0]: line for line in lines[1:]}
    assert told["test_accuracy"][1] in ("continuous", "ordinal")
    assert told["learningRate" if "learningRate" in told else "alpha"][2] == "what the run used"
    assert "4 units, " in done.stderr


def test_rows_are_csv_and_the_file_is_the_same(terminal):
    text = terminal("features", "--rows").stdout
    assert len(list(csv.reader(io.StringIO(text)))) == 5
    terminal("features", "-o", "table.csv")
    assert (terminal.folder / "table.csv").read_text(encoding="utf-8") == text


def test_parquet(terminal):
    from pyarrow import parquet

    terminal("features", "-o", "table.parquet")
    assert parquet.read_table(terminal.folder / "table.parquet").num_rows == 4


def test_json(terminal):
    found = terminal.json("features")
    assert len(found["rows"]) == len(found["units"]) == 4
    assert len(found["rows"][0]) == len(found["columns"])


def test_what_cannot_be_written(terminal):
    told = terminal.refused("features", "-o", "table.xlsx")
    assert "expected a name that ends in .csv or .parquet" in told
    assert "cannot be written" in terminal.refused("features", "-o", "nowhere/t.csv")


def test_no_such_table(terminal):
    assert "no question 'nope'" in terminal.refused("features", "nope")


def test_nothing_was_trained(aitia):
    told = aitia.refused("features")
    assert "no unit was recorded" in told


def test_descriptions_lie_beside_a_written_table(terminal):
    import json

    terminal("features", "-o", "table.csv")
    for name in ("table.csv-metadata.json", "table.csv.croissant.json"):
        assert json.loads((terminal.folder / name).read_text(encoding="utf-8"))["@context"]


def test_what_is_known_beforehand_is_shown_with_reasons(terminal):
    shown = terminal("features", "--beliefs").stdout
    assert "tier\talpha\t0\twhat the run used\tgraph" in shown
    path = terminal.folder / "k.toml"
    path.write_text('[[leave_out]]\ncolumn = "alpha"\nreason = "of no interest"\n')
    found = terminal.json("features", "--beliefs", "--knowledge", str(path))
    assert {"kind": "left out", "about": "alpha", "value": "", "reason": "of no interest",
            "source": str(path)} in found  # fmt: skip
    path.write_text("[[tier]]\n")
    assert "with a reason" in terminal.refused("features", "--knowledge", str(path))


def test_a_cell_is_traced(terminal):
    unit = terminal.json("features")["units"][1]
    lines = terminal("features", "--trace", unit, "alpha").stdout.splitlines()
    assert lines[0].split("\t") == ["subject", "predicate", "object", "bundle"]
    assert "nothing is recorded of 'x'" in terminal.refused("features", "--trace", unit, "x")
