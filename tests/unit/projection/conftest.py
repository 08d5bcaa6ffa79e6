"""Training runs as records, mapped into an in-memory store as ingest would."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pytest

from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import Origin
from aitia.ingest.triples import to_nquads
from aitia.records import (
    Ended,
    Entity,
    Generated,
    Json,
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

SECOND = 1_000_000_000
EPOCH = 1_700_000_000 * SECOND


def uid(number: int) -> str:
    return str(uuid.UUID(int=number + 1))


def training(
    number: int = 0,
    *,
    rate: float = 0.01,
    units: Sequence[int] = (16, 8),
    loss: Sequence[float] = (2.0, 1.0, 0.5, 0.75),
    accuracy: float = 0.9,
    status: str = "Completed",
    data: str = "a" * 64,
) -> Iterator[Record]:
    """Yield the records of a run whose one task trains one network, and what was measured after."""
    at = EPOCH + number * 3600 * SECOND
    yield RunStarted(uid(number), f"net {number}", at)
    yield Setting("", "noise", 0.25)
    yield Started("1", "train", at + SECOND, used={"width": units[0]})
    yield Started("2", "fit", at + 2 * SECOND, type="aitia:TrainingRun", parent="1")
    attributes: dict[str, Any] = {"aitia:learningRate": rate, "aitia:batchSize": 32}
    attributes["aitia:usesOptimizer"] = Ref("scheme:optimizer#Adam")
    yield Entity("e1", "aitia:TrainingConfiguration", attributes=attributes)
    yield Used("2", "e1", relation="aitia:configuredBy")
    yield Entity("scheme:optimizer#Adam", "skos:Concept", "Adam")
    yield Setting("e1", "activation", "tanh" if number % 2 else "relu")
    yield Setting("e1", "shuffle", True)
    yield Setting("e1", "warmup", 5, unit="s")
    shape = {"aitia:arrayShape": Json([1200, 64])}
    yield Entity(content_iri(data), "aitia:Dataset", "digits", data, shape)
    yield Used("2", content_iri(data), role="X", relation="aitia:trainedOn")
    yield from _architecture(units)
    yield Generated("e2", "2", role="model")
    yield Points("2", "loss", list(loss), [float(i + 1) for i in range(len(loss))])
    yield Ended("2", at + 10 * SECOND, status=status, attributes={"aitia:cpuSeconds": 1.5})
    yield Point("", at + 11 * SECOND, {"test_accuracy": accuracy})
    yield Ended("1", at + 12 * SECOND)
    yield RunEnded(at + 13 * SECOND)


def _architecture(units: Sequence[int]) -> Iterator[Record]:
    digest = hashlib.sha256(repr(tuple(units)).encode()).hexdigest()
    here = content_iri(digest)
    layers = [Ref(f"{here}/layer/{place}") for place in range(len(units) + 1)]
    yield Entity(
        here,
        "aitia:NeuralArchitecture",
        attributes={
            "aitia:layerCount": len(layers),
            "aitia:parameterCount": 64 * units[0] + 10 * units[-1],
            "aitia:hasLayer": list(layers),
        },
    )
    for place, size in enumerate([*units, 10]):
        attributes: dict[str, Any] = {"aitia:layerIndex": place, "aitia:unitCount": size}
        if place < len(units):
            attributes["aitia:feedsInto"] = layers[place + 1]
        yield Entity(layers[place].id, "aitia:DenseLayer", attributes=attributes)
    yield Entity("e2", "aitia:Model", attributes={"aitia:hasArchitecture": Ref(here)})


def mapped(records: Iterable[Record], run: str, recorder: str = "aitia") -> dict[str, bytes]:
    mapper = Mapper(run, Origin(recorder, "0.1.0"))
    triples = []
    for index, record in enumerate(records):
        triples += mapper.map(record, "", index)
    triples += [*mapper.finish(alive=False), *mapper.describe("0" * 64)]
    return {mapper.graph: to_nquads(triples, mapper.graph)}


@pytest.fixture
def keep() -> Callable[..., OxigraphStore]:
    """Return a function that keeps lists of records, one per run, in a store."""

    def kept(*runs: Iterable[Record], recorder: str = "aitia") -> OxigraphStore:
        store = OxigraphStore()
        for run in runs:
            records = list(run)
            first = records[0]
            assert isinstance(first, RunStarted)
            store.replace(mapped(records, first.id, recorder))
        return store

    return kept


@pytest.fixture
def train() -> Callable[..., Iterator[Record]]:
    """Return ``training``."""
    return training
