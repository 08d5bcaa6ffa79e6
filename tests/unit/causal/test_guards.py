from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from aitia.causal.guards import Line, guard, listed
from aitia.errors import CausalError
from aitia.projection.table import Column, FeatureTable, kind_of

N = 40


def column(name: str, values: Any, **more: Any) -> Column:
    cells = tuple(values)
    return Column(name, cells, kind_of(cells), **more)


def varied(name: str, step: int = 7, **more: Any) -> Column:
    return column(name, [float(i * step % 41) + i / 100 for i in range(N)], **more)


def table(*columns: Column, **more: Any) -> FeatureTable:
    count = len(columns[0].values)
    units = tuple(f"u{i}" for i in range(count))
    return FeatureTable(units, columns, **more)


def said(lines: tuple[Line, ...], kind: str) -> list[str]:
    return [line.text for line in lines if line.kind == kind]


def test_a_sound_table_passes_unchanged() -> None:
    given = table(varied("a"), varied("b", 11))
    found = guard(given)
    assert found.columns == given.columns
    assert found.units == given.units
    assert found.lines == ()


def test_failed_runs_are_left_out_and_the_selection_is_said() -> None:
    status = column("status", ["Failed"] * 4 + ["Completed"] * 36, term="aitia:status")
    found = guard(table(varied("a"), varied("b", 11), status))
    assert found.names == ("a", "b")
    assert found.units[0] == "u4"
    assert said(found.lines, "selection") == [
        "4 of 40 runs did not complete (4 Failed) and were left out: "
        "the answer holds for runs that complete"
    ]


def test_notes_of_the_projection_are_passed_on() -> None:
    found = guard(table(varied("a"), varied("b", 11), notes=("x was odd",)))
    assert found.lines == (Line("projection", "", "x was odd"),)


def test_constants_are_left_out() -> None:
    found = guard(table(varied("a"), varied("b", 11), column("c", [0.5] * N)))
    assert found.names == ("a", "b")
    assert said(found.lines, "constant") == ["c is always 0.5: left out"]


def test_near_constants_are_left_out() -> None:
    found = guard(table(varied("a"), varied("b", 11), column("c", [1.0] * 38 + [2.0, 3.0])))
    assert said(found.lines, "near-constant") == ["c is 1 in all but 2 of the runs: left out"]


def test_columns_that_sum_up_others_are_left_out() -> None:
    found = guard(table(varied("a"), varied("b", 11), varied("c", 13, derived_from=("a", "gone"))))
    assert found.names == ("a", "b")
    assert said(found.lines, "derived") == ["c sums up the same as a: left out"]


def test_a_summary_whose_sources_are_not_there_stays() -> None:
    assert "c" in guard(table(varied("a"), varied("c", 13, derived_from=("gone",)))).names


def test_a_target_that_sums_up_others_drives_them_out() -> None:
    given = table(varied("a"), varied("b", 11), varied("c", 13, derived_from=("a",)))
    found = guard(given, target="c")
    assert found.names == ("b", "c")
    assert said(found.lines, "derived") == ["a is what the target c sums up: left out"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("host", [f"node-{i}" for i in range(N)]),
        ("row", list(range(N))),
        ("random_state", [i * 977 for i in range(N)]),
        ("run.id", [i * 977 for i in range(N)]),
    ],
)
def test_identifiers_are_left_out(name: str, values: list[Any]) -> None:
    found = guard(table(varied("a"), varied("b", 11), column(name, values)))
    assert found.names == ("a", "b")
    assert len(said(found.lines, "identifier")) == 1


def test_whole_numbers_that_all_differ_may_be_measures() -> None:
    sizes = column("parameters", [i * 977 for i in range(N)])
    assert "parameters" in guard(table(varied("a"), sizes)).names


def test_rows_with_gaps_are_left_out_and_the_selection_is_said() -> None:
    gaps = [None, None, *(float(i % 9) for i in range(38))]
    found = guard(table(varied("a"), varied("b", 11), column("c", gaps)))
    assert len(found.units) == 38
    assert said(found.lines, "selection") == [
        "2 of 40 runs lack c and were left out: the answer holds for runs that have them"
    ]


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_values_that_are_not_finite_are_gaps_and_said(odd: float) -> None:
    values = [odd, *(float(i % 9) for i in range(39))]
    found = guard(table(varied("a"), varied("b", 11), column("c", values)))
    assert said(found.lines, "not-finite") == [
        "c is NaN or infinite in 1 of 40 runs: gaps, from here on"
    ]
    assert all(math.isfinite(v) for c in found.columns for v in c.values)  # type: ignore[arg-type]


