"""The same questions, asked of real SPARQL servers over HTTP, have the same answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from aitia.query.catalog import load
from aitia.query.lineage import downstream, upstream
from aitia.query.run import ask
from aitia.store.oxigraph import OxigraphStore
from aitia.store.remote import RemoteStore

HERE = Path(__file__).parent
CASES = [
    case
    for case in json.loads((HERE / "manifest.json").read_text())
    if case["fixture"] == "laboratory.trig"
]
LIBRARY = load()


@pytest.fixture(scope="module")
def local() -> Iterator[OxigraphStore]:
    store = OxigraphStore()
    graphs: dict[str, list[ox.Quad]] = {}
    fixture = str(HERE / "fixtures" / "laboratory.trig")
    for quad in ox.parse(path=fixture, format=ox.RdfFormat.TRIG):
        graphs.setdefault(quad.graph_name.value, []).append(quad)
    store.replace({g: ox.serialize(q, format=ox.RdfFormat.N_QUADS) for g, q in graphs.items()})
    yield store
    store.close()


@pytest.fixture(scope="module", params=["virtuoso", "oxigraph"])
def remote(request: pytest.FixtureRequest, local: OxigraphStore) -> Iterator[RemoteStore]:
    with request.getfixturevalue(request.param).holding(local) as there:
        yield there


def _comparable(rows: Any) -> list[str]:
    """Return rows in an order of their own: Virtuoso does not order by aggregates."""
    return sorted(repr([_rounded(value) for value in row]) for row in rows)


def _rounded(value: Any) -> Any:
    # Virtuoso computes truth values and maxima as plain numbers.
    return float(f"{value:.9g}") if isinstance(value, (bool, int, float)) else value


def _name(case: dict[str, Any]) -> str:
    return f"{case['question']}-{case['expected'] or 'empty'}"


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_a_server_gives_the_same_rows(
    remote: RemoteStore, local: OxigraphStore, case: dict[str, Any]
) -> None:
    question = LIBRARY[case["question"]]
    here = ask(local, question, **case["parameters"])
    there = ask(remote, question, **case["parameters"])
    assert there.columns == here.columns
    assert _comparable(there) == _comparable(here)


def test_lineage_is_walked_over_http(remote: RemoteStore, local: OxigraphStore) -> None:
    weights, raw = "ni:///sha-256;weights", "ni:///sha-256;raw"
    assert upstream(remote, weights) == upstream(local, weights)
    assert {n.id for n in downstream(remote, raw).walk()} == {
        n.id for n in downstream(local, raw).walk()
    }


def test_more_rows_than_the_server_gives_at_once_are_read(
    remote: RemoteStore, local: OxigraphStore
) -> None:
    query = "SELECT ?c WHERE { ?c a owl:Class FILTER(isIRI(?c)) } ORDER BY ?c"
    here = [row[0].value for row in local.select(query).rows if row[0]]
    assert len(here) > 100
    assert sorted(row[0].value for row in remote.select(query).rows if row[0]) == sorted(here)


def test_an_ask_is_true_or_false(remote: RemoteStore) -> None:
    assert remote.ask("ASK { ?run a aitia:WorkflowRun }") is True
    assert remote.ask("ASK { ?run a aitia:HumanReview }") is False
