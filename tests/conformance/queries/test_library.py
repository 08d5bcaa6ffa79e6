"""The question library against fixtures with known answers, in two engines."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib

from aitia.query.catalog import Question, load
from aitia.query.lint import lint
from aitia.query.run import ask
from aitia.query.table import Table
from aitia.store.graphs import ONTOLOGY
from aitia.store.oxigraph import OxigraphStore, ontology_files
from aitia.store.port import Row, Solutions, Term

pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")

HERE = Path(__file__).parent
FAMILIES = {"lineage", "system", "platform", "model", "application", "audit"}
CASES = json.loads((HERE / "manifest.json").read_text())
LIBRARY = load()


class RdflibStore:
    """The same port over rdflib: a second, independent SPARQL engine."""

    def __init__(self, fixture: str) -> None:
        self._data = rdflib.Dataset(default_union=True)
        schema = self._data.graph(rdflib.URIRef(ONTOLOGY))
        for triple in _ontology():
            schema.add(triple)
        self._data.parse(HERE / "fixtures" / fixture, format="trig")

    def select(self, sparql: str, *, graphs: Sequence[str] = ()) -> Solutions:
        assert not graphs
        found = self._data.query(sparql)
        names = tuple(str(name) for name in found.vars or ())
        return Solutions(names, self._rows(found, names))

    @staticmethod
    def _rows(found: Any, names: tuple[str, ...]) -> Iterator[Row]:
        for row in found:
            yield tuple(_term(row[name]) for name in names)


def _term(value: Any) -> Term | None:
    if value is None:
        return None
    if isinstance(value, rdflib.Literal):
        kind = str(value.datatype) if value.datatype else None
        return Term("literal", str(value), kind, value.language)
    return Term("iri", str(value))


@cache
def _ontology() -> list[Any]:
    graph = rdflib.Graph()
    for path in ontology_files():
        graph.parse(path)
    return list(graph)


@pytest.fixture(autouse=True)
def _literals_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


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


@cache
def independent(fixture: str) -> RdflibStore:
    return RdflibStore(fixture)


def expected(case: dict[str, Any]) -> list[list[Any]]:
    if case["expected"] is None:
        return []
    found = json.loads((HERE / "expected" / f"{case['expected']}.json").read_text())
    assert found["columns"] == list(LIBRARY[case["question"]].columns)
    return list(found["rows"])


def plain(table: Table) -> list[list[Any]]:
    """Return rows as JSON data, numbers to nine digits."""
    rows = json.loads(table.to_json())
    return [[_rounded(row[name]) for name in table.columns] for row in rows]


def _rounded(value: Any) -> Any:
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.9g}")
    return value


def _name(case: dict[str, Any]) -> str:
    return f"{case['question']}-{case['expected'] or 'empty'}"


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_the_embedded_store_gives_the_expected_rows(case: dict[str, Any]) -> None:
    table = ask(embedded(case["fixture"]), LIBRARY[case["question"]], **case["parameters"])
    assert plain(table) == expected(case)


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_rdflib_gives_the_same_rows(case: dict[str, Any]) -> None:
    store: Any = independent(case["fixture"])
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