def test_columns_with_many_gaps_are_left_out_instead_of_the_rows() -> None:
    gaps = [None] * 9 + [float(i % 9) for i in range(31)]
    found = guard(table(varied("a"), varied("b", 11), column("c", gaps)))
    assert len(found.units) == N
    assert said(found.lines, "missing") == ["c lacks a finite value in 22% of the runs: left out"]


def test_a_target_with_gaps_costs_rows() -> None:
    gaps = [None] * 9 + [float(i % 9) for i in range(31)]
    assert len(guard(table(varied("a"), column("c", gaps)), target="c").units) == 31


def test_a_column_without_any_value_is_left_out() -> None:
    found = guard(table(varied("a"), varied("b", 11), column("c", [None] * N)))
    assert said(found.lines, "missing") == ["c has no value in any run: left out"]


def test_rare_levels_are_put_together() -> None:
    levels = ["a"] * 20 + ["b"] * 16 + ["c", "d", "e", "e"]
    found = guard(table(varied("x"), column("k", levels)))
    assert set(found.columns[1].values) == {"a", "b", "other"}
    assert said(found.lines, "rare-level") == ["k: the rare levels c, d and e were put together"]


def test_too_many_levels_are_left_out() -> None:
    found = guard(table(varied("x"), varied("y", 11), column("k", [f"l{i % 9}" for i in range(N)])))
    assert said(found.lines, "levels") == [
        "k has 9 levels in 40 runs, more than can be compared: left out"
    ]


def test_too_few_rows_are_refused() -> None:
    short = [float(i) for i in range(12)]
    with pytest.raises(CausalError, match=r"12 complete runs of 12.*at least 20"):
        guard(table(column("a", short), column("b", [v * v for v in short])))


def test_an_unknown_target_is_refused_with_the_nearest() -> None:
    with pytest.raises(CausalError, match=r"no column 'acuracy'.*accuracy"):
        guard(table(varied("accuracy"), varied("b", 11)), target="acuracy")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([1.0] * N, "is always 1"),
        ([None] * N, "has no value in any run"),
        ([f"r{i}" for i in range(N)], "has 40 values in 40 runs"),
    ],
)
def test_a_target_that_cannot_be_analysed_is_refused(values: list[Any], why: str) -> None:
    with pytest.raises(CausalError, match=f"the target c {why}"):
        guard(table(varied("a"), column("c", values)), target="c")


def test_one_column_is_refused_with_what_was_left_out() -> None:
    with pytest.raises(CausalError, match=r"1 of 2 columns left.*c is always 0.5"):
        guard(table(varied("a"), column("c", [0.5] * N)))


def test_names_are_listed_as_a_phrase() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b"], "or") == "a or b"
    assert listed("abcdef") == "a, b, c and 3 more"
    assert listed("abcdef", most=9) == "a, b, c, d, e and f"


def test_declared_names_are_compared_as_levels(made: Callable[..., FeatureTable]) -> None:
    numbers = {"x": varied("x").values, "y": varied("y", 9).values}
    given = made({"k": [i % 20 for i in range(N)], **numbers}, nominal=["k"])
    assert [line.kind for line in guard(given).lines] == ["levels"]


def test_a_single_rare_level_joins_the_next_rarest() -> None:
    kinds = column("k", ["a"] * 20 + ["b"] * 19 + ["c"])
    found = guard(table(varied("a"), varied("b", 11), kinds))
    assert said(found.lines, "rare-level") == ["k: the rare levels b and c were put together"]


def test_runs_of_which_none_completed_are_refused() -> None:
    table = FeatureTable.of(
        {"status": ["Failed"] * 29 + ["Interrupted"], "lr": list(range(30)), "score": [0.5] * 30},
        tiers={"status": 2, "lr": 0, "score": 1},
    )
    table = replace(
        table, columns=tuple(replace(c, term="aitia:status") if c.name == "status" else c
                             for c in table)
    )  # fmt: skip
    with pytest.raises(CausalError, match="none of the 30 runs completed"):
        guard(table, target="score")


def test_an_unknown_target_is_told_what_there_is() -> None:
    table = FeatureTable.of({"lr": [0.1, 0.2], "learning": [1, 2], "score": [0.5, 0.6]})
    with pytest.raises(CausalError, match="expected one of score, lr, learning"):
        guard(table, target="scores")
