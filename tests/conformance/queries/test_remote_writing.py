"""Journals are ingested into real SPARQL servers as into the embedded store, exactly once."""

from __future__ import annotations

import http.client
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from aitia.errors import StoreError
from aitia.ingest import pipeline
from aitia.ingest.pipeline import adopt, ingest
from aitia.journal.writer import JournalWriter
from aitia.records import Entity, Point, RunEnded, RunStarted, Started, Used, encode
from aitia.store import graphs, writing
from aitia.store.access import Access, Secret
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore
from aitia.store.remote import RemoteStore
from aitia.vocabulary.iris import content_iri

T0 = 1_790_000_000_000_000_000
SHA = "9f" * 32
DATA = content_iri(SHA)
DBA = Access(auth="digest", user="dba", password=Secret("dba"))
WORKER = """
import sys
from aitia.ingest import pipeline
from aitia.store import writing
from aitia.store.access import Access, Secret
from aitia.store.remote import RemoteStore
pipeline.BATCH_BYTES = 1
writing.REQUEST_BYTES = 3000
access = Access(auth=sys.argv[3], user="dba", password=Secret("dba"))
print("open", flush=True)
pipeline.ingest(sys.argv[1], RemoteStore(sys.argv[2], access=access), jobs=0)
"""


def record(root: Path, number: int, points: int = 10) -> None:
    run = f"11111111-2222-4333-8444-5555555555{number:02d}"
    writer = JournalWriter.create(root / "journal", run=run)
    writer.write(encode(RunStarted(run, f'run "{number}"\né', T0)))
    writer.write(encode(Entity(DATA, "aitia:Dataset", "shared data", SHA)))
    for j in range(points):
        writer.write(encode(Started(str(j), "step", T0 + j, used={"x": j / 3, "flag": j > 2})))
        writer.write(encode(Used(str(j), DATA)))
        writer.write(encode(Point("", T0 + j, {"loss": 1.0 / (j + 1)}, j)))
    writer.write(encode(RunEnded(T0 + 10**9)))
    writer.close()


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    for number in range(8):
        record(tmp_path, number)
    return tmp_path


@pytest.fixture(params=["oxigraph", "virtuoso"])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, Access]]:
    """A server without any of our graphs, and how it is written to."""
    found = request.getfixturevalue(request.param)
    access = DBA if request.param == "virtuoso" else Access()
    yield found.query, access
    there = RemoteStore(found.query, access=access)
    ours = [g for g in there.graphs() if graphs.is_bundle(g) or g.startswith(graphs.GRAPH)]
    there.replace(dict.fromkeys(ours, b""))


def hashes(store: OxigraphStore | RemoteStore) -> dict[str, str]:
    return {g: digest(store.dump(g)) for g in store.graphs() if graphs.is_bundle(g)}


def expected(root: Path) -> dict[str, str]:
    local = OxigraphStore()
    ingest(root, local, jobs=0)
    return hashes(local)


def compared(root: Path, remote: RemoteStore) -> tuple[dict[str, object], dict[str, object]]:
    """Return what a server holds and what the embedded store does, by bundle, to be equal.

    Virtuoso 7 answers doubles with six digits and times without nanoseconds.
    """
    want, found = expected(root), hashes(remote)
    if remote.access != DBA:
        return dict(found), dict(want)
    assert found.keys() == want.keys()
    local = OxigraphStore()
    ingest(root, local, jobs=0)
    here: dict[str, object] = {graph: coarse(remote.dump(graph)) for graph in want}
    return here, {graph: coarse(local.dump(graph)) for graph in want}


def coarse(nquads: bytes) -> list[str]:
    text = re.sub(
        r'"([^"]*)"(?=\^\^<[^>]*#double>)', lambda m: f"{float(m[1]):.5g}", nquads.decode()
    )
    # The embedded store knows one type of integers only.
    text = re.sub("#(?:nonNegativeInteger|positiveInteger|long|int)>", "#integer>", text)
    return sorted(re.sub(r"(T\d\d:\d\d:\d\d)\.\d+Z", r"\1Z", text).splitlines())


def test_a_server_holds_what_the_embedded_store_holds(
    server: tuple[str, Access], recorded: Path
) -> None:
    url, access = server
    remote = RemoteStore(url, access=access)
    summary = ingest(recorded, remote, jobs=0)
    assert (summary.runs, summary.refused) == (8, ())
    found, want = compared(recorded, remote)
    assert found == want
    assert ingest(recorded, RemoteStore(url, access=access), jobs=0).runs == 0
    assert remote.ask("ASK { aitia:TrainingRun rdfs:subClassOf+ prov:Activity }")


def test_a_changed_run_is_replaced_there(server: tuple[str, Access], recorded: Path) -> None:
    url, access = server
    ingest(recorded, RemoteStore(url, access=access), jobs=0)
    run = "11111111-2222-4333-8444-555555555503"
    adopt(recorded, [RunStarted(run, "again", T0), RunEnded(T0 + 5)], run=run, recorder="other")
    next((recorded / "journal" / run).glob("[!a]*.jsonl")).unlink()
    record(recorded, 3, points=4)
    remote = RemoteStore(url, access=access)
    assert ingest(recorded, remote, jobs=0).runs == 2
    found, want = compared(recorded, remote)
    assert found == want


def test_a_graph_larger_than_a_request_arrives_whole(
    server: tuple[str, Access], recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "REQUEST_BYTES", 5000)
    monkeypatch.setattr(pipeline, "BATCH_BYTES", 20_000)
    remote = RemoteStore(server[0], access=server[1])
    ingest(recorded, remote, jobs=0)
    found, want = compared(recorded, remote)
    assert found == want


