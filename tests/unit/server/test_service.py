"""The server as it really runs, asked by clients of others."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote, urlsplit

import psutil
import pytest
from SPARQLWrapper import CSV, JSON, POST, TURTLE, XML, SPARQLWrapper

from aitia.errors import ConfigError
from aitia.server.service import listen

RECORD = """
import aitia
with aitia.run("served", lr=0.1):
    for step in range(6):
        aitia.log(step=step, accuracy=step / 6)
"""


def _record(folder: Path) -> None:
    env = {**os.environ, "AITIA_DIR": str(folder), "AITIA_TELEMETRY_PERIOD": "0"}
    subprocess.run([sys.executable, "-c", RECORD], env=env, cwd=folder.parent, check=True)


@pytest.fixture
def served(tmp_path):
    """A server in a process of its own: its data directory, URL and process."""
    folder = tmp_path / ".aitia"
    _record(folder)
    process = subprocess.Popen(
        [sys.executable, "-m", "aitia.cli", "--at", str(folder), "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().split()[0]
    try:
        yield folder, url, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def _ask(url: str, text: str, form: str, *, post: bool = False):
    client = SPARQLWrapper(f"{url}/sparql")
    client.setQuery(text)
    client.setReturnFormat(form)
    if post:
        client.setMethod(POST)
    return client.query()


def test_sparqlwrapper_is_answered_in_every_form(served):
    _, url, _ = served
    select = "SELECT ?name { ?r a <https://w3id.org/aitia/ns#WorkflowRun> ; ?p ?name } LIMIT 3"
    found = _ask(url, select, JSON).convert()
    assert len(found["results"]["bindings"]) == 3
    assert _ask(url, select, JSON, post=True).convert() == found
    assert len(_ask(url, select, XML).convert().getElementsByTagName("result")) == 3
    assert _ask(url, select, CSV).convert().startswith(b"name\r\n")
    assert _ask(url, "ASK { ?s ?p ?o }", JSON).convert()["boolean"] is True
    text = "CONSTRUCT WHERE { ?r a <https://w3id.org/aitia/ns#WorkflowRun> }"
    assert b"aitia:WorkflowRun" in _ask(url, text, TURTLE).convert()


def test_other_commands_ask_the_server_and_see_new_runs(served):
    folder, url, _ = served
    env = {**os.environ, "AITIA_DIR": str(folder)}
    words = [sys.executable, "-m", "aitia.cli", "ls"]
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=True)
    assert f"asking {url}/sparql" in done.stderr
    assert done.stdout.count("served") == 1
    _record(folder)
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.count("served") == 2


def test_pages_are_served(served):
    _, url, _ = served
    with urllib.request.urlopen(f"{url}/runs/served", timeout=20) as answer:
        html = answer.read().decode()
    assert "<h1>served</h1>" in html
    assert html.count('class="spark"') == 1


def test_the_store_is_closed_when_the_server_is_told_to_end(served):
    folder, _, process = served
    assert (folder / "store.owner").exists()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 128 + signal.SIGTERM
    assert not (folder / "store.owner").exists()


def test_a_port_that_is_taken():
    with listen("127.0.0.1", 0) as held:
        port = held.getsockname()[1]
        with pytest.raises(ConfigError, match="--port 0 takes any free one"):
            listen("127.0.0.1", port)


def test_a_host_that_is_not_of_this_machine():
    with pytest.raises(ConfigError, match=r"cannot listen on 192\.0\.2\.1 port 0"):
        listen("192.0.2.1", 0)


ENDLESS = (
    "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o "
    "FILTER(CONCAT(STR(?c), STR(?o)) = 'no value')"
)


def _workers(server: subprocess.Popen[str]) -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process(server.pid).children()
        if "aitia.query.worker" in child.cmdline()
    ]


def _until(true, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"ASK {{ {ENDLESS} }}", id="before the answer"),
        pytest.param(
            f"SELECT * {{ {{ VALUES ?x {{ 1 }} }} UNION {{ {ENDLESS} }} }}", id="within the answer"
        ),
    ],
)
def test_a_query_is_stopped_when_its_client_leaves(served, text):
    _, url, process = served
    _ask(url, "ASK { ?s ?p ?o }", JSON)
    (ready,) = _workers(process)
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port), timeout=20) as client:
        client.sendall(
            f"GET /sparql?query={quote(text)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        )
        _until(lambda: ready.cpu_percent(0.2) > 20)
        if text.startswith("SELECT"):
            assert b" 200 " in client.recv(4096)
    _until(lambda: not psutil.pid_exists(ready.pid), 20)
    assert _ask(url, "ASK { ?s ?p ?o }", JSON).convert()["boolean"]
