"""How large what was recorded is, by run and by kind."""

from __future__ import annotations

import os
from collections import Counter
from typing import NamedTuple

from aitia.ingest.journals import journals
from aitia.query.runs import runs
from aitia.store import graphs
from aitia.store.beside import COPIES
from aitia.store.port import Store

_GRAPHS = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
_REFUSED = """
SELECT ?g (COUNT(?q) AS ?n) WHERE { GRAPH ?g { ?q a aitia:QuarantinedRecord } } GROUP BY ?g
"""
_SERIES = """
SELECT DISTINCT ?g ?where WHERE { GRAPH ?g { ?s aitia:storedIn/aitia:locator ?where } }
"""


class RunSize(NamedTuple):
    """One run: bytes of its journals, its statements, bytes of its long series, refused records."""

    run: str
    name: str
    journal: int
    statements: int
    series: int
    refused: int


class Sizes(NamedTuple):
    """A data directory: its runs, largest first, and bytes by kind."""

    runs: tuple[RunSize, ...]
    journals: int
    store: int
    series: int
    other: int

    @property
    def total(self) -> int:
        """Bytes of all."""
        return self.journals + self.store + self.series + self.other


def measure(directory: str, store: Store | None) -> Sizes:
    """Return the sizes of a data directory.

    Parameters
    ----------
    directory:
        The data directory.
    store:
        Its store; without one, statements and refused records count as none.
    """
    journal: Counter[str] = Counter()
    for one in journals(directory):
        journal[one.run] += one.size
    called: dict[str, str] = {}
    statements: Counter[str] = Counter()
    series: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    if store is not None:
        called = {run.id: run.name for run in runs(store)}
        statements = _counted(store, _GRAPHS, bundles=True)
        refused = _counted(store, _REFUSED, bundles=False)
        series = _series(directory, store)
    found = [
        RunSize(run, called.get(run, ""), journal[run], statements[run], series[run], refused[run])
        for run in journal.keys() | statements.keys()
    ]
    found.sort(key=lambda r: (-(r.journal + r.series), r.run))
    # Copies that are being read are links to the same tables.
    names = [name for name in os.listdir(directory) if COPIES not in name]
    top = {name: folder_bytes(os.path.join(directory, name)) for name in names}
    kinds = (top.pop("journal", 0), top.pop("store", 0), top.pop("series", 0))
    return Sizes(tuple(found), *kinds, sum(top.values()))


def _counted(store: Store, query: str, *, bundles: bool) -> Counter[str]:
    """Return the numbers of graphs, by run."""
    found: Counter[str] = Counter()
    prefix = graphs.QUARANTINE + "/"
    for graph, number in store.select(query).rows:
        if graph is None or number is None:
            continue
        if bundles and graphs.is_bundle(graph.value):
            found[graphs.run_of(graph.value)] += int(number.value)
        elif not bundles and graph.value.startswith(prefix):
            found[graph.value.removeprefix(prefix).partition("/")[0]] += int(number.value)
    return found


def _series(directory: str, store: Store) -> Counter[str]:
    found: Counter[str] = Counter()
    for graph, where in store.select(_SERIES).rows:
        if graph is not None and where is not None and graphs.is_bundle(graph.value):
            found[graphs.run_of(graph.value)] += folder_bytes(os.path.join(directory, where.value))
    return found


def folder_bytes(path: str) -> int:
    """Return the bytes of a file, or of all files of a folder."""
    total = 0
    if os.path.isfile(path):
        return _length(path)
    for folder, _, names in os.walk(path):
        total += sum(_length(os.path.join(folder, name)) for name in names)
    return total


def _length(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0
