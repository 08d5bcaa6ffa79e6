"""Queries with a limit: they stop, they say so, and what they gave before is right."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aitia.errors import QueryError, QueryTimeoutError, StoreError
from aitia.query.limited import LimitedStore
from aitia.query.run import sparql
from aitia.store.beside import COPIES, sweep
from aitia.store.oxigraph import OxigraphStore

MANY = 3000
SLOW = "SELECT (COUNT(*) AS ?n) { ?a <urn:p> ?b . ?c <urn:p> ?d FILTER(?b * ?d = 0.5) }"
GRAPH = "urn:uuid:00000000-0000-4000-8000-000000000001#bundle"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OxigraphStore]:
    found = OxigraphStore(tmp_path_factory.mktemp("limited") / "store")
    quads = "".join(f'<urn:s{i}> <urn:p> "{i}"^^<urn:i> <{GRAPH}> .\n' for i in range(MANY))
    quads = quads.replace("urn:i>", "http://www.w3.org/2001/XMLSchema#integer>")
    found.replace({GRAPH: quads.encode()})
    yield found
    found.close()


@pytest.fixture
def limited(store: OxigraphStore) -> Iterator[LimitedStore]:
    with LimitedStore(store, 30) as found:
        yield found


def test_a_query_is_stopped_and_the_next_one_answered(store: OxigraphStore) -> None:
    with LimitedStore(store, 0.5) as limited:
        began = time.monotonic()
        with pytest.raises(QueryTimeoutError, match="the query was stopped after"):
            list(limited.select(SLOW).rows)
        assert time.monotonic() - began < 5
        limited.seconds = 30
        assert limited.ask("ASK { <urn:s1> <urn:p> 1 }")


def test_it_answers_as_the_store_itself(store: OxigraphStore, limited: LimitedStore) -> None:
    texts = (
        "SELECT ?s ?o { ?s <urn:p> ?o } ORDER BY ?o",
        'SELECT ?x ?y { VALUES (?x ?y) { ("a"@en 1.5) (UNDEF "a\\nb") (<urn:x> true) } }',
        "SELECT ?s { ?s <urn:none> ?o }",
        "ASK { ?s ?p 7 }",
        "CONSTRUCT { ?s <urn:q> ?o } WHERE { ?s <urn:p> ?o FILTER(?o < 9) }",
        "SELECT * { ?run a aitia:WorkflowRun }",
    )
    for text in texts:
        ours, theirs = sparql(limited, text), sparql(store, text)
        assert getattr(ours, "rows", ours) == getattr(theirs, "rows", theirs)
    rows = limited.select("SELECT ?o { ?s ?p ?o }", graphs=[GRAPH]).rows
    assert len(list(rows)) == MANY


@pytest.mark.parametrize("text", ["SELEC ?x", "ASK { }", "SELECT * { SERVICE <http://x/> { } }"])
def test_what_the_store_refuses_is_refused(limited: LimitedStore, text: str) -> None:
    with pytest.raises(QueryError):
        limited.select(text)


def test_half_a_character_is_refused(limited: LimitedStore) -> None:
    with pytest.raises(QueryError, match="Unicode"):
        limited.select("SELECT * { ?s ?p '\ud800' }")


def test_rows_left_unread_end_their_process(limited: LimitedStore) -> None:
    rows = limited.select("SELECT * { ?a ?p ?b . ?c ?q ?d }").rows
    next(rows)
    rows.close()  # type: ignore[attr-defined]
    assert limited.ask("ASK { ?s ?p ?o }")


def test_the_first_row_comes_before_the_last_is_found(limited: LimitedStore) -> None:
    limited.ask("ASK { }")
    began = time.monotonic()
    next(limited.select("SELECT * { ?a ?p ?b . ?c ?q ?d }").rows)
    assert time.monotonic() - began < 5


def test_what_is_written_is_seen_by_the_next_query(limited: LimitedStore) -> None:
    other = GRAPH.replace("1#", "2#")
    assert not limited.ask("ASK { <urn:new> ?p ?o }")
    limited.replace({other: f"<urn:new> <urn:p> <urn:o> <{other}> .\n".encode()})
    assert limited.ask("ASK { <urn:new> ?p ?o }")
    limited.replace({other: b""})
    assert not limited.ask("ASK { <urn:new> ?p ?o }")


def test_a_process_that_dies_is_an_error_and_the_next_query_gets_another(
    store: OxigraphStore,
) -> None:
    with LimitedStore(store, 30) as limited:
        limited.ask("ASK { }")
        (asked,) = limited._idle
        os.kill(asked._process.pid, signal.SIGKILL)
        with pytest.raises(StoreError, match="ended with"):
            limited.ask("ASK { }")
        assert limited.ask("ASK { ?s ?p ?o }")


def test_a_store_in_memory_is_asked_here() -> None:
    with LimitedStore(OxigraphStore(), 5) as limited:
        assert not limited.apart
        assert not limited.ask("ASK { <urn:s1> ?p ?o }")
        assert list(limited.select("SELECT ?s { ?s <urn:p> ?o }").rows) == []


def test_copies_of_processes_that_are_gone_are_removed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    )
    old = tmp_path / f"store{COPIES}{done.stdout.strip()}-1-1"
    mine = tmp_path / f"store{COPIES}{os.getpid()}-1-1"
    old.mkdir()
    mine.mkdir()
    sweep(str(tmp_path / "store"))
    assert (old.exists(), mine.exists()) == (False, True)


def test_nothing_is_left_beside_the_store(store: OxigraphStore) -> None:
    with LimitedStore(store, 30) as limited:
        limited.ask("ASK { }")
    assert store.path is not None
    assert [n for n in os.listdir(os.path.dirname(store.path)) if COPIES in n] == []


def test_triples_come_as_they_are_found(store: OxigraphStore) -> None:
    pairs = "CONSTRUCT { ?a <urn:with> ?c } { ?a <urn:p> ?b . ?c <urn:p> ?d }"
    with LimitedStore(store, 30) as limited:
        began = time.monotonic()
        first = next(limited.triples(pairs))
        # All nine million of them take a minute.
        assert time.monotonic() - began < 10
    assert first.endswith(b" .\n")
    assert first.count(b"\n") < MANY * MANY / 10


def test_triples_that_do_not_come_are_stopped(store: OxigraphStore) -> None:
    slow = "CONSTRUCT { ?a <urn:q> ?c } { ?a <urn:p> ?b . ?c <urn:p> ?d FILTER(?b * ?d = 0.5) }"
    with LimitedStore(store, 0.5) as limited, pytest.raises(QueryTimeoutError):
        limited.triples(slow)
