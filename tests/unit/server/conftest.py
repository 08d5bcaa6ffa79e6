"""A graph in memory of runs that were recorded by hand, and a client of its application."""

import asyncio
import math

import httpx
import pytest

from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import Origin
from aitia.ingest.triples import to_nquads
from aitia.reader import Graph
from aitia.records import (
    Ended,
    Entity,
    Generated,
    Note,
    Point,
    Ref,
    RunEnded,
    RunStarted,
    Setting,
    Started,
)
from aitia.server.app import build
from aitia.store.oxigraph import OxigraphStore

BEGAN = 1_790_000_000_000_000_000
RUN = "0b9c1f0e-1111-4222-8333-444455556666"
OTHER = "1c9c1f0e-2222-4222-8333-444455556666"
DATA = "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"


def records(run: str, name: str, fits: int):
    yield RunStarted(run, name, BEGAN, attributes={"aitia:commandLine": "python train.py"})
    yield Entity(DATA, "aitia:Dataset", "digits.npz", attributes={"aitia:byteSize": 1_234_567})
    yield Setting("", "seed", 7)
    yield Started("1", "split", BEGAN + 1, used={"data": Ref(DATA)})
    yield Entity("tr", "aitia:DatasetSplit", "training split")
    yield Ended("1", BEGAN + 5_000_000, generated={"train": Ref("tr")})
    for i in range(fits):
        start = BEGAN + 10**9 * (i + 1)
        yield Started(f"f{i}", f"fit {i}", start, "aitia:TrainingRun", used={"X": Ref("tr")})
        yield Entity(f"m{i}", "aitia:Model", f"<model-{i}>")
        for step in range(10):
            loss = math.nan if i == 1 and step > 4 else 1 / (step + 1)
            values = {"loss": loss, "accuracy": 1 - 1 / (step + 2)}
            yield Point(f"f{i}", start + step, values, step=step)
        yield Generated(f"m{i}", f"f{i}", role="model")
        yield Ended(f"f{i}", start + 10**8)
    yield Note("unseen", "2 files were read by native code", 2)
    yield RunEnded(BEGAN + 10**10)


def bundle(run: str, name: str, fits: int = 2) -> dict[str, bytes]:
    mapper = Mapper(run, Origin("aitia", "0.1.0"))
    triples = []
    for index, record in enumerate(records(run, name, fits)):
        triples += mapper.map(record, "", index)
    triples += [*mapper.finish(alive=False), *mapper.describe("0" * 64)]
    return {mapper.graph: to_nquads(triples, mapper.graph)}


@pytest.fixture
def graph():
    store = OxigraphStore()
    store.replace({**bundle(RUN, "sweep"), **bundle(OTHER, "a <b>wide</b> sweep", 30)})
    with Graph(store) as made:
        yield made


class Client:
    """Sends requests to an application in this process."""

    def __init__(self, app, base: str = "http://127.0.0.1") -> None:
        self.app = app
        self.base = base

    def get(self, path: str, **options) -> httpx.Response:
        return asyncio.run(self._send("GET", path, options))

    def post(self, path: str, **options) -> httpx.Response:
        return asyncio.run(self._send("POST", path, options))

    async def _send(self, method: str, path: str, options: dict) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url=self.base) as client:
            return await client.request(method, path, **options)


@pytest.fixture
def client_of():
    """Makes a client of the application of any graph."""
    return lambda graph, base="http://127.0.0.1": Client(build(graph), base)


@pytest.fixture
def client(graph, client_of):
    return client_of(graph)
