"""The remote store against servers that answer as real ones were seen to."""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest

from aitia.errors import MissingExtraError, QueryError, StoreError
from aitia.store.access import Access, Secret
from aitia.store.canonical import digest
from aitia.store.oxigraph import OxigraphStore
from aitia.store.port import Term
from aitia.store.remote import RemoteStore

XSD = "http://www.w3.org/2001/XMLSchema#"
GRAPH = "urn:g:1"
LINES = "".join(f"<urn:x{i:03}> <urn:p> {i} ; <urn:yes> true .\n" for i in range(57))
DATA = LINES + '<urn:x000> <urn:name> "Zoë\\n\\"x\\""@en , "NaN"^^<' + XSD + "double> .\n"


class Endpoint:
    """A SPARQL endpoint on this machine.

    ``cap`` cuts answers at so many rows, ``quirks`` answers as Virtuoso 7.2 does, ``reply`` gives
    one fixed answer instead.
    """

    def __init__(self) -> None:
        self.store = ox.Store()
        self.store.load(DATA.encode(), ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(GRAPH))
        self.cap: int | None = None
        self.quirks = False
        self.reply: tuple[int, str, bytes] | None = None
        self.requests: list[tuple[str, dict[str, list[str]]]] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                endpoint.answer(self, parse_qs(urlsplit(self.path).query))

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                endpoint.answer(self, parse_qs(self.rfile.read(length).decode()))

            def version_string(self) -> str:
                return "Virtuoso/07.20.3229 (Linux)" if endpoint.quirks else "Test"

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/sparql"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, request: BaseHTTPRequestHandler, form: dict[str, list[str]]) -> None:
        self.requests.append((request.command, form))
        if self.reply is not None:
            send(request, *self.reply)
            return
        chosen = [ox.NamedNode(name) for name in form.get("default-graph-uri", [])]
        try:
            found = self.store.query(
                form["query"][0],
                use_default_graph_as_union=not chosen,
                default_graph=chosen or None,
            )
        except SyntaxError as error:
            send(request, 400, "text/plain", str(error).encode())
            return
        if isinstance(found, ox.QueryTriples):
            triples = list(found)[: self.cap]
            body = b"# made here\n" + ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
            send(request, 200, "application/n-triples", body)
        elif isinstance(found, ox.QueryBoolean) and self.quirks:
            one = {"__ASK_RETVAL": {"type": "typed-literal", "datatype": XSD + "integer"}}
            one["__ASK_RETVAL"]["value"] = "1"
            rows = [one] if found else []
            results = {"head": {"vars": ["__ASK_RETVAL"]}, "results": {"bindings": rows}}
            send(request, 200, "application/sparql-results+json", json.dumps(results).encode())
        else:
            self.results(request, json.loads(found.serialize(format=ox.QueryResultsFormat.JSON)))

    def results(self, request: BaseHTTPRequestHandler, results: dict) -> None:
        headers = {}
        rows = results.get("results", {}).get("bindings", [])
        if self.cap is not None and len(rows) > self.cap:
            del rows[self.cap :]
            headers["X-SPARQL-MaxRows"] = str(self.cap)
        text = json.dumps(results)
        if self.quirks:
            text = re.sub(r'"literal"(, "value": "[^"]*", "datatype")', r'"typed-literal"\1', text)
            text = text.replace('"value": "true"', '"value": "1"')
        send(request, 200, "application/sparql-results+json", text.encode(), headers)


def send(
    request: BaseHTTPRequestHandler,
    status: int,
    kind: str,
    body: bytes,
    headers: dict[str, str] | None = None,
) -> None:
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(body)))
    for name, value in (headers or {}).items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()
    yield made
    made.close()


NUMBERS = "SELECT ?s ?n WHERE { ?s <urn:p> ?n } ORDER BY ?s"


