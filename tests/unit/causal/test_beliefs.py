from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aitia.causal.beliefs import beliefs, knowledge, overruled
from aitia.causal.knowledge_file import read
from aitia.causal.sampling import design
from aitia.errors import CausalError
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
    assert told["random", "rate"].reason.startswith("randomised by random search: run.sampler")
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


STATED = """
stated_by = "A. Curie"
random = [
  {column = "rate", random = false, reason = "chosen by hand"},
  {column = "warmup", random = true, reason = "by dice"},
]
derived = [
  {column = "area", from = [], reason = "measured by itself"},
  {column = "loss", from = ["rate"], reason = "a formula"},
]
"""


def test_draws_and_derivations_are_stated_and_taken_back(
    table: FeatureTable, tmp_path: Path
) -> None:
    path = tmp_path / "k.toml"
    path.write_text(STATED, encoding="utf-8")
    file = read(path)
    given = overruled(table, file)
    assert given["area"].derived_from == ()
    assert given["loss"].derived_from == ("rate",)
    random = design(given).random
    assert "rate" not in random
    assert random["warmup"] == f"by dice (A. Curie, in {path})"
    told = {(b.kind, b.about): b[2:] for b in beliefs(table, file)}
    by = f"A. Curie, in {path}"
    assert told["random", "rate"] == ("no", "chosen by hand", by)
    assert told["random", "warmup"] == ("experimental", "by dice", by)
    assert told["derived", "area"] == ("no", "measured by itself", by)
    assert told["derived", "loss"] == ("rate", "a formula", by)
    assert told["random", "width"][-1] == "graph"


def test_the_same_as_the_graph_says_is_the_graphs(table: FeatureTable, tmp_path: Path) -> None:
    path = tmp_path / "k.toml"
    path.write_text('tier = [\n{column="rate", tier=0, reason="what the run used"}]')
    assert {belief.source for belief in beliefs(table, read(path))} == {"graph"}


ARROW = '\n[[{}]]\ncause = "{}"\neffect = "{}"\nreason = "x"\n'


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ('[[tier]]\ncolumn = "rtae"\ntier = 0\nreason = "x"', 1, "no column 'rtae'.*rate"),
        ('[[derived]]\ncolumn = "area"\nfrom = ["l"]\nreason = "x"', 1, "no column 'l'"),
        (ARROW.format("forbid", "rtae", "loss"), 2, "no column 'rtae'.*aitia features"),
        (ARROW.format("forbid", "loss", "loss"), 2, "from loss to itself"),
        (ARROW.format("require", "loss", "rate"), 2, "is required.*came before.*the tier of loss"),
        (
            ARROW.format("forbid", "rate", "loss") + ARROW.format("require", "rate", "loss"),
            7,
            "is required.*and forbidden",
        ),
        (
            ARROW.format("require", "loss", "area") + ARROW.format("require", "area", "loss"),
            7,
            "of lines 2, 7 make a cycle: loss → area → loss",
        ),
        (
            '[[tier]]\ncolumn = "rate"\ntier = 0\nreason = "x"\n' * 2,
            5,
            "of rate again.*on line 1",
        ),
    ],
)
def test_rules_that_cannot_hold_are_refused_with_their_line(
    tmp_path: Path, text: str, line: int, why: str, table: FeatureTable
) -> None:
    path = tmp_path / "k.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CausalError, match=rf"k.toml, line {line}: .*{why}"):
        knowledge(table, read(path))
