"""Input on which causal-learn 0.1.4.8 goes wrong, mostly without a word: here repaired or refused.

Each test names what causal-learn does with such input, as measured; what is asserted is that an
analysis mends it with a line in its report, or refuses it with the reason.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas
import pytest

from aitia.causal import Analysis, analyse
from aitia.causal.discover import METHODS, Edge, search
from aitia.causal.knowledge import Knowledge
from aitia.errors import CausalError
from aitia.projection.table import FeatureTable

FREE = Knowledge({})


def analysed(columns: Any, *, tiers: dict[str, int] | None = None, **more: Any) -> Analysis:
    given = {"alpha": 0.01, "subsamples": 0, **more}
    return analyse(FeatureTable.of(columns, tiers=tiers), **given)


def links(analysis: Analysis) -> set[frozenset[str]]:
    return {frozenset(claim.edge[:2]) for claim in analysis.claims}


def found(columns: dict[str, Any], knowledge: Knowledge) -> set[Edge]:
    blocks = [((v - v.mean()) / v.std())[:, None] for v in columns.values()]
    return set(search(list(columns), blocks, knowledge, alpha=0.01).edges)


CHAIN = {frozenset("xy"), frozenset("yz")}


def test_a_later_variable_does_not_separate_earlier_ones() -> None:
    """Tiers do not restrict conditioning sets: a late copy of an effect hides its cause."""
    rng = np.random.default_rng(5)
    cause = rng.normal(size=60)
    effect = 0.5 * cause + rng.normal(size=60)
    data = {"cause": cause, "effect": effect, "late": effect + 0.25 * rng.normal(size=60)}
    arrow = Edge("cause", "effect", "-->")
    assert arrow in found(data, Knowledge({"cause": 0, "effect": 1, "late": 2}))
    assert arrow not in found(data, Knowledge({"cause": 0, "effect": 1}))


def test_a_pair_forbidden_both_ways_makes_no_false_collider(chain: Any) -> None:
    """It gets the empty separating set, and x → y → z becomes x → y ← z."""
    data = chain()
    apart = FREE.forbid("x", "z", "why").forbid("z", "x", "why")
    edges = {edge for edge in found(data, apart) if "w" not in edge[:2]}
    assert edges == {Edge("x", "y", "---"), Edge("y", "z", "---")}


def test_a_pair_that_is_linked_though_it_must_not_be_is_reported(chain: Any) -> None:
    data = {name: chain()[name] for name in ("x", "y")}
    apart = FREE.forbid("x", "y", "drawn at random").forbid("y", "x", "drawn at random")
    blocks = [((v - v.mean()) / v.std())[:, None] for v in data.values()]
    result = search(list(data), blocks, apart)
    assert result.edges == ()
    assert [rule.reason for rule in result.contradicted] == ["drawn at random"]


def test_tiers_give_fci_heads_and_no_tails() -> None:
    """Z o-> Y becomes Z --> Y, which claims that nothing hidden acts on both."""
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=1000)
    data = {"z": hidden + rng.normal(size=1000), "y": hidden + rng.normal(size=1000)}
    names, blocks = list(data), [((v - v.mean()) / v.std())[:, None] for v in data.values()]
    edges = search(names, blocks, Knowledge({"z": 0, "y": 1}), method="fci").edges
    assert edges == (Edge("z", "y", "o->"),)
    edges = search(names, blocks, FREE, method="fci").edges
    assert [edge.marks for edge in edges] == ["o-o"]


@pytest.mark.parametrize("names", [("x", "y"), ("X2", "X1"), ("a.b (c)*", "d[0]|e")])
def test_knowledge_holds_whatever_the_names(names: tuple[str, str], chain: Any) -> None:
    """Knowledge about nodes that are not named X1… is ignored unless the names are given."""
    data = {names[0]: chain()["x"], names[1]: chain()["y"]}
    forwards, backwards = (
        {name: (place + i) % 2 for place, name in enumerate(names)} for i in (0, 1)
    )
    assert found(data, Knowledge(forwards)) == {Edge(*names, "-->")}
    assert found(data, Knowledge(backwards)) == {Edge(*names[::-1], "-->")}


def test_samples_that_print_alike_are_told_apart() -> None:
    """Its cache knows a sample by its abbreviated print: these two look the same to it."""
    rng = np.random.default_rng(0)
    one = rng.normal(size=(2000, 5))
    other = one.copy()
    other[3:-3, 1] = other[3:-3, 0] + 0.1 * other[3:-3, 1]
    assert str(one) == str(other)
    names = "abcde"
    edges = [found(dict(zip(names, data.T, strict=True)), FREE) for data in (one, other)]
    assert edges[0] != edges[1]
    assert {frozenset(edge[:2]) for edge in edges[1]} >= {frozenset("ab")}


def test_a_constant_gets_no_edges(chain: Any) -> None:
    """Every variable gets an edge into it."""
    analysis = analysed({**chain(), "c": np.ones(400)})
    assert links(analysis) == CHAIN
    assert "never varied: c (1)" in analysis.text


def test_a_duplicate_is_left_out(chain: Any) -> None:
    """ValueError: Data correlation matrix is singular."""
    analysis = analysed({**chain(), "x2": chain()["x"]})
    assert links(analysis) == CHAIN
    assert "repeat others: x2 (x)" in analysis.text


def test_a_sum_deletes_no_true_edge(chain: Any) -> None:
    """A true edge beside it is deleted without a word."""
    data = chain()
    analysis = analysed({**data, "s": data["x"] + data["w"]})
    assert links(analysis) == CHAIN
    assert "exact combinations of others: s (w and x)" in analysis.text


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_left_out_and_said(odd: float, chain: Any) -> None:
    """An assertion, an empty graph, or no end, by the method."""
    data = chain()
    data["y"] = data["y"].copy()
    data["y"][:8] = odd
    analysis = analysed(data)
    assert links(analysis) == CHAIN
    assert "y is NaN or infinite in 8 of 400 runs" in analysis.text
    assert "8 of 400 runs lack y and were left out" in analysis.text


def test_gaps_are_left_out_and_said(chain: Any) -> None:
    data: dict[str, Any] = {name: list(values) for name, values in chain().items()}
    data["z"][0] = None
    analysis = analysed(data)
    assert links(analysis) == CHAIN
    assert "1 of 400 runs lack z and were left out" in analysis.text


def test_texts_are_compared_as_levels(chain: Any) -> None:
    """TypeError, deep inside."""
    data = chain()
    data["k"] = np.where(data["x"] > 0, "high", "low")
    analysis = analysed(data)
    assert frozenset("kx") in links(analysis)
    assert "k is compared by its levels high and low" in analysis.text


def test_an_effect_of_one_level_among_three_is_seen() -> None:
    """As a number, the code of the level shows no trend, and the edge is missed."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 3, 300)
    effect = np.where(codes == 1, 3.0, 0.0) + rng.normal(size=300)
    named = {"k": [("a", "b", "c")[code] for code in codes], "e": effect, "n": rng.normal(size=300)}
    assert links(analysed(named)) == {frozenset("ke")}