@pytest.mark.parametrize("quirks", [False, True])
def test_a_select_gives_what_the_embedded_store_gives(endpoint: Endpoint, quirks: bool) -> None:
    endpoint.quirks = quirks
    local = OxigraphStore()
    nquads = ox.serialize(
        endpoint.store.quads_for_pattern(None, None, None), format=ox.RdfFormat.N_QUADS
    )
    local.replace({GRAPH: nquads})
    query = "SELECT ?s ?p ?o WHERE { GRAPH <urn:g:1> { ?s ?p ?o } } ORDER BY ?s ?p ?o"
    remote = RemoteStore(endpoint.url)
    assert list(remote.select(query).rows) == list(local.select(query).rows)
    assert remote.select(query).variables == ("s", "p", "o")
    assert digest(remote.dump(GRAPH)) == digest(local.dump(GRAPH))


@pytest.mark.parametrize("quirks", [False, True])
def test_an_ask_is_true_or_false(endpoint: Endpoint, quirks: bool) -> None:
    endpoint.quirks = quirks
    remote = RemoteStore(endpoint.url)
    assert remote.ask("ASK { <urn:x001> <urn:p> 1 }") is True
    assert remote.ask("ASK { <urn:x001> <urn:p> 2 }") is False


def test_a_boolean_written_as_one_is_true(endpoint: Endpoint) -> None:
    endpoint.quirks = True
    ((term,),) = RemoteStore(endpoint.url).select("SELECT ?b { <urn:x001> <urn:yes> ?b }").rows
    assert term == Term("literal", "true", XSD + "boolean")


def test_answers_that_were_cut_are_read_to_their_end(endpoint: Endpoint) -> None:
    endpoint.cap = 10
    rows = [row for row in RemoteStore(endpoint.url).select(NUMBERS).rows if row[1]]
    assert [int(row[1].value) for row in rows if row[1]] == list(range(57))


def test_what_was_cut_and_cannot_be_continued_is_refused(endpoint: Endpoint) -> None:
    endpoint.cap = 10
    with pytest.raises(QueryError, match=r"cut the answer at 10 rows.*ORDER BY"):
        RemoteStore(endpoint.url).select("SELECT ?s WHERE { ?s <urn:p> ?n }")


def test_an_answer_of_just_the_cap_is_whole(endpoint: Endpoint) -> None:
    endpoint.cap = 57
    assert len(list(RemoteStore(endpoint.url).select(NUMBERS).rows)) == 57
    selects = [form for _, form in endpoint.requests if form["query"][0].startswith("SELECT")]
    assert len(selects) == 1


def test_a_construct_that_was_cut_in_silence_is_read_to_its_end(endpoint: Endpoint) -> None:
    endpoint.quirks, endpoint.cap = True, 10
    found = RemoteStore(endpoint.url).construct("CONSTRUCT { ?s <urn:p> ?n } { ?s <urn:p> ?n }")
    assert found.count(b"\n") == 57
    assert b"#" not in found.replace(b"XMLSchema#", b"")


def test_graphs_are_chosen_by_the_protocol(endpoint: Endpoint) -> None:
    remote = RemoteStore(endpoint.url)
    assert list(remote.select(NUMBERS, graphs=["urn:g:2"]).rows) == []
    assert len(list(remote.select(NUMBERS, graphs=["urn:g:2", GRAPH]).rows)) == 57
    assert endpoint.requests[-1][1]["default-graph-uri"] == ["urn:g:2", GRAPH]
    assert remote.graphs() == [GRAPH]


def test_long_queries_are_posted(endpoint: Endpoint) -> None:
    remote = RemoteStore(endpoint.url)
    remote.ask("ASK { ?s ?p ?o }")
    block = " ".join(f'"{i:09}"' for i in range(300))
    assert remote.ask(f"ASK {{ VALUES ?v {{ {block} }} ?s ?p ?o }}")
    assert [command for command, _ in endpoint.requests][-2:] == ["GET", "POST"]


def test_prefixes_of_the_vocabulary_need_no_declaration(endpoint: Endpoint) -> None:
    assert RemoteStore(endpoint.url).ask("ASK { ?s ?p ?o FILTER NOT EXISTS { ?s a aitia:GPU } }")


