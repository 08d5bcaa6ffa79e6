"""N-Quads, TriG and Turtle: the same graph comes back, in the same bytes each time."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from aitia.export.linkeddata import write_nquads, write_trig, write_turtle
from aitia.export.selection import Selection, select
from aitia.records import Ended, Entity, Json, Points, RunEnded, RunStarted, Started, Typed
from aitia.store.canonical import canonical
from aitia.store.oxigraph import OxigraphStore

RUN = "8e077096-e943-4091-9833-1649ddf057c8"
ODD = 'quotes " and \\ and\nlines .\n@prefix x: <y> .\n and \U0001f600 and \x7f'
RECORDS = [
    RunStarted(RUN, ODD, 1_790_000_000_123_456_789),
    Started("1", "train", 1_790_000_001_000_000_000, type="aitia:TrainingRun", used={"note": ODD}),
    Points("1", "loss", [1.0, Typed("NaN", "xsd:double"), 0.1], steps=[0, 1, 2]),
    Ended("1", None, generated={"x": Json({"a": [1, 2.5, None]}), "n": 2**70 - 2**60}),
    Entity("a b/ü", "aitia:Dataset", "d", attributes={"aitia:locator": "file:///x%20y"}),
    RunEnded(1_790_000_002_000_000_000, "Failed", ODD),
]
Write = Callable[[Selection, io.BytesIO], int]


def written(write: Write, store: OxigraphStore) -> tuple[bytes, int]:
    out = io.BytesIO()
    count = write(select(store), out)
    return out.getvalue(), count


def dumped(store: OxigraphStore) -> bytes:
    return b"".join(store.dump(bundle) for bundle in select(store).bundles)


@pytest.fixture
def full(store: OxigraphStore, keep: Callable[..., str]) -> OxigraphStore:
    keep(RECORDS)
    keep(RECORDS[:1], recorder="other")
    return store


def reread(data: bytes, form: ox.RdfFormat) -> bytes:
    return ox.serialize(list(ox.parse(data, form)), format=ox.RdfFormat.N_QUADS) or b""


@pytest.mark.parametrize(
    ("write", "form"), [(write_nquads, ox.RdfFormat.N_QUADS), (write_trig, ox.RdfFormat.TRIG)]
)
def test_the_same_quads_come_back(full: OxigraphStore, write: Write, form: ox.RdfFormat) -> None:
    data, count = written(write, full)
    assert canonical(reread(data, form)) == canonical(dumped(full))
    assert count == dumped(full).count(b" .\n")


def test_nquads_are_sorted_lines(full: OxigraphStore) -> None:
    data, _ = written(write_nquads, full)
    assert b"".join(sorted(data.splitlines(keepends=True))) == canonical(dumped(full))


def test_turtle_is_the_union(full: OxigraphStore) -> None:
    data, count = written(write_turtle, full)
    triples = {str(quad.triple) for quad in ox.parse(dumped(full), ox.RdfFormat.N_QUADS)}
    assert {str(quad.triple) for quad in ox.parse(data, ox.RdfFormat.TURTLE)} == triples
    assert count == len(triples)


def test_turtle_is_laid_out_to_be_read(full: OxigraphStore) -> None:
    text = written(write_turtle, full)[0].decode()
    assert text.startswith("@prefix aitia: <https://w3id.org/aitia/ns#> .\n")
    assert f"\n\n<urn:uuid:{RUN}#1> a aitia:TrainingRun ;\n\trdfs:label" in text
    assert "<https://w3id.org/aitia/ns#" not in text.split("\n\n", 1)[1]


def test_a_store_of_other_bytes_for_the_same_graph_gives_the_same_file(
    full: OxigraphStore,
) -> None:
    class Shuffled(OxigraphStore):
        def dump(self, graph: str) -> bytes:
            lines = super().dump(graph).splitlines(keepends=True)
            return b"".join(reversed(lines)).replace("ü".encode(), b"\\u00FC")

    other = Shuffled(None)
    other.replace({bundle: full.dump(bundle) for bundle in select(full).bundles})
    for write in (write_nquads, write_trig, write_turtle):
        assert written(write, other) == written(write, full)


def test_the_bytes_do_not_depend_on_the_process(full: OxigraphStore, tmp_path: Path) -> None:
    path = tmp_path / "in.nq"
    path.write_bytes(dumped(full))
    program = (
        "import sys, io, hashlib, pyoxigraph as ox\n"
        "from aitia.store.oxigraph import OxigraphStore\n"
        "from aitia.export.selection import select\n"
        "from aitia.export.linkeddata import write_trig, write_turtle\n"
        "store, graphs = OxigraphStore(None), {}\n"
        "for quad in ox.parse(open(sys.argv[1], 'rb'), ox.RdfFormat.N_QUADS):\n"
        "    graphs.setdefault(quad.graph_name.value, []).append(quad)\n"
        "form = ox.RdfFormat.N_QUADS\n"
        "store.replace({g: ox.serialize(q, format=form) for g, q in graphs.items()})\n"
        "out = io.BytesIO()\n"
        "write_trig(select(store), out); write_turtle(select(store), out)\n"
        "print(hashlib.sha256(out.getvalue()).hexdigest())\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program, str(path)],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1] != ""
