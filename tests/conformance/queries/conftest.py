"""Real SPARQL servers, where their programs are installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import quote

import pytest

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
    """A running server: its query service, and how a graph is put into it as N-Triples."""

    query: str
    put: Callable[[str, bytes], None]


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


def put_to(service: str, opener: urllib.request.OpenerDirector) -> Callable[[str, bytes], None]:
    """Return a client of a Graph Store Protocol service (SPARQL 1.1 GSP §5.3)."""

    def put(graph: str, ntriples: bytes) -> None:
        request = urllib.request.Request(
            service + quote(graph, safe=""),
            data=ntriples,
            method="PUT",
            headers={"Content-Type": "text/turtle"},
        )
        opener.open(request, timeout=30).close()

    return put


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
        put = put_to(f"{base}/sparql-graph-crud-auth?graph-uri=", opener)
        yield Server(f"{base}/sparql", put)


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
        yield Server(f"http://{bind}/query", put_to(f"http://{bind}/store?graph=", opener))
