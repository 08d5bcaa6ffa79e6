from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aitia.causal import Analysis, analyse
from aitia.errors import CausalError, MissingExtraError
from aitia.projection.table import FeatureTable
from aitia.records import Attributed, Entity, Used

TIERS = {"x": 0, "y": 1, "z": 2, "w": 0}


@pytest.fixture
def table(chain: Any) -> FeatureTable:
    return FeatureTable.of(chain(120), tiers=TIERS)


@pytest.fixture
def analysis(table: FeatureTable) -> Analysis:
    return analyse(table, target="z", subsamples=10)


def test_the_answer_names_the_causes(analysis: Analysis) -> None:
    assert [str(claim) for claim in analysis.claims][:2] == ["y --> z", "x --> y"]
    assert analysis.claims[0].linked == 1.0
    assert analysis.claims[0].correlation == pytest.approx(0.8, abs=0.1)


def test_the_same_arguments_give_the_same(table: FeatureTable, analysis: Analysis) -> None:
    again = analyse(table, target="z", subsamples=10)
    assert (again.run, again.text, again.svg) == (analysis.run, analysis.text, analysis.svg)
    assert again.claims == analysis.claims
    assert again.records[1:-1] == analysis.records[1:-1]


def test_levels_have_no_correlation(chain: Any) -> None:
    data = chain(120)
    data["k"] = ["high" if value > 0 else "low" for value in data["x"]]
    claims = analyse(FeatureTable.of(data), subsamples=0).claims
    assert {claim.correlation is None for claim in claims if "k" in claim.edge[:2]} == {True}


@pytest.mark.parametrize(
    "other",
    [{"alpha": 0.01}, {"seed": 1}, {"subsamples": 9}, {"target": "y"}],
)
def test_other_arguments_are_another_analysis(
    other: dict[str, Any], table: FeatureTable, analysis: Analysis
) -> None:
    assert analyse(table, **{"target": "z", "subsamples": 10, **other}).run != analysis.run


def test_other_tiers_are_another_analysis(analysis: Analysis, chain: Any) -> None:
    flat = FeatureTable.of(chain(120), tiers=dict.fromkeys(TIERS, 0))
    assert analyse(flat, target="z", subsamples=10).run != analysis.run


def test_progress_counts_the_subsamples(table: FeatureTable) -> None:
    seen = []
    analyse(table, subsamples=2, progress=lambda *counts: seen.append(counts))
    assert seen == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"alpha": 0.0}, "a level between 0 and 1"),
        ({"subsamples": -1}, "whole numbers of 0 or more"),
        ({"seed": -1}, "whole numbers of 0 or more"),
        ({"target": "q"}, "no column 'q' to explain"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(
    arguments: dict[str, Any], message: str, table: FeatureTable
) -> None:
    with pytest.raises(CausalError, match=message):
        analyse(table, **arguments)


def test_a_missing_package_is_named_with_its_extra(
    table: FeatureTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "causallearn", None)
    with pytest.raises(MissingExtraError, match=r"'causal-learn'.*aitia\[causal\]"):
        analyse(table)


def test_importing_loads_no_engine(run_python: Callable[[str], str]) -> None:
    heavy = {"numpy", "scipy", "causallearn", "pandas", "pyarrow"}
    code = f"import sys, aitia.causal, aitia.projection; print({heavy} & sys.modules.keys())"
    assert run_python(code).strip() == "set()"


@pytest.fixture
def run_python(tmp_path: Path) -> Callable[[str], str]:
    import subprocess

    def run(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
        )
        return done.stdout

    return run


def test_report_of_the_whole(analysis: Analysis) -> None:
    head = analysis.text.splitlines()
    assert head[0] == "What acts on z?"
    assert head[1] == "120 runs, 4 variables, order search"
    assert head[3].startswith("Directly: y (100% of subsamples, correlation +0.")
    assert "Through these: x." in head
    for section in ("Assumptions", "How to read it", "To repeat it"):
        assert section in head
    assert max(map(len, head)) <= 100
    assert analysis.run in analysis.text


def test_the_engine_is_chosen_or_named(table: FeatureTable) -> None:
    for engine in ("pc", "boss", "direct-lingam"):
        found = analyse(table, subsamples=0, engine=engine).result
        assert found.settings["method"] == engine
        assert found.comparison is not None
        assert found.comparison.method != engine


def test_unrecorded_causes_are_allowed_when_asked_for(table: FeatureTable) -> None:
    found = analyse(table, target="z", subsamples=4, latent=True)
    assert found.result.settings["method"] == "fci"
    assert "unrecorded common causes are allowed" in found.text
    assert "no unrecorded common cause:" not in found.text
    assert {claim.edge.marks for claim in found.claims} <= {"-->", "o->", "<->", "o-o"}
    assert "Acting on it, or something hidden on both: y" in found.text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"engine": "magic"}, "the engine 'magic'. expected one of auto, pc, order"),
        ({"engine": "pc", "latent": True}, "latent causes allowed with pc.*the engine fci"),
    ],
)
def test_engines_that_cannot_do_it_are_refused(
    arguments: dict[str, Any], message: str, table: FeatureTable
) -> None:
    with pytest.raises(CausalError, match=message):
        analyse(table, **arguments)


