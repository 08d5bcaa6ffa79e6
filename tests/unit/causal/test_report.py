from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aitia.causal import analyse
from aitia.causal.guards import Line
from aitia.causal.report import remarks
from aitia.projection.table import FeatureTable


def report(columns: dict[str, Any], tiers: dict[str, int] | None = None, **more: Any) -> str:
    return analyse(FeatureTable.of(columns, tiers=tiers), **{"subsamples": 8, **more}).text


def noise(seed: int, n: int = 80) -> Any:
    return np.random.default_rng(seed).normal(size=n)


def test_nothing_found_is_said_with_its_limits() -> None:
    text = report({"a": noise(1), "b": noise(2)}, target="a", alpha=0.001)
    assert "Nothing was found to act on a directly. That is no proof that nothing does" in (
        " ".join(text.split())
    )
    assert "No edge was found." in text


def test_an_edge_without_a_direction_is_said_so() -> None:
    text = report({"a": noise(1), "b": noise(1) + noise(2)}, target="a")
    assert "Linked, direction not known: b." in text
    assert "---" in text


def test_a_weak_edge_is_told_with_a_perhaps(weak: Any) -> None:
    text = report(weak, {"x": 0, "y": 1}, target="y", subsamples=30, engine="pc")
    assert "Perhaps directly: x" in text


def test_firm_and_doubtful_edges_are_marked(chain: Any) -> None:
    text = report(chain(200), {"x": 0, "y": 1, "z": 2, "w": 0})
    assert [line.split()[-1] for line in text.splitlines() if "-->" in line][:2] == ["firm"] * 2


def test_without_subsamples_no_shares_are_told(chain: Any) -> None:
    text = report(chain(200), subsamples=0)
    assert "of subsamples" not in text
    assert "firm" not in text


def test_what_was_asked_of_all_is_answered_by_a_count(chain: Any) -> None:
    text = report(chain(200))
    assert text.startswith("What acts on what?\n200 runs, 4 variables")
    assert "2 edges were found." in text


def test_runs_left_out_are_counted_at_the_top(chain: Any) -> None:
    data = {name: list(values) for name, values in chain(200).items()}
    data["x"][:5] = [None] * 5
    assert "195 of 200 runs" in report(data)


def test_columns_left_out_for_one_kind_of_reason_are_one_remark() -> None:
    lines = [
        Line("constant", "a", "a is always 1: left out", "1"),
        Line("ranks", "", "compared by rank"),
        Line("constant", "b", "b is always 2: left out", "2"),
        Line("identifier", "c", "c only numbers the runs: left out"),
    ]
    assert list(remarks(lines)) == [
        "left out, as they never varied: a (1), b (2)",
        "left out, as they only name the runs: c",
        "compared by rank",
    ]


@pytest.mark.parametrize(
    "word", ["no unrecorded common cause", "no selection of runs", "no feedback"]
)
def test_assumptions_are_stated(word: str, chain: Any) -> None:
    assert word in report(chain(200))


def test_an_arrow_that_is_known_is_drawn_and_said_to_be(chain: Any, tmp_path: Path) -> None:
    path = tmp_path / "k.toml"
    path.write_text('require = [{cause = "w", effect = "y", reason = "recorded"}]')
    table = FeatureTable.of(chain(200), tiers={"x": 0, "w": 0, "y": 1, "z": 2})
    made = analyse(table, target="z", subsamples=4, knowledge=path, engine="pc", compare=False)
    told = " ".join(made.text.split())
    assert "w → y is drawn as it is known (recorded); the data show nothing of it" in told
    row = next(line for line in made.text.splitlines() if line.startswith("w"))
    assert row.split()[:3] == ["w", "-->", "y"]
    assert row.endswith("known")
    assert '<tr class="known">' in made.html
