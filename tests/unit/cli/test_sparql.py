import os
import signal
import subprocess
import sys
import time

import pyoxigraph as ox

SELECT = "SELECT ?name { ?run a aitia:WorkflowRun ; rdfs:label ?name } ORDER BY ?name"


def test_select_gives_rows(aitia):
    assert aitia("sparql", SELECT).stdout.splitlines() == ["name", "broken", "fast", "slow"]
    assert aitia.json("sparql", SELECT) == [{"name": n} for n in ("broken", "fast", "slow")]


def test_ask_gives_a_word(aitia):
    assert aitia("sparql", "ASK { ?x a aitia:Model }").stdout == "true\n"
    assert aitia("sparql", "ASK { ?x a aitia:Decision }").stdout == "false\n"


def test_construct_gives_turtle(aitia):
    text = aitia("sparql", "CONSTRUCT { ?x a aitia:Model } WHERE { ?x a aitia:Model }").stdout
    assert "@prefix aitia:" in text
    assert len(list(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))) == 3


def test_the_query_from_a_file_or_the_standard_input(aitia):
    (aitia.folder / "q.rq").write_text(SELECT, encoding="utf-8")
    expected = aitia("sparql", SELECT).stdout
    assert aitia("sparql", "-f", "q.rq").stdout == expected
    assert aitia("sparql", stdin=SELECT).stdout == expected


def test_a_query_and_a_file(aitia):
    (aitia.folder / "q.rq").write_text(SELECT, encoding="utf-8")
    assert "a query and a file" in aitia.refused("sparql", SELECT, "-f", "q.rq")


def test_a_file_that_is_not_text(aitia):
    (aitia.folder / "q.rq").write_bytes(b"\xff\xfe")
    assert "q.rq is not UTF-8" in aitia.refused("sparql", "-f", "q.rq")


def test_what_is_not_sparql_says_where(aitia):
    told = aitia.refused("sparql", "SELECT ?x { ?x a nope:Model }")
    assert "line 1" in told
    assert "SELECT ?x" in told


def test_an_update_is_refused(aitia):
    told = aitia.refused("sparql", "INSERT DATA { <u:a> <u:b> 1 }")
    assert "not a query" in told
    assert "SELECT" in told


SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f FILTER(STR(?b) < STR(?f)) }"


def test_a_query_is_stopped_after_its_time(aitia):
    told = aitia.refused("sparql", "--timeout", "0.5", SLOW)
    assert "stopped after" in told
    assert "--timeout" in told


def test_ctrl_c_stops_a_query_at_once(aitia):
    environment = {**os.environ, "AITIA_DIR": str(aitia.folder / ".aitia")}
    command = [sys.executable, "-m", "aitia.cli", "sparql", SLOW]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not list((aitia.folder / ".aitia").glob("store.reading-*")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.5)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=20)
    assert time.monotonic() - began < 10
    assert "stopped after" in told
    assert process.returncode != 0
    assert not list((aitia.folder / ".aitia").glob("store.reading-*"))
