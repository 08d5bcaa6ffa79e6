from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aitia.causal.beliefs import beliefs, knowledge, overruled, read
from aitia.errors import AitiaError, CausalError
from aitia.projection.table import FeatureTable

FILE = """
[[tier]]
column = "warmup"
tier = 0
reason = "chosen before training"

[[forbid]]
cause = "width"
effect = "rate"
reason = "drawn independently"

[[require]]
cause = "rate"
effect = "loss"
reason = "it is what training does"

[[leave_out]]
column = "host"
reason = "one machine"
"""


@pytest.fixture
def table() -> FeatureTable:
    made = FeatureTable.of(
        {n: list(range(30)) for n in ("rate", "width", "host", "warmup", "loss", "area")}
        | {"run.sampler": ["random"] * 30},
        tiers={"rate": 0, "width": 0, "host": 0, "run.sampler": 0, "loss": 1, "area": 1},
    )
    columns = [replace(c, derived_from=("loss",)) if c.name == "area" else c for c in made]
    return replace(made, columns=tuple(columns), tiers=("what the run used", "when it ended"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "knowledge.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_what_the_graph_says_has_its_reasons(table: FeatureTable) -> None:
    told = {(b.kind, b.about): b for b in beliefs(table)}
    assert told["tier", "rate"][2:] == ("0", "what the run used", "graph")
    assert told["tier", "warmup"].reason == "the graph does not say when it came to be"
    assert told["derived", "area"].value == "loss"
    assert told["random", "rate"].reason.startswith("run.sampler says that every run")
    assert told["sampling", "run.sampler"].value == "no cause"
    assert told["forbidden", "tier 1 → tier 0"].reason == (
        "what the run used came before when it ended"
    )


def test_a_file_overrules_with_its_reasons(table: FeatureTable, file: Path) -> None:
    told = {(b.kind, b.about): b for b in beliefs(table, read(file))}
    assert told["tier", "warmup"][2:] == ("0", "chosen before training", str(file))
    assert told["forbidden", "width → rate"].source == str(file)
    assert told["required", "rate → loss"].reason == "it is what training does"
    assert told["left out", "host"].reason == "one machine"
    assert ("tier", "host") not in told
    known = knowledge(table, read(file))
    assert any(rule.reason == "drawn independently" for rule in known.forbidden)
    assert "run.sampler says" in str(known.forbids("host", "width") or known.apart("rate", "width"))
    assert known.forbids("loss", "warmup") is not None
    assert "host" not in overruled(table, read(file))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[teir]]\n", "'teir'"),
        ("tier = 3", "'tier'"),
        ('[[tier]]\ncolumn = "rate"\ntier = 0\nreason = " "', "with a reason in words"),
        ('[[tier]]\ncolumn = "rate"\ntier = 0', "column, tier, reason"),
        ('[[tier]]\ncolumn = "rate"\ntier = -1\nreason = "x"', "whole number from 0"),
        ("[[", "cannot be read"),
    ],
)
def test_a_file_that_does_not_say_enough_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "k.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CausalError, match=why):
        read(path)


@pytest.mark.parametrize(
    "text",
    [
        '[[tier]]\ncolumn = "rtae"\ntier = 0\nreason = "x"',
        '[[forbid]]\ncause = "rtae"\neffect = "loss"\nreason = "x"',
        '[[require]]\ncause = "loss"\neffect = "rate"\nreason = "against time"',
    ],
)
def test_rules_that_cannot_hold_are_refused(tmp_path: Path, text: str, table: FeatureTable) -> None:
    path = tmp_path / "k.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AitiaError, match=r"no column 'rtae'|required"):
        knowledge(table, read(path))