def test_a_refused_query_carries_what_the_endpoint_said(endpoint: Endpoint) -> None:
    with pytest.raises(QueryError, match="error at 1:"):
        RemoteStore(endpoint.url).select("SELECT * WHERE { ?s }")


@pytest.mark.parametrize(
    "text", ["DROP ALL", "INSERT DATA { <urn:a> <urn:b> <urn:c> }", "nonsense"]
)
def test_an_update_never_leaves_this_machine(endpoint: Endpoint, text: str) -> None:
    remote = RemoteStore(endpoint.url)
    for method in (remote.select, remote.ask, remote.construct):
        with pytest.raises(QueryError, match="not a query"):
            method(text)
    assert endpoint.requests == []


def test_a_server_that_is_only_read_is_not_written_to(endpoint: Endpoint) -> None:
    with pytest.raises(StoreError, match="AITIA_REMOTE_UPDATE"):
        RemoteStore(endpoint.url).replace({GRAPH: b""})
    assert all(command == "GET" for command, _ in endpoint.requests)


@pytest.mark.parametrize(
    "reply",
    [
        (200, "text/html", b"<html>welcome</html>"),
        (200, "application/json", b"[]"),
        (200, "application/json", b'{"head": {}, "results": {}}'),
        (200, "application/json", b'{"head": {"vars": ["s"]}, "results": {"bindings": [1]}}'),
        (200, "application/json", b"\xff\xfe"),
        (404, "text/html", b"<html>no such page</html>"),
        (401, "text/plain", b"who are you"),
        (500, "text/plain", b"out of memory"),
        (503, "text/plain", b"later"),
    ],
)
def test_other_answers_are_store_errors(endpoint: Endpoint, reply: tuple[int, str, bytes]) -> None:
    endpoint.reply = reply
    with pytest.raises(StoreError, match=re.escape(endpoint.url)):
        RemoteStore(endpoint.url).select(NUMBERS)


def _nobody() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/"


@pytest.mark.parametrize("url", [_nobody, lambda: "nonsense", lambda: "http://"])
def test_an_endpoint_that_is_not_there_is_named(url: Callable[[], str]) -> None:
    with pytest.raises(StoreError, match="cannot be reached"):
        RemoteStore(url(), timeout=5).ask("ASK { ?s ?p ?o }")


@pytest.mark.parametrize("auth", ["basic", "digest", "bearer"])
def test_a_server_that_is_not_there_is_named_to_those_who_say_who_they_are(auth: str) -> None:
    with pytest.raises(StoreError, match="cannot be reached"):
        RemoteStore(_nobody(), timeout=5, access=Access(auth=auth)).ask("ASK { ?s ?p ?o }")


class Digesting:
    """A query service that asks for Digest, and takes what it asked for once only."""

    def __init__(self) -> None:
        self.nonces = 0
        self.taken: set[str] = set()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                service.answer(self)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/sparql"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        header = request.headers.get("Authorization", "")
        nonce = re.search(r'nonce="(n\d+)"', header)
        if nonce is None or nonce[1] in self.taken or f'uri="{request.path}"' not in header:
            self.nonces += 1
            asked = f'Digest realm="lab", qop="auth", nonce="n{self.nonces}"'
            send(request, 401, "text/plain", b"who?", {"WWW-Authenticate": asked})
            return
        self.taken.add(nonce[1])
        send(request, 200, "application/sparql-results+json", b'{"head": {}, "boolean": true}')

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def test_a_question_goes_with_digest_and_again_when_that_is_stale() -> None:
    service = Digesting()
    try:
        access = Access(auth="digest", user="ada", password=Secret("tiger"))
        remote = RemoteStore(service.url, access=access)
        assert remote.ask("ASK { ?s ?p ?o }")
        assert remote.ask("ASK { ?s ?p ?o }")
        assert len(service.taken) == 3
    finally:
        service.close()


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SPARQLWrapper", None)
    with pytest.raises(MissingExtraError, match=r"aitia\[remote\]"):
        RemoteStore("http://127.0.0.1:9/")
