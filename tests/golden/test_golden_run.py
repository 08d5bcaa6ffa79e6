"""One fixed run, from the public API to the graph: what it says must not change by accident.

To accept a change that is meant: UPDATE_GOLDEN=1 python -m pytest tests/golden
"""

from __future__ import annotations

import math
import os
from pathlib import Path

import pyoxigraph as ox

import aitia
from aitia.capture.run import Run
from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import Origin
from aitia.ingest.triples import to_nquads
from aitia.testing.memory import MemoryRecorder
from aitia.validation.engine import validate
from aitia.validation.profiles import load
from aitia.vocabulary.terms import NAMESPACES

GOLDEN = Path(__file__).with_name("run.ttl")
MEASURED = ("cpuSeconds>", "peakMemoryBytes>")
"""What the process really cost differs each time."""


class Samples:
    """An object that is followed from task to task."""


@aitia.task
def prepare(count: int) -> Samples:
    return Samples()


@aitia.task
def train(samples: Samples, rate: float) -> Samples:
    for epoch in aitia.loop(range(3), "epoch"):
        aitia.log(step=epoch, loss=1.0 / (epoch + 1), accuracy=0.3 * epoch)
    aitia.log(step=3, loss=math.nan)
    return Samples()


def recorded() -> bytes:
    recorder = MemoryRecorder(seed=7)
    with Run(recorder, "golden", settings={"seed": 7}) as run:
        model = train(prepare(10), rate=0.5)
        aitia.log(test_accuracy=0.875)
        assert model is not None
    mapper = Mapper(run.id, Origin("aitia", "0.1.0"))
    triples = [t for i, r in enumerate(recorder.records) for t in mapper.map(r, "", i)]
    triples += mapper.finish(alive=False)
    triples += mapper.describe("0" * 64)
    fixed = [triple for triple in triples if not triple[1].endswith(MEASURED)]
    assert len(fixed) < len(triples)
    return to_nquads(fixed, mapper.graph)


def turtle(nquads: bytes) -> str:
    quads = sorted(ox.parse(nquads, format=ox.RdfFormat.N_QUADS), key=str)
    text = ox.serialize((q.triple for q in quads), format=ox.RdfFormat.TURTLE, prefixes=NAMESPACES)
    assert text is not None
    return text.decode()


def test_the_graph_is_the_golden_one() -> None:
    found = turtle(recorded())
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8")


def test_the_golden_graph_keeps_all_must_rules() -> None:
    report = validate(recorded(), load())
    assert report.conforms, report.text()
