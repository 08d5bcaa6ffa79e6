from __future__ import annotations

import base64
import gzip
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from aitia.errors import StoreError
from aitia.store import http
from aitia.store.access import Access, Secret
from aitia.store.http import Client, pause, place


class Server:
    """Answers as it is told to, and keeps what it was asked."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.wanted: str | None = None
        self.content = gzip.compress(b"answer")
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.answer(self)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None:
                return

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/update"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,))
        self.thread.start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.seen.append((request.command, headers, body))
        status = self.statuses.pop(0) if self.statuses else 200
        if self.wanted is not None and headers.get("authorization") != self.wanted:
            status = 401
        request.send_response(status)
        if status == 307:
            request.send_header("Location", "http://elsewhere.invalid/")
        content = self.content
        request.send_header("Content-Encoding", "gzip")
        request.send_header("Retry-After", "0")
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def test_what_is_sent_arrives_and_the_answer_is_unpacked(server: Server) -> None:
    reply = Client(Access()).send("POST", server.url, b"INSERT", kind="text/plain")
    assert (reply.status, reply.body) == (200, b"answer")
    method, headers, body = server.seen[0]
    assert (method, headers["content-type"], body) == ("POST", "text/plain", b"INSERT")


def test_what_is_sent_can_be_compressed(server: Server) -> None:
    Client(Access(compress=True)).send("POST", server.url, b"x" * 999, kind="text/plain")
    _, headers, body = server.seen[0]
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == b"x" * 999


@pytest.mark.parametrize("status", sorted(http.BUSY))
def test_a_busy_server_is_asked_again(server: Server, status: int) -> None:
    server.statuses = [status, status]
    waited: list[float] = []
    assert Client(Access(), wait=waited.append).send("POST", server.url, b"x").status == 200
    assert len(waited) == 2
    assert len(server.seen) == 3


def test_a_server_that_stays_busy_is_answered_with_its_status(server: Server) -> None:
    server.statuses = [503] * http.ATTEMPTS
    waited: list[float] = []
    assert Client(Access(), wait=waited.append).send("GET", server.url).status == 503
    assert len(waited) == http.ATTEMPTS - 1


def test_a_server_that_is_not_there_is_named_after_a_while() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/update"
    waited: list[float] = []
    with pytest.raises(StoreError, match="cannot be reached"):
        Client(Access(), wait=waited.append).send("POST", url, b"x")
    assert len(waited) == http.ATTEMPTS - 1


def test_what_is_no_url_is_named_at_once() -> None:
    waited: list[float] = []
    with pytest.raises(StoreError, match="cannot be reached"):
        Client(Access(), wait=waited.append).send("POST", "nonsense", b"x")
    assert waited == []


def test_an_answer_that_is_not_what_it_says_is_asked_for_again(server: Server) -> None:
    server.content = b"not gzip"
    waited: list[float] = []
    with pytest.raises(StoreError, match="not gzip"):
        Client(Access(), wait=waited.append).send("GET", server.url)
    assert len(waited) == http.ATTEMPTS - 1


@pytest.mark.parametrize(
    ("access", "header"),
    [
        (
            Access(auth="basic", user="ada", password=Secret("tiger")),
            "Basic " + base64.b64encode(b"ada:tiger").decode(),
        ),
        (Access(auth="bearer", token=Secret("t0ken")), "Bearer t0ken"),
    ],
)
def test_a_server_lets_in_who_says_the_right_thing(
    server: Server, access: Access, header: str
) -> None:
    server.wanted = header
    assert Client(access).send("POST", server.url, b"x").status == 200
    wrong = access._replace(password=Secret("wr0ng"), token=Secret("wr0ng"))
    with pytest.raises(StoreError, match="in \\(401\\)") as caught:
        Client(wrong).send("POST", server.url, b"x")
    assert "wr0ng" not in str(caught.value)


def test_nothing_is_sent_elsewhere(server: Server) -> None:
    server.statuses = [307]
    assert Client(Access()).send("POST", server.url, b"secret").status == 307


def test_waits_grow_and_follow_what_the_server_said() -> None:
    assert [http.FIRST_WAIT <= pause(n) * 2 <= http.LONGEST_WAIT * 2 for n in range(1, 30)]
    assert pause(1) < pause(4) < pause(9)
    assert pause(1, "7") == 7
    assert pause(1, "9999") == http.LONGEST_WAIT


def test_urls_are_shown_without_what_is_secret() -> None:
    assert place("https://ada:tiger@lab.example:8443/q?key=1") == "https://lab.example:8443/q"
