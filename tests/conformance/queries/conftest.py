"""A second engine to ask, and real SPARQL servers where their programs are installed."""

from __future__ import annotations

import json
import math
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import quote

import pyoxigraph as ox
import pytest
import rdflib

from aitia.query.table import Table
from aitia.store.graphs import ONTOLOGY
from aitia.store.oxigraph import OxigraphStore
from aitia.store.port import Row, Solutions, Term
from aitia.store.remote import RemoteStore
from aitia.store.teaching import ontology_files

VIRTUOSO = """[Database]
DatabaseFile = v.db
ErrorLogFile = v.log
LockFile = v.lck
TransactionFile = v.trx
xa_persistent_file = v.pxa
[TempDatabase]
DatabaseFile = t.db
TransactionFile = t.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = .
NumberOfBuffers = 10000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
[SPARQL]
ResultSetMaxRows = 100
"""


class Server(NamedTuple):
    """A running server: its query service, and how a graph comes to be there as N-Triples."""

    query: str
    put: Callable[[str, bytes], None]
    drop: Callable[[str], None]

    @contextmanager
    def holding(self, store: OxigraphStore) -> Iterator[RemoteStore]:
        """Let it hold what a store holds, for a while."""
        for graph in store.graphs():
            quads = ox.parse(store.dump(graph), format=ox.RdfFormat.N_QUADS)
            triples = (ox.Triple(q.subject, q.predicate, q.object) for q in quads)
            self.put(graph, ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES))
        yield RemoteStore(self.query)
        for graph in store.graphs():
            self.drop(graph)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], folder: Path, url: str) -> Iterator[None]:
    """Start a server and wait until it answers."""
    with open(folder / "output.txt", "wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 60
        while not _answers(url):
            assert process.poll() is None, (folder / "output.txt").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except HTTPError:
        return True
    except (URLError, OSError):
        return False


CHUNK = 50_000
"""Most bytes in one request: a server may ask who is there without reading a longer one."""


def at(query: str, service: str, opener: urllib.request.OpenerDirector) -> Server:
    """Return a server with a Graph Store Protocol service (SPARQL 1.1 GSP §5.3 to §5.5)."""

    def send(method: str, graph: str, data: bytes | None = None) -> None:
        request = urllib.request.Request(
            service + quote(graph, safe=""),
            data=data,
            method=method,
            headers={"Content-Type": "text/turtle"},
        )
        opener.open(request, timeout=30).close()

    def put(graph: str, ntriples: bytes) -> None:
        parts: list[list[bytes]] = [[]]
        size = 0
        for line in ntriples.splitlines(keepends=True):
            if size + len(line) > CHUNK:
                parts.append([])
                size = 0
            parts[-1].append(line)
            size += len(line)
        for number, lines in enumerate(parts):
            send("POST" if number else "PUT", graph, b"".join(lines))

    return Server(query, put, lambda graph: send("DELETE", graph))


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("virtuoso-t is not installed (Debian: virtuoso-opensource-7)")
    folder = tmp_path_factory.mktemp("virtuoso")
    port = free_port()
    (folder / "v.ini").write_text(VIRTUOSO.format(sql=free_port(), http=port))
    base = f"http://127.0.0.1:{port}"
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, base, "dba", "dba")
    opener = urllib.request.build_opener(urllib.request.HTTPDigestAuthHandler(passwords))
    with running([program, "-f", "-c", "v.ini"], folder, f"{base}/sparql"):
        yield at(f"{base}/sparql", f"{base}/sparql-graph-crud-auth?graph-uri=", opener)


@pytest.fixture(scope="session")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    beside = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")
    program = shutil.which("oxigraph", path=beside)
    if program is None:
        pytest.skip("oxigraph is not installed (PyPI: oxigraph)")
    folder = tmp_path_factory.mktemp("oxigraph")
    bind = f"127.0.0.1:{free_port()}"
    command = [program, "serve", "--location", str(folder / "data"), "--bind", bind]
    with running(command, folder, f"http://{bind}/"):
        opener = urllib.request.build_opener()
        yield at(f"http://{bind}/query", f"http://{bind}/store?graph=", opener)


class RdflibStore:
    """The port of stores over rdflib: a second, independent SPARQL engine."""

    def __init__(self, path: Path) -> None:
        self._data = rdflib.Dataset(default_union=True)
        schema = self._data.graph(rdflib.URIRef(ONTOLOGY))
        for triple in _ontology():
            schema.add(triple)
        self._data.parse(path, format="nquads" if path.suffix == ".nq" else "trig")

    def select(self, sparql: str, *, graphs: Sequence[str] = ()) -> Solutions:
        assert not graphs
        found = self._data.query(sparql)
        names = tuple(str(name) for name in found.vars or ())
        return Solutions(names, self._rows(found, names))

    @staticmethod
    def _rows(found: Any, names: tuple[str, ...]) -> Iterator[Row]:
        for row in found:
            yield tuple(_term(row[name]) for name in names)


def _term(value: Any) -> Term | None:
    if value is None:
        return None
    if isinstance(value, rdflib.Literal):
        kind = str(value.datatype) if value.datatype else None
        return Term("literal", str(value), kind, value.language)
    return Term("iri", str(value))


@cache
def _ontology() -> list[Any]:
    graph = rdflib.Graph()
    for path in ontology_files():
        graph.parse(path)
    return list(graph)


@pytest.fixture
def second_engine(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], RdflibStore]:
    """Return what opens a file of quads, and the ontology, in rdflib."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    return _second


@cache
def _second(path: Path) -> RdflibStore:
    return RdflibStore(path)


@pytest.fixture
def plain() -> Callable[[Table], list[list[Any]]]:
    """Return what makes rows JSON data, numbers to nine digits."""
    return _plain


def _plain(table: Table) -> list[list[Any]]:
    rows = json.loads(table.to_json())
    return [[_rounded(row[name]) for name in table.columns] for row in rows]


def _rounded(value: Any) -> Any:
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.9g}")
    return value