def test_shared_things_are_met_once_on_a_server_without_a_merge(
    oxigraph: object, recorded: Path
) -> None:
    url = oxigraph.query  # type: ignore[attr-defined]
    remote = RemoteStore(url)
    ingest(recorded, remote, jobs=0)
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?data a aitia:Dataset ; rdfs:label ?label }"
    assert [row[0].value for row in remote.select(count).rows if row[0]] == ["1"]
    assert [row[0].value for row in RemoteStore(url).select(count).rows if row[0]] == ["1"]
    bundles = [g for g in remote.graphs() if graphs.is_bundle(g)]
    remote.replace(dict.fromkeys(bundles[:-1], b""))
    assert [row[0].value for row in remote.select(count).rows if row[0]] == ["1"]
    remote.replace({bundles[-1]: b""})
    assert [row[0].value for row in remote.select(count).rows if row[0]] == ["0"]
    ours = [g for g in remote.graphs() if g.startswith(graphs.GRAPH)]
    remote.replace(dict.fromkeys(ours, b""))


def test_a_union_counts_a_shared_triple_once_per_graph(virtuoso: object, recorded: Path) -> None:
    # Virtuoso's default graph is the union of its graphs, not their merge: DISTINCT tells.
    remote = RemoteStore(virtuoso.query, access=DBA)  # type: ignore[attr-defined]
    ingest(recorded, remote, jobs=0)
    where = "WHERE { ?data a aitia:Dataset }"
    (whole,) = remote.select(f"SELECT (COUNT(?data) AS ?n) {where}").rows
    (once,) = remote.select(f"SELECT (COUNT(DISTINCT ?data) AS ?n) {where}").rows
    assert [term.value for term in (*whole, *once) if term] == ["8", "1"]
    ours = [g for g in remote.graphs() if graphs.is_bundle(g) or g.startswith(graphs.GRAPH)]
    remote.replace(dict.fromkeys(ours, b""))


def test_what_is_sent_can_be_compressed(oxigraph: object, recorded: Path) -> None:
    url = oxigraph.query  # type: ignore[attr-defined]
    update, service = url.replace("/query", "/update"), url.replace("/query", "/store?graph=")
    remote = RemoteStore(url, access=Access(update=update, graphs=service, compress=True))
    ingest(recorded, remote, jobs=0)
    found, want = compared(recorded, remote)
    assert found == want
    ours = [g for g in remote.graphs() if graphs.is_bundle(g) or g.startswith(graphs.GRAPH)]
    remote.replace(dict.fromkeys(ours, b""))


@pytest.mark.faults
def test_a_writer_that_is_killed_is_finished_by_the_next(
    server: tuple[str, Access], recorded: Path
) -> None:
    url, access = server
    rng, killed = random.Random(7), 0
    for _ in range(8):
        command = [sys.executable, "-c", WORKER, str(recorded), url, access.auth]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            time.sleep(rng.uniform(0.05, 0.6))
            worker.send_signal(signal.SIGKILL)
            killed += worker.wait() == -signal.SIGKILL
    assert killed > 0
    remote = RemoteStore(url, access=access)
    ingest(recorded, remote, jobs=0)
    found, want = compared(recorded, remote)
    assert found == want
    assert ingest(recorded, remote, jobs=0).runs == 0


class Unreliable:
    """Stands before a server: says that it is busy, or breaks off before or after it was asked."""

    def __init__(self, url: str) -> None:
        self.parts = urlsplit(url)
        self.rng = random.Random(11)
        self.failed = 0
        self.lock = threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                proxy.pass_on(self)

            do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}{self.parts.path}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def pass_on(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        with self.lock:
            fate = self.rng.choices(["pass", "429", "503", "before", "after"], [6, 1, 1, 1, 1])[0]
            self.failed += fate != "pass"
        if fate in ("429", "503"):
            request.send_response(int(fate))
            request.send_header("Retry-After", "0")
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        if fate == "before":
            request.close_connection = True
            return
        there = http.client.HTTPConnection(str(self.parts.hostname), self.parts.port, timeout=30)
        headers = {k: v for k, v in request.headers.items() if k.lower() != "host"}
        there.request(request.command, request.path, body, headers)
        answer = there.getresponse()
        content = answer.read()
        there.close()
        request.close_connection = True
        if fate == "after":
            return
        request.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)


def test_a_server_that_is_busy_or_breaks_off_is_asked_again(
    oxigraph: object, recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aitia.store.http.FIRST_WAIT", 0.001)
    monkeypatch.setattr("aitia.store.http.ATTEMPTS", 20)
    monkeypatch.setattr("aitia.store.remote.READ_ATTEMPTS", 20)
    monkeypatch.setattr(writing, "REQUEST_BYTES", 5000)
    url = oxigraph.query  # type: ignore[attr-defined]
    between = Unreliable(url)
    try:
        ingest(recorded, RemoteStore(between.url), jobs=0)
    finally:
        between.close()
    assert between.failed > 5
    remote = RemoteStore(url)
    found, want = compared(recorded, remote)
    assert found == want
    ours = [g for g in remote.graphs() if graphs.is_bundle(g) or g.startswith(graphs.GRAPH)]
    remote.replace(dict.fromkeys(ours, b""))


def test_a_wrong_password_is_named_without_being_shown(virtuoso: object) -> None:
    access = DBA._replace(password=Secret("not-the-password"))
    remote = RemoteStore(virtuoso.query, access=access)  # type: ignore[attr-defined]
    with pytest.raises(StoreError, match="does not let dba in") as caught:
        remote.replace({"urn:uuid:1#bundle": b"<urn:a> <urn:p> <urn:b> <urn:uuid:1#bundle> .\n"})
    assert "not-the-password" not in repr(caught.value) + repr(remote.access)
