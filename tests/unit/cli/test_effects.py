import json
import os
import random
import subprocess
import sys
import uuid

import pytest

from aitia.ingest.pipeline import adopt
from aitia.records import Ended, Entity, Point, RunEnded, RunStarted, Started, Used
from aitia.vocabulary.iris import content_iri

DATA = [content_iri("ab" * 32), content_iri("cd" * 32)]
T0 = 1_790_000_000_000_000_000


def runs(count=60):
    draw = random.Random(0)
    for i in range(count):
        rate, size = 10 ** draw.uniform(-4, -1), draw.choice([16, 32])
        at = T0 + i * 10**10
        run = str(uuid.UUID(int=i + 1))
        score = 0.1 * draw.random() + (0.3 if size == 32 else 0.0)
        yield run, (
            RunStarted(run, f"net {i}", at),
            Started("1", "fit", at + 1, type="aitia:TrainingRun"),
            Entity("e", "aitia:TrainingConfiguration", attributes={
                "aitia:learningRate": rate, "aitia:batchSize": size}),
            Used("1", "e", relation="aitia:configuredBy"),
            Entity(DATA[i % 2], "aitia:SoftwareEnvironment", f"set {'AB'[i % 2]}"),
            Used("1", DATA[i % 2], relation="aitia:usedEnvironment"),
            Ended("1", at + 5),
            Point("", at + 6, {"score": score}),
            RunEnded(at + 7),
        )  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept") / ".aitia"
    for run, records in runs():
        adopt(str(folder), records, run=run, recorder="test")
    return folder


@pytest.fixture
def terminal(kept, aitia):
    aitia.at = str(kept)
    return aitia


def test_effects_are_told_by_value_with_their_assumptions(terminal):
    done = terminal("effects", "--outcome", "score")
    assert "batchSize: adjusted; spans 0.2" in done.stdout
    assert "assumed: whatever acts on both a setting and the outcome" in done.stderr


def test_effects_as_json_and_the_graph_for_dowhy(terminal):
    given = ("--outcome", "score", "--cause", "batchSize", "--dot", "g.dot", "--refute")
    found = json.loads(terminal("effects", *given, "--json").stdout)
    assert found["effects"][0]["cause"] == "batchSize"
    assert len(found["effects"][0]["doses"]) == 2
    assert len(found["refutations"]) == 4
    text = (terminal.folder / "g.dot").read_text(encoding="utf-8")
    assert '"batchSize" -> "score";' in text


def test_why_one_is_better_and_what_would_have_been(terminal):
    rows = terminal.json("features")
    names = [column["name"] for column in rows["columns"]]
    size = names.index("batchSize")
    large = next(u for u, r in zip(rows["units"], rows["rows"], strict=True) if r[size] == 32)
    small = next(u for u, r in zip(rows["units"], rows["rows"], strict=True) if r[size] == 16)
    told = terminal("why-better", large, small, "--outcome", "score").stdout
    assert "batchSize\t32\t16\t+0.2" in told
    assert "not explained by settings" in told
    told = terminal("what-if", small, "batchSize=32", "--outcome", "score").stdout
    assert "would have been" in told
    refused = terminal.refused("what-if", small, "batchSize", "--outcome", "score")
    assert "expected NAME=VALUE" in refused


def test_what_a_file_states_holds_for_effects(terminal):
    path = terminal.folder / "k.toml"
    path.write_text('random = [{column = "batchSize", random = true, reason = "drawn"}]')
    words = ("--outcome", "score", "--knowledge", str(path))
    assert "batchSize: experimental" in terminal("effects", *words).stdout
    path.write_text('leave_out = [{column = "batchSize", reason = "x"}]')
    assert "batchSize" not in terminal("effects", *words).stdout
    unit = terminal.json("features")["units"][0]
    assert "'batchSize' is no setting" in terminal.refused("what-if", unit, "batchSize=32", *words)
    other = terminal.json("features")["units"][1]
    assert "batchSize" not in terminal("why-better", unit, other, *words).stdout


def test_only_what_lies_between_divides_an_effect(terminal):
    words = ("effects", "--outcome", "score", "--through", "learningRate")
    told = terminal.refused(*words, "--cause", "batchSize", "--between", "16", "32")
    assert "learningRate does not lie between batchSize and score" in told
    assert "needs one --cause" in terminal.refused(*words, code=2)


