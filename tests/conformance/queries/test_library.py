"""The question library against fixtures with known answers, in two engines."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from aitia.query.catalog import Question, load
from aitia.query.lint import lint
from aitia.query.run import ask
from aitia.query.table import Table
from aitia.store.oxigraph import OxigraphStore

pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")
Plain = Callable[[Table], list[list[Any]]]

HERE = Path(__file__).parent
FAMILIES = {"lineage", "system", "platform", "model", "application", "audit"}
CASES = [c for p in sorted(HERE.glob("manifest*.json")) for c in json.loads(p.read_text())]
LIBRARY = load()


@cache
def embedded(fixture: str) -> OxigraphStore:
    store = OxigraphStore()
    quads = ox.parse(path=str(HERE / "fixtures" / fixture), format=ox.RdfFormat.TRIG)
    parts: dict[str, list[ox.Quad]] = {}
    for quad in quads:
        parts.setdefault(quad.graph_name.value, []).append(quad)
    store.replace(
        {name: ox.serialize(part, format=ox.RdfFormat.N_QUADS) for name, part in parts.items()}
    )
    return store


def expected(case: dict[str, Any]) -> list[list[Any]]:
    if case["expected"] is None:
        return []
    found = json.loads((HERE / "expected" / f"{case['expected']}.json").read_text())
    assert found["columns"] == list(LIBRARY[case["question"]].columns)
    return list(found["rows"])


def _name(case: dict[str, Any]) -> str:
    return f"{case['question']}-{case['expected'] or 'empty'}"


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_the_embedded_store_gives_the_expected_rows(case: dict[str, Any], plain: Plain) -> None:
    table = ask(embedded(case["fixture"]), LIBRARY[case["question"]], **case["parameters"])
    assert plain(table) == expected(case)


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_rdflib_gives_the_same_rows(
    case: dict[str, Any], second_engine: Callable[..., Any], plain: Plain
) -> None:
    store = second_engine(HERE / "fixtures" / case["fixture"])
    table = ask(store, LIBRARY[case["question"]], **_by_iri(case["parameters"]))
    assert plain(table) == expected(case)


def _by_iri(parameters: dict[str, Any]) -> dict[str, Any]:
    # The stand-in answers SELECT alone, so runs are named by their IRIs.
    assert all(":" in v for k, v in parameters.items() if k in ("run", "left", "right"))
    return parameters


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_question_has_rows_and_a_fixture_without(family: str) -> None:
    names = {question.name for question in LIBRARY.families()[family]}
    answered = {case["question"] for case in CASES if case["expected"] is not None}
    empty = {case["question"] for case in CASES if case["expected"] is None}
    assert names <= answered
    assert names <= empty


def test_expected_answers_are_not_empty() -> None:
    for case in CASES:
        assert case["expected"] is None or expected(case)


@pytest.mark.parametrize("question", LIBRARY.values(), ids=lambda q: f"{q.family}/{q.name}")
def test_no_question_has_a_fault(question: Question) -> None:
    assert lint(question) == []


def test_the_library_is_large_enough() -> None:
    assert sum(len(LIBRARY.families()[family]) for family in FAMILIES) >= 18