def test_other_searches_are_set_beside_the_answer(analysis: Analysis, table: FeatureTable) -> None:
    assert "Set against other searches" in analysis.text
    assert "PC links 2 of the 2 pairs as well" in " ".join(analysis.text.split())
    assert "without y there would be x --> z" in analysis.text
    alone = analyse(table, subsamples=0, compare=False)
    assert alone.result.comparison is None
    assert "Set against other searches" not in alone.text


def test_claims_tell_the_rate_of_false_discoveries(analysis: Analysis) -> None:
    rates = [claim.log_q for claim in analysis.claims]
    assert all(rate is not None and rate < -5 for rate in rates[:2])
    assert "FDR" in analysis.text


KNOWN = """
stated_by = "A. Curie"
leave_out = [{column = "w", reason = "of no interest"}]
forbid = [
  {cause = "x", effect = "y", reason = "they never met"},
  {cause = "w", effect = "z", reason = "nor these"},
]
"""


@pytest.fixture
def known(tmp_path: Path) -> Path:
    path = tmp_path / "k.toml"
    path.write_text(KNOWN, encoding="utf-8")
    return path


def test_a_file_of_knowledge_overrules_the_graph(
    table: FeatureTable, analysis: Analysis, known: Path
) -> None:
    flat = FeatureTable.of({c.name: c.values for c in table}, tiers=dict.fromkeys("xw", 0))
    found = analyse(flat, target="z", subsamples=0, knowledge=known)
    assert "w" not in found.result.design.names
    assert not [c for c in found.claims if (c.edge.source, c.edge.target) == ("x", "y")]
    told = " ".join(found.text.split())
    assert f"forbidden, x → y: they never met (stated by A. Curie, in {known})" in told
    assert "of w → z plays no part: one of the two is not among the variables" in told
    again = analyse(flat, target="z", subsamples=0)
    assert again.run != found.run


def test_what_a_file_states_is_recorded_with_who_states_it(
    table: FeatureTable, known: Path
) -> None:
    found = analyse(table, target="z", subsamples=0, knowledge=known)
    stated = [r for r in found.records if isinstance(r, Entity) and "stated" in r.id]
    assert {r.label for r in stated} == {
        "A. Curie",
        "background knowledge: left out, w",
        "background knowledge: forbidden, x → y",
        "background knowledge: forbidden, w → z",
    }
    file = next(r for r in found.records if isinstance(r, Used) and r.role == "knowledge")
    owed = {r.entity for r in found.records if isinstance(r, Attributed) and r.agent == "stated-by"}
    assert owed == {file.entity, *(r.id for r in stated if r.type == "aitia:Assumption")}


def test_what_is_asked_about_cannot_be_left_out(table: FeatureTable, known: Path) -> None:
    with pytest.raises(CausalError, match="line 3: w is left out"):
        analyse(table, target="w", subsamples=0, knowledge=known)


def test_only_some_columns_are_searched(table: FeatureTable) -> None:
    assert analyse(table, target="z", columns=["y"], subsamples=0).result.design.names == ("y", "z")


def test_settings_drawn_at_random_are_not_linked(chain: Any) -> None:
    data = {**chain(120), "run.sampler": ["random"] * 120}
    flat = dict.fromkeys(("x", "y", "w", "run.sampler"), 0)
    table = FeatureTable.of(data, tiers={**flat, "z": 1})
    found = analyse(table, target="z", subsamples=0, engine="pc")
    assert {frozenset(c.edge[:2]) for c in found.claims} == {frozenset("yz")}
    assert "no arrow between any two of" in " ".join(found.text.split())
    assert [(r.cause, r.effect) for r in found.result.found.contradicted] == [("x", "y")]
