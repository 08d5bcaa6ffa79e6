import json

import pytest

from aitia.cli import show
from aitia.cli.show import bars


def test_a_run_is_shown_with_what_it_used_and_made(aitia):
    shown = aitia("show", "slow").stdout
    assert shown.startswith("slow · Completed · ")
    for text in (
        "used  data.csv  dataset, 14 bytes",
        "made  model.json  model",
        "load",
        "lr = 0.1, sampler = random",
        "accuracy",
        "8 points",
        "System layer",
        "Platform layer",
    ):
        assert text in shown, text


def test_the_run_is_meant_by_name_id_first_characters_or_last(aitia):
    run = aitia.json("ls", "--name", "fast")[0]["id"]
    for words in ("fast", run, f"urn:uuid:{run}"):
        assert aitia.json("show", words)["run"]["id"] == run
    assert aitia.json("show")["run"]["name"] == "broken"
    assert aitia.json("show", "last")["run"]["name"] == "broken"


def test_a_failure_shows_its_error(aitia):
    assert "ValueError: diverged on purpose" in aitia("show", "broken").stdout


def test_json_has_every_point(aitia):
    metrics = {m["quantity"]: m for m in aitia.json("show", "slow")["metrics"]}
    assert metrics["loss"]["values"] == [1 / (step + 1) for step in range(8)]
    assert metrics["loss"]["best"] == 0.125


def test_raw_is_every_record(aitia):
    lines = [json.loads(line) for line in aitia("show", "slow", "--raw").stdout.splitlines()]
    assert {"journal", "run", "run-end", "start", "end", "log", "seal"} <= {x["k"] for x in lines}


def test_long_sections_are_shortened_unless_all_is_asked_for(aitia):
    short = aitia("show", "slow").stdout
    whole = aitia("show", "slow", "--all").stdout
    assert len(whole) >= len(short)
    assert "--all" not in whole


@pytest.mark.parametrize("words", ["zz", "slwo"])
def test_an_unknown_run(aitia, words):
    told = aitia.refused("show", words)
    assert f"no run {words!r}" in told
    assert "next: aitia ls" in told


def test_two_runs_of_one_name(aitia):
    aitia.record(0.3, "slow")
    told = aitia.refused("show", "slow")
    assert "'slow' means 2 runs" in told
    assert "next: aitia show " in told


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], ""),
        ([1.0], ""),
        ([0.0, 1.0], "▁█"),
        ([2.0, 2.0, 2.0], "▁▁▁"),
        ([0.0, float("nan"), 1.0], "▁×█"),
        ([float("nan")] * 3, "×××"),
    ],
)
def test_bars(values, expected):
    assert bars(values) == expected


def test_bars_are_at_most_so_wide():
    assert len(bars([float(i) for i in range(1000)])) == 16


def test_settings_without_a_value_are_only_counted():
    from aitia.cli.show import _told

    assert _told({"depth": "3", "booster": "", "gamma": ""}) == "depth = 3, 2 not set"
    assert _told({"depth": "3"}) == "depth = 3"


def test_metrics_that_are_not_read_are_counted(aitia, monkeypatch):
    monkeypatch.setattr(show, "READ", 1)
    lines = aitia("show", "fast").stdout.splitlines()
    start = lines.index("Metrics")
    assert "  … and 1 more: --all" in lines[start : start + 4]
    assert "… and 1 more: --all" not in aitia("show", "fast", "--all").stdout