def test_contents_are_told_by_what_they_are_called(terminal):
    rows = terminal.json("features")
    names = [column["name"] for column in rows["columns"]]
    column = names.index("environment")
    told = terminal("effects", "--outcome", "score", "--cause", "environment").stdout
    assert "environment\tset A (q6urq6ur)\t30" in told
    assert "environment\tset B (zc3Nzc3N)\t30" in told
    found = terminal.json("effects", "--outcome", "score", "--cause", "environment")
    assert {dose["value"] for dose in found["effects"][0]["doses"]} == set(DATA)
    one, other = (
        next(u for u, r in zip(rows["units"], rows["rows"], strict=True) if r[column] == data)
        for data in DATA
    )
    told = terminal("why-better", one, other, "--outcome", "score").stdout
    assert "environment\tset A (q6urq6ur)\tset B (zc3Nzc3N)" in told
    assert (
        "would have been"
        in terminal("what-if", one, "environment=set B", "--outcome", "score").stdout
    )
    refused = terminal.refused("what-if", one, "environment=set C", "--outcome", "score")
    assert "set A (q6urq6ur), set B (zc3Nzc3N)" in refused
    words = ("report", "--causal", "--columns", "environment", "--target", "score", "--no-keep")
    terminal(*words, "--subsamples", "2", "-o", "r.html")
    page = (terminal.folder / "r.html").read_text(encoding="utf-8")
    assert ">set A (q6urq6ur)</text>" in page
    assert "ni:///" not in page


SEARCH = """
import random, sys
import aitia

draw = random.Random(1)

def train(name, sampler=None):
    rate, size = 10 ** draw.uniform(-4, -1), draw.choice([16, 32])
    depth = draw.choice([1, 2, 3])
    with aitia.run(name, type="aitia:TrainingRun", sampler=sampler, rate=rate, size=size,
                   depth=depth):
        aitia.log(score=0.1 * draw.random() + (0.3 if size == 32 else 0.0))

space = {"rate": "loguniform(1e-4, 0.1)", "size": [16, 32]}
with aitia.run("study", type="aitia:Campaign", sampler=sys.argv[1], space=space):
    for place in range(48):
        train(f"net-{place}", "manual" if place < int(sys.argv[2]) else None)
"""


@pytest.fixture
def searched(tmp_path, aitia):
    """Record a search by a sampler, some of whose runs were chosen by hand; read it."""

    def search(sampler, by_hand=0):
        (tmp_path / "search.py").write_text(SEARCH, encoding="utf-8")
        env = {**os.environ, "AITIA_DIR": str(tmp_path / ".aitia"), "AITIA_TELEMETRY_PERIOD": "0"}
        words = [sys.executable, "search.py", sampler, str(by_hand)]
        subprocess.run(words, cwd=tmp_path, env=env, check=True)
        aitia.at = str(tmp_path / ".aitia")
        return aitia

    return search


def test_what_a_recorded_search_drew_at_random_is_an_experiment(searched):
    terminal = searched("random", 2)
    done = terminal("effects", "--outcome", "score")
    assert "size: experimental; spans 0.3" in done.stdout
    assert "rate: experimental" in done.stdout
    assert "depth: adjusted" in done.stdout
    assert "randomised by random search in every run: size from one of 16, 32" in done.stderr
    assert "2 of 48 runs were not drawn at random (2 by hand) and were left out" in done.stderr
    assert "not drawn by the sampler, and so adjusted for: depth" in done.stderr
    beliefs = terminal("features", "training-runs", "--beliefs").stdout
    assert "randomised by random search in every run: rate from loguniform(1e-4, 0.1)" in beliefs


@pytest.mark.parametrize(
    ("sampler", "by_hand", "told"),
    [
        ("TPESampler", 0, "samplingStrategy is BayesianOptimisation, which chooses after seeing"),
        ("random", 30, "only 18 of 48 runs were drawn at random (30 by hand): no experiment"),
    ],
)
def test_what_was_chosen_after_results_is_adjusted_for(searched, sampler, by_hand, told):
    done = searched(sampler, by_hand)("effects", "--outcome", "score", "--cause", "size")
    assert "size: adjusted" in done.stdout
    assert "experimental" not in done.stdout
    assert told in done.stderr
