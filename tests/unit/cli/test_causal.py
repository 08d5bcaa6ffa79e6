import json

import pytest

TRAIN = """
import random, warnings
from sklearn.datasets import load_iris
from sklearn.linear_model import SGDClassifier
import aitia
warnings.simplefilter("ignore")
x, y = load_iris(return_X_y=True)
rng = random.Random(3)
for i in range(36):
    alpha = 10 ** rng.uniform(-5, 0.5)
    with aitia.run(f"sgd-{i}"):
        model = SGDClassifier(alpha=alpha, max_iter=200, random_state=i).fit(x, y)
        norm = float((model.coef_**2).sum()) ** 0.5
        aitia.log(norm=norm, test_accuracy=model.score(x, y))
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    import os
    import subprocess
    import sys

    folder = tmp_path_factory.mktemp("searched")
    env = {**os.environ, "AITIA_DIR": str(folder / ".aitia"), "AITIA_TELEMETRY_PERIOD": "0"}
    subprocess.run([sys.executable, "-c", TRAIN], env=env, cwd=folder, check=True)
    return folder


@pytest.fixture
def terminal(trained, nowhere):
    nowhere.at = str(trained / ".aitia")
    return nowhere


WORDS = ("causal", "--columns", "alpha,norm", "--target", "norm", "--subsamples", "10")


def test_findings_are_told_drawn_and_kept(terminal):
    done = terminal(*WORDS, "--out", "causes.svg")
    assert "What acts on norm?" in done.stdout
    assert "Assumptions" in done.stdout
    svg = (terminal.folder / "causes.svg").read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    assert "alpha" in svg
    assert "kept as " in done.stderr
    claims = terminal.json("query", "claims")
    assert [(c["cause"], c["effect"]) for c in claims] == [("alpha", "norm")]
    terminal(*WORDS)
    assert terminal.json("query", "claims") == claims


def test_json_without_keeping(terminal):
    before = terminal.json("ls")
    found = json.loads(terminal(*WORDS, "--no-keep", "--seed", "5", "--json").stdout)
    assert found["claims"][0]["edge"]["source"] == "alpha"
    assert terminal.json("ls") == before


def test_a_target_or_column_that_is_not_there(terminal):
    assert "no column 'zz'" in terminal.refused("causal", "--target", "zz")
    told = terminal.refused("causal", "--columns", "zz", "--target", "norm")
    assert "no column 'zz'" in told


def test_the_target_is_needed(terminal):
    assert "--target" in terminal.refused("causal", code=2)


def test_the_engines_that_help_names_are_those_there_are():
    from aitia.causal.discover import METHODS
    from aitia.cli.causal import ENGINES

    assert ("auto", *METHODS) == ENGINES


def test_engine_latent_causes_and_resamples_are_chosen(terminal):
    words = (*WORDS[:-2], "--resamples", "4", "--no-keep")
    assert "FCI at alpha" in terminal(*words, "--latent").stdout
    told = terminal(*words, "--engine", "boss").stdout
    assert "variables, BOSS" in told
    assert "share of 4 random samples" in told


def test_knowledge_is_written_edited_and_read_back(terminal):
    told = terminal("causal", "--write-knowledge", "k.toml").stderr
    assert "k.toml: edit it, then give it by --knowledge k.toml" in told
    assert "there already" in terminal.refused("causal", "--write-knowledge", "k.toml")
    path = terminal.folder / "k.toml"
    words = (*WORDS, "--no-keep", "--knowledge", str(path))
    assert terminal(*words).stdout.count("stated by") == 0
    text = path.read_text(encoding="utf-8")
    entry = '  {cause = "alpha", effect = "norm", reason = "of no interest"},\n'
    path.write_text(text.replace("forbid = [\n", "forbid = [\n" + entry), encoding="utf-8")
    told = terminal(*words).stdout
    assert "forbidden, alpha → norm: of no interest (stated by" in " ".join(told.split())
    assert "No edge was found." in told
    path.write_text(text.replace("require = [\n", "require = [\n" + entry.replace("alpha", "xx")))
    assert "no column 'xx'" in terminal.refused(*words)


def test_a_report_is_a_page_and_its_findings_are_kept(terminal):
    words = ("report", "--causal", "--columns", "alpha,test_accuracy", "--target", "norm")
    told = terminal(*words, "--subsamples", "4", "-o", "r.html").stderr
    assert "written to r.html" in told
    assert "kept as" in told
    page = (terminal.folder / "r.html").read_text(encoding="utf-8")
    assert "<h1>What acts on norm?</h1>" in page
    effects = terminal.json("query", "effects", "--outcome", "norm")
    assert [(e["cause"], e["experimental"]) for e in effects] == [("alpha", False)]
    assert len(effects[0]["doses"]) >= 5
    evidence = terminal.json("query", "claim-evidence", "--claim", effects[0]["claim"])
    assert len(evidence) == 36
    assert not any(row["invalid"] for row in evidence)
    assert effects[0]["claim"].partition("#")[0] in page
    terminal("validate")


def test_a_report_says_what_it_is_of(terminal):
    assert "--causal" in terminal.refused("report", "--target", "norm", code=2)
    assert "--target" in terminal.refused("report", "--causal", code=2)
    words = ("report", "--causal", "--target", "norm", "--subsamples", "0", "--no-keep")
    assert "cannot be written" in terminal.refused(*words, "-o", "no/where.html")


def test_claims_of_a_pruned_run_are_stale(terminal, trained, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(trained / ".aitia", copy)
    terminal.at = str(copy)
    terminal("report", "--causal", "--columns", "alpha", "--target", "norm", "--subsamples", "4")
    assert not [r for r in terminal.json("query", "stale-claims") if r["invalid"]]
    run = terminal.json("query", "claim-evidence")[0]["run"]
    name = run.removeprefix("urn:uuid:")
    terminal("prune", "--run", name, "--reason", "its data were wrong", "--yes")
    stale = terminal.json("query", "stale-claims")
    assert {(r["cause"], r["effect"], r["runs"]) for r in stale} >= {("alpha", "norm", 1)}
    assert {r["invalid"] for r in stale} == {f"{run}#bundle"}
    evidence = terminal.json("query", "claim-evidence")
    assert {r["record"] for r in evidence if r["invalid"]} == {f"{run}#bundle"}
