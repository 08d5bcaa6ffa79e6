"""Feature tables read over HTTP from real servers are those of the embedded store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import Origin
from aitia.ingest.triples import to_nquads
from aitia.projection import project
from aitia.records import (
    Ended,
    Entity,
    Generated,
    Point,
    Points,
    Record,
    Ref,
    RunEnded,
    RunStarted,
    Setting,
    Started,
    Used,
)
from aitia.store.oxigraph import OxigraphStore
from aitia.vocabulary.iris import content_iri

AT = 1_700_000_000_000_000_000
SECOND = 10**9
NAMES = ("task-features", "model-features", "layer-features", "training-runs")
UNANSWERED = {"virtuoso": {"training-runs"}}
"""Virtuoso 7 refuses a path of any length inside NOT EXISTS: that one table it cannot give."""


def recorded(number: int) -> Iterator[Record]:
    """Yield the records of a run that trains, and measures afterwards what came of it."""
    yield RunStarted(run(number), f"net {number}", AT)
    yield Setting("", "noise", 0.25)
    yield Started("1", "fit", AT + SECOND, type="aitia:TrainingRun", used={"width": 8})
    yield Entity("c", "aitia:TrainingConfiguration", attributes={"aitia:learningRate": 0.5})
    yield Setting("c", "warmup", 5, unit="s")
    yield Setting("c", "shuffle", True)
    yield Used("1", "c", relation="aitia:configuredBy")
    yield Entity(content_iri("a" * 64), "aitia:Dataset", "digits", "a" * 64)
    yield Used("1", content_iri("a" * 64), role="X", relation="aitia:trainedOn")
    here = content_iri("b" * 64)
    layers = [Ref(f"{here}/layer/{place}") for place in range(2)]
    whole = {"aitia:layerCount": 2, "aitia:hasLayer": list(layers)}
    yield Entity(here, "aitia:NeuralArchitecture", attributes=whole)
    for place, layer in enumerate(layers):
        about = {"aitia:layerIndex": place, "aitia:unitCount": 4 * place + number + 4}
        about |= {"aitia:feedsInto": layers[1]} if place == 0 else {}
        yield Entity(layer.id, "aitia:DenseLayer", attributes=about)
    yield Entity("m", "aitia:Model", attributes={"aitia:hasArchitecture": Ref(here)})
    yield Generated("m", "1", role="model")
    yield Points("1", "loss", [2.0, 1.0 + number, 0.5], [1.0, 2.0, 3.0])
    yield Ended("1", AT + 9 * SECOND, attributes={"aitia:cpuSeconds": 1.5})
    yield Point("", AT + 11 * SECOND, {"test_accuracy": 0.5})
    yield RunEnded(AT + 12 * SECOND)


def run(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


@pytest.fixture(scope="module")
def local() -> Iterator[OxigraphStore]:
    store = OxigraphStore()
    for number in range(3):
        mapper = Mapper(run(number), Origin("aitia", "0.1.0"))
        triples = []
        for index, record in enumerate(recorded(number)):
            triples += mapper.map(record, "", index)
        triples += [*mapper.finish(alive=False), *mapper.describe("0" * 64)]
        store.replace({mapper.graph: to_nquads(triples, mapper.graph)})
    yield store
    store.close()


@pytest.mark.parametrize("server", ["virtuoso", "oxigraph"])
def test_a_server_gives_the_same_tables(
    request: pytest.FixtureRequest, local: OxigraphStore, server: str
) -> None:
    with request.getfixturevalue(server).holding(local) as remote:
        one = f"urn:uuid:{run(1)}"
        names = [name for name in NAMES if name not in UNANSWERED.get(server, ())]
        for name in names:
            here, there = project(local, name), project(remote, name)
            assert there.units == here.units
            assert there.names == here.names
            for mine, other in zip(here, there, strict=True):
                found, wanted = list(map(rounded, other.values)), list(map(rounded, mine.values))
                assert found == wanted, mine.name
                assert other.tier == mine.tier
                assert (other.term, other.derived_from) == (mine.term, mine.derived_from)
        here, there = (project(store, names[0], run=one) for store in (local, remote))
        assert there.units == here.units


def rounded(cell: object) -> object:
    """Virtuoso has truth values as numbers, and six digits of doubles."""
    if cell in ("true", "false"):
        cell = int(cell == "true")
    return float(f"{cell:.6g}") if isinstance(cell, (int, float)) else cell
