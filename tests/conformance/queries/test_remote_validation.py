"""What real SPARQL servers hold is judged by the same compiled shapes, with the same report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from aitia.reader import Graph
from aitia.store.oxigraph import OxigraphStore
from aitia.validation.report import Report

VALID = Path(__file__).parents[2] / "shapes" / "valid.ttl"
RUN = "0190a000-0000-4000-8000-000000000001"
BUNDLE = f"urn:uuid:{RUN}#bundle"
GONE = ("status", "measuresQuantity")


@pytest.fixture(scope="module")
def local() -> Iterator[Graph]:
    name = ox.NamedNode(BUNDLE)
    triples = ox.parse(path=str(VALID), format=ox.RdfFormat.TURTLE)
    quads = [
        ox.Quad(t.subject, t.predicate, t.object, name)
        for t in triples
        if not t.predicate.value.endswith(GONE)
    ]
    store = OxigraphStore()
    store.replace({BUNDLE: ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""})
    with Graph(store) as graph:
        yield graph


@pytest.fixture(params=["virtuoso", "oxigraph"])
def remote(request: pytest.FixtureRequest, local: Graph) -> Iterator[Graph]:
    assert isinstance(local.store, OxigraphStore)
    with request.getfixturevalue(request.param).holding(local.store) as there:
        yield Graph(there)


def found(report: Report) -> list[tuple[str | None, ...]]:
    """Return the results but for those about datatypes: Virtuoso holds all integers as one type."""
    return [
        (r.focus, r.path, r.component, r.shape, r.severity)
        for r in report.results
        if not r.component.startswith(("Datatype", "Or"))
    ]


def test_a_run_at_an_endpoint_is_judged(local: Graph, remote: Graph) -> None:
    (here,) = local.validate(RUN).values()
    (there,) = remote.validate(RUN).values()
    assert here.by_severity("must")
    assert here.by_severity("should")
    assert found(there) == found(here)


def test_nodes_at_an_endpoint_are_judged(local: Graph, remote: Graph) -> None:
    (whole,) = local.validate(RUN).values()
    nodes = sorted({result.focus for result in whole.results})[:3]
    here, there = (graph.validate_nodes(nodes, run=RUN) for graph in (local, remote))
    assert here.results
    assert found(there) == found(here)