def test_a_data_frame_is_refused_with_what_to_do(chain: Any) -> None:
    """AssertionError: Input data must be a numpy array."""
    frame = pandas.DataFrame(chain())
    with pytest.raises(CausalError, match=r"a DataFrame to analyse.*FeatureTable\.of\(frame"):
        analyse(frame)  # type: ignore[arg-type]
    assert links(analysed(frame)) == CHAIN


@pytest.mark.parametrize(("rows", "columns"), [(8, 12), (60, 40)])
def test_fewer_rows_than_columns_can_bear_are_refused(rows: int, columns: int) -> None:
    """A dense graph or an empty one, with a warning at most."""
    rng = np.random.default_rng(0)
    data = {f"v{i}": rng.normal(size=rows) for i in range(columns)}
    with pytest.raises(CausalError, match=r"complete runs.*expected at least \d+"):
        analysed(data)


def test_strong_edges_can_be_ranked() -> None:
    """2 (1 - Φ(z)) is 0 from z = 8.3 on: every strong edge looks alike."""
    from aitia.causal.independence import Independence

    rng = np.random.default_rng(0)
    x = rng.normal(size=(500, 1))
    test = Independence([x, x + rng.normal(size=x.shape), x + 0.2 * rng.normal(size=x.shape)])
    assert -math.inf < test.log_p(0, 2) < test.log_p(0, 1) < math.log(1e-30)


