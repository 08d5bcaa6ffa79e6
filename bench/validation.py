"""Validation beside pyshacl: the same shapes, the same graph, the same report, in one run.

The graph is of realistic training runs, seeded, with faults planted in it. Incremental validation
is of one finished task in a store that also holds other runs.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
import uuid
from collections import Counter
from pathlib import Path

from bench.ingest import training_run
from bench.table import Figure, show

from aitia.ingest.pipeline import ingest
from aitia.journal.writer import JournalWriter
from aitia.records import encode
from aitia.store import graphs
from aitia.store.oxigraph import OxigraphStore
from aitia.validation.engine import validate
from aitia.validation.profiles import load
from aitia.validation.report import Report

TRIPLES = 100_000
QUADS = 1_000_000
COPIES = 10
TASKS = "SELECT ?t WHERE { ?t a aitia:TaskRun ; aitia:status aitia:Completed }"
OWN = """SELECT DISTINCT ?o WHERE {
  { <%s> aitia:hasSetting ?o } UNION { ?o prov:wasGeneratedBy <%s> } }"""
NS = "https://w3id.org/aitia/ns#"
GONE = (f"<{NS}status>", f"<{NS}measuresQuantity>", f"<{NS}configuredBy>", f"<{NS}settingName>")
"""Properties that are taken from some nodes, so that there is something to find."""


def run_graph(triples: int, store: OxigraphStore) -> bytes:
    """Return at least so many N-Quads of bundles of training runs, ingested into ``store``."""
    rng = random.Random(11)
    data = b""
    while data.count(b"\n") < triples:
        with tempfile.TemporaryDirectory() as directory:
            for _ in range(max(1, (triples - data.count(b"\n")) // 600)):
                run = str(uuid.UUID(int=rng.getrandbits(128), version=4))
                writer = JournalWriter.create(Path(directory) / "journal", run=run)
                for record in training_run(run, rng):
                    writer.write(encode(record))
                writer.close()
            ingest(directory, store)
        data = b"".join(store.dump(g) for g in store.graphs() if graphs.is_bundle(g))
    return data


def spoiled(nquads: bytes) -> bytes:
    """Return the graph with every 97th statement of some properties left out."""
    seen: Counter[str] = Counter()
    kept = []
    for line in nquads.decode().splitlines(keepends=True):
        predicate = line.split(" ", 2)[1]
        seen[predicate] += predicate in GONE
        if not (predicate in GONE and seen[predicate] % 97 == 0):
            kept.append(line)
    return "".join(kept).encode()


def findings(report: Report) -> Counter[tuple[object, ...]]:
    """Return the results for comparison, blank nodes as one."""
    return Counter(
        (r.focus, r.path, r.value, r.component, r.severity, r.message, r.shape.startswith("_:"))
        for r in report.results
    )


def compare() -> list[Figure]:
    """Judge one graph by both engines; CPU seconds, reading and loading included for both."""
    store = OxigraphStore()
    data = spoiled(run_graph(TRIPLES, store))
    store.close()
    profile = load()
    reports, times = {}, {}
    for engine, rounds in (("oxigraph", 3), ("pyshacl", 1)):
        taken = []
        for _ in range(rounds):
            began = time.process_time()
            reports[engine] = validate(data, profile, engine=engine)
            taken.append(time.process_time() - began)
        times[engine] = statistics.median(taken)
    ours, theirs = (findings(reports[engine]) for engine in ("oxigraph", "pyshacl"))
    assert ours == theirs, (ours - theirs, theirs - ours)
    ratio = times["pyshacl"] / times["oxigraph"]
    reached = "reached" if ratio >= 30 else "missed"
    print(f"identical reports of {sum(ours.values()):,} results; goal 30 times: {reached}")
    return [
        Figure("triples", data.count(b"\n"), ""),
        Figure("property and node shapes", len(profile.shapes.shapes), ""),
        Figure("pyshacl", times["pyshacl"], "s CPU"),
        Figure("compiled shapes", times["oxigraph"], "s CPU"),
        Figure("times faster", ratio, ""),
    ]


def incremental() -> list[Figure]:
    """Judge one finished task at a time in a store of a million quads, by its nodes alone."""
    from aitia.reader import Graph

    with tempfile.TemporaryDirectory() as directory:
        memory = OxigraphStore()
        data = run_graph(QUADS // COPIES, memory)
        memory.close()
        store = OxigraphStore(str(Path(directory) / "store"))
        for copy in range(COPIES):
            # The same runs under other names: what is in the way is other runs, however made.
            renamed = data.replace(b"<urn:uuid:", b"<urn:uuid:%d" % copy)
            by_graph: dict[str, list[str]] = {}
            for line in renamed.decode().splitlines(keepends=True):
                by_graph.setdefault(line.rsplit("<", 1)[1].split(">")[0], []).append(line)
            store.replace({name: "".join(lines).encode() for name, lines in by_graph.items()})
        quads = sum(1 for _ in store.select("SELECT ?s ?p ?o WHERE { ?s ?p ?o }").rows)
        graph = Graph(store)
        tasks = [row[0] for row in store.select(TASKS).rows]
        random.Random(5).shuffle(tasks)
        graph.validate_nodes([str(tasks[0].value)])
        walls, cpus, counts = [], [], []
        for task in tasks[1:301]:
            about = [
                task.value,
                *(row[0].value for row in store.select(OWN.replace("%s", task.value)).rows),
            ]
            wall, cpu = time.perf_counter(), time.process_time()
            report = graph.validate_nodes(about)
            walls.append((time.perf_counter() - wall) * 1e3)
            cpus.append((time.process_time() - cpu) * 1e3)
            counts.append(len(about))
            assert report.conforms
        store.close()
    return [
        Figure("quads in the store", quads, ""),
        Figure("nodes of a task", statistics.median(counts), ""),
        Figure("one finished task, median", statistics.median(walls), "ms", 10),
        Figure("one finished task, median", statistics.median(cpus), "ms CPU", 10),
        Figure("one finished task, 9 of 10 within", statistics.quantiles(walls, n=10)[-1], "ms"),
    ]


def main() -> None:
    show(incremental())
    show(compare())


if __name__ == "__main__":
    main()
