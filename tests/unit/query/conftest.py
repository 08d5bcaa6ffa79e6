"""Runs recorded by hand, in a store in memory."""

import math

import pytest

from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import Origin
from aitia.ingest.triples import to_nquads
from aitia.records import (
    Associated,
    Ended,
    Entity,
    Generated,
    Member,
    Note,
    Point,
    Points,
    Ref,
    RunEnded,
    RunStarted,
    Setting,
    Started,
    Used,
)
from aitia.store.oxigraph import OxigraphStore

BEGAN = 1_790_000_000_000_000_000
DATA = "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"


def sweep(run: str, name: str, *, fits: int = 2, seed: int = 7, version: str = "1.0"):
    """Yield the records of one run: a split, some trainings, what they used and made."""
    yield RunStarted(run, name, BEGAN + seed, attributes={"aitia:commandLine": "python train.py"})
    yield Entity("ada", "prov:Person", "Ada")
    yield Associated("", "ada")
    yield Entity("node", "aitia:ComputeNode", "node-1", attributes={"aitia:coreCount": 2})
    yield Used("", "node", relation="aitia:ranOn")
    yield Entity("env", "aitia:SoftwareEnvironment", "3 packages")
    yield Entity(
        "pkg", "aitia:SoftwarePackage", "numpy", attributes={"aitia:versionLabel": version}
    )
    yield Member("env", "pkg")
    yield Entity(DATA, "aitia:Dataset", "digits.npz", attributes={"aitia:byteSize": 1_234_567})
    yield Setting("", "seed", seed)
    yield Started("1", "split", BEGAN + 1, used={"data": Ref(DATA), "ratio": 0.8})
    yield Entity("tr", "aitia:DatasetSplit", "training split")
    yield Ended("1", BEGAN + 5_000_000, generated={"train": Ref("tr"), "rows": 10})
    for i in range(fits):
        start = BEGAN + 10**9 * (i + 1)
        yield Started(f"f{i}", f"fit {i}", start, "aitia:TrainingRun", used={"X": Ref("tr")})
        yield Entity(f"m{i}", "aitia:Model", f"model-{i}.npz")
        for step in range(10):
            loss = math.nan if i == 1 and step > 4 else 1 / (step + 1)
            yield Point(f"f{i}", start + step, {"loss": loss, "accuracy": step / 10}, step=step)
        yield Generated(f"m{i}", f"f{i}", role="model")
        yield Ended(f"f{i}", start + 10**8)
    yield Points("", "cpu_percent", [1.0, 3.0], times=[0.0, 1.0], unit="%", kind="telemetry")
    yield Note("unseen", "2 files were read by native code", 2)
    yield RunEnded(BEGAN + seed + 10**10)


def bundle(run: str, records) -> dict[str, bytes]:
    """Return the graph of these records."""
    mapper = Mapper(run, Origin("aitia", "0.1.0"))
    triples = []
    for index, record in enumerate(records):
        triples += mapper.map(record, "", index)
    triples += [*mapper.finish(alive=False), *mapper.describe("0" * 64)]
    return {mapper.graph: to_nquads(triples, mapper.graph)}


@pytest.fixture
def keep():
    """Return a function that makes a store of runs, given as ``r_UUID={"name": …}``."""
    stores = []

    def kept(**runs) -> OxigraphStore:
        store = OxigraphStore()
        stores.append(store)
        for run, options in runs.items():
            uuid = run.removeprefix("r_").replace("_", "-")
            store.replace(bundle(uuid, sweep(uuid, **options)))
        return store

    yield kept
    for store in stores:
        store.close()