def test_a_second_separator_changes_nothing(chain: Any) -> None:
    """PC goes on testing after it has one: the skeleton must not depend on the order of columns."""
    data = chain()
    data["y2"] = data["y"] + 0.5 * np.random.default_rng(9).normal(size=400)
    one = {frozenset(e[:2]) for e in found(data, FREE)}
    other = {frozenset(e[:2]) for e in found(dict(reversed(data.items())), FREE)}
    assert one == other


def test_nothing_is_printed(chain: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """Progress bars and remarks on standard output."""
    analysed(chain(), tiers={"x": 0, "y": 1, "z": 2, "w": 0})
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("engine", sorted(METHODS))
def test_no_engine_is_given_what_it_goes_wrong_on(engine: str, chain: Any) -> None:
    """All that can be mended at once: the answer is that of the clean columns, and all is said."""
    data = chain()
    clean = analysed(data, engine=engine, compare=False)
    data["y"] = data["y"].copy()
    data["y"][:4], data["y"][4:8] = math.nan, math.inf
    odd = {"c": np.ones(400), "x2": data["x"], "s": data["x"] + data["w"]}
    analysis = analysed({**data, **odd}, engine=engine, compare=False)
    assert links(analysis) == links(clean) == CHAIN
    told = " ".join(analysis.text.split())
    assert "never varied: c (1)" in told
    assert "repeat others: x2 (x)" in told
    assert "exact combinations of others: s (w and x)" in told
    assert "8 of 400 runs lack y and were left out" in told
    assert "392 of 400 runs" in told


@pytest.mark.parametrize("engine", sorted(METHODS))
def test_every_engine_refuses_too_few_runs(engine: str) -> None:
    rng = np.random.default_rng(0)
    data = {f"v{i}": rng.normal(size=8) for i in range(12)}
    with pytest.raises(CausalError, match=r"8 complete runs of 8.*expected at least 20"):
        analysed(data, engine=engine)


@pytest.mark.parametrize("engine", ["ges", "grasp", "boss", "direct-lingam"])
def test_engines_without_a_score_for_levels_among_numbers_refuse_them(engine: str) -> None:
    """They miss an effect that only one level of three has, without a word."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 3, 300)
    named = {
        "k": [("a", "b", "c")[code] for code in codes],
        "e": (codes == 1) + rng.normal(size=300),
    }
    with pytest.raises(CausalError, match=r"levels.*next: choose"):
        analysed(named, engine=engine)


def test_every_test_is_on_the_runs_that_the_report_names(chain: Any) -> None:
    """Deleting runs test by test would give each test a number of its own; here there is one."""
    data = chain()
    data["y"], data["z"] = data["y"].copy(), data["z"].copy()
    data["y"][:8], data["z"][8:12] = math.nan, math.nan
    analysis = analysed(data, subsamples=4)
    assert "388 of 400 runs" in analysis.text
    assert "share of 4 random samples of 194 runs" in analysis.text
    whole = {name: values[12:] for name, values in data.items()}
    assert [c.edge for c in analysed(whole, subsamples=4).claims] == [
        c.edge for c in analysis.claims
    ]
