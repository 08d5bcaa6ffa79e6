"""One asker of a store: what it asks can be stopped, and what others ask goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from aitia.errors import QueryStoppedError
from aitia.query.limited import LimitedStore
from aitia.query.stopping import StoppableStore
from aitia.store.oxigraph import OxigraphStore

GRAPH = "urn:uuid:00000000-0000-4000-8000-000000000001#bundle"
THRICE = "?a <urn:p> ?b . ?c <urn:p> ?d . ?e <urn:p> ?f FILTER(CONCAT(?b, ?f) = 'x')"
SLOW = f"SELECT (COUNT(*) AS ?n) {{ {THRICE} }}"


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LimitedStore]:
    store = OxigraphStore(tmp_path_factory.mktemp("stopping") / "store")
    quads = "".join(f'<urn:s{i}> <urn:p> "{i}" <{GRAPH}> .\n' for i in range(3000))
    store.replace({GRAPH: quads.encode()})
    with LimitedStore(store, 60) as found:
        yield found
    store.close()


def test_a_query_that_runs_is_stopped_and_others_go_on(pool: LimitedStore) -> None:
    asker, other = StoppableStore(pool), StoppableStore(pool)
    timer = threading.Timer(1, asker.stop)
    timer.start()
    began = time.monotonic()
    with pytest.raises(QueryStoppedError, match="nobody waits"):
        asker.select(SLOW)
    timer.join()
    assert time.monotonic() - began < 20
    assert other.ask("ASK { <urn:s1> <urn:p> '1' }")


def test_nothing_is_asked_after_the_stop(pool: LimitedStore) -> None:
    asker = StoppableStore(pool)
    asker.stop()
    with pytest.raises(QueryStoppedError):
        asker.ask("ASK { <urn:s1> <urn:p> '1' }")


def test_a_stop_after_the_answer_ends_no_process_of_others(pool: LimitedStore) -> None:
    asker = StoppableStore(pool)
    assert len(list(asker.select("SELECT * { ?s <urn:p> ?o }").rows)) == 3000
    asker.stop()
    (idle,) = pool._idle
    assert pool.ask("ASK { <urn:s1> <urn:p> '1' }")
    assert pool._idle == [idle]


def test_rows_end_with_the_stop(pool: LimitedStore) -> None:
    asker = StoppableStore(pool)
    rows = asker.select("SELECT * { ?a <urn:p> ?b . ?c <urn:p> ?d }").rows
    assert next(rows)
    asker.stop()
    with pytest.raises(QueryStoppedError):
        for _ in rows:
            pass
