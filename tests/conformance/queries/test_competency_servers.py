"""The competency questions, asked of real SPARQL servers over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from aitia.query.catalog import load
from aitia.query.run import ask
from aitia.store.oxigraph import OxigraphStore
from aitia.store.remote import RemoteStore

HERE = Path(__file__).parent
MANIFEST = json.loads((HERE / "manifest-competency.json").read_text())
CASES = [case for case in MANIFEST if case["fixture"] == "clinic.trig"]
LIBRARY = load()


@pytest.fixture(scope="module")
def local() -> Iterator[OxigraphStore]:
    store = OxigraphStore()
    graphs: dict[str, list[ox.Quad]] = {}
    for quad in ox.parse(path=str(HERE / "fixtures/clinic.trig"), format=ox.RdfFormat.TRIG):
        graphs.setdefault(quad.graph_name.value, []).append(quad)
    store.replace({g: ox.serialize(q, format=ox.RdfFormat.N_QUADS) for g, q in graphs.items()})
    yield store
    store.close()


@pytest.fixture(scope="module", params=["virtuoso", "oxigraph"])
def remote(request: pytest.FixtureRequest, local: OxigraphStore) -> Iterator[RemoteStore]:
    with request.getfixturevalue(request.param).holding(local) as there:
        yield there


def _comparable(rows: Any) -> list[str]:
    """Return rows in an order of their own, truth values as the numbers that Virtuoso gives."""
    return sorted(repr([_rounded(value) for value in row]) for row in rows)


def _rounded(value: Any) -> Any:
    return float(f"{value:.9g}") if isinstance(value, (bool, int, float)) else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["question"])
def test_a_server_gives_the_same_rows(
    remote: RemoteStore, local: OxigraphStore, case: dict[str, Any]
) -> None:
    question = LIBRARY[case["question"]]
    there = ask(remote, question, **case["parameters"])
    assert _comparable(there) == _comparable(ask(local, question, **case["parameters"]))
    assert (len(there) > 0) == (case["expected"] is not None)
