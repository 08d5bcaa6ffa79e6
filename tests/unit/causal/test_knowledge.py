from __future__ import annotations

import pytest

from aitia.causal.knowledge import Knowledge, find_cycle
from aitia.errors import CausalError
from aitia.projection.table import Column

TIERS = Knowledge({"lr": 0, "width": 0, "loss": 1, "acc": 2}, ("used", "ended", "after"))


def test_nothing_acts_on_what_came_before_it() -> None:
    assert TIERS.forbids("acc", "lr") == "lr (used) came before acc (after)"
    assert TIERS.forbids("lr", "acc") is None
    assert TIERS.forbids("lr", "width") is None


def test_a_variable_without_a_tier_is_free() -> None:
    assert TIERS.forbids("other", "lr") is None
    assert TIERS.forbids("lr", "other") is None


def test_tiers_come_from_the_columns() -> None:
    columns = [Column("a", (), "constant", tier=1), Column("b", (), "constant")]
    assert Knowledge.of(columns, ["x", "y"]) == Knowledge({"a": 1}, ("x", "y"))


def test_every_rule_is_said_with_its_reason() -> None:
    known = TIERS.forbid("lr", "width", "both were drawn at random")
    known = known.require("loss", "acc", "recorded derivation")
    assert known.sentences(["lr", "width", "loss", "acc", "x"]) == [
        "used: lr, width",
        "ended: loss",
        "after: acc",
        "the graph does not say when these came to be: x",
        "no arrow lr → width: both were drawn at random",
        "an arrow loss → acc: recorded derivation",
    ]


def test_rules_on_variables_that_are_not_there_are_not_said() -> None:
    assert TIERS.forbid("lr", "gone", "why").sentences(["lr"]) == ["used: lr"]


def test_rules_that_name_no_variable_are_refused() -> None:
    """causal-learn would ignore them without a word."""
    with pytest.raises(CausalError, match="names 'X9', which is not among the variables"):
        TIERS.forbid("X9", "acc", "why").check_names(["lr", "width", "loss", "acc"])


def test_pairs_apart_are_forbidden_in_both_directions() -> None:
    known = Knowledge({}).forbid("a", "b", "why")
    assert known.apart("a", "b") is None
    assert known.forbid("b", "a", "why").apart("a", "b") == "why"


def test_a_rule_against_the_tiers_is_refused() -> None:
    with pytest.raises(CausalError, match=r"acc → lr is required \(why\) and forbidden"):
        TIERS.require("acc", "lr", "why")


def test_required_arrows_in_a_circle_are_refused() -> None:
    known = Knowledge({}).require("a", "b", "x").require("b", "c", "y")
    with pytest.raises(CausalError, match="a → b → c → a"):
        known.require("c", "a", "z")


@pytest.mark.parametrize(
    ("arrows", "cycle"),
    [
        ([("a", "b"), ("b", "c"), ("a", "c")], []),
        ([("a", "b"), ("b", "a")], ["a", "b", "a"]),
        ([("s", "a"), ("a", "b"), ("b", "c"), ("c", "a")], ["a", "b", "c", "a"]),
        ([], []),
    ],
)
def test_cycles_are_found(arrows: list[tuple[str, str]], cycle: list[str]) -> None:
    assert find_cycle(arrows) == cycle
