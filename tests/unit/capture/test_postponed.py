"""Large files that are used: hashed beside the run, named by content all the same."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from hashlib import sha256

import pytest

import aitia
from aitia.capture import files, hashing, pending, postponed
from aitia.ingest.pipeline import ingest
from aitia.journal import reader
from aitia.records import Entity, Note, Used
from aitia.store.oxigraph import OxigraphStore
from aitia.vocabulary.iris import content_iri

SIZE = (4 << 20) + 17


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "big.bin"
    path.write_bytes(os.urandom(SIZE))
    old = time.time() - 60
    os.utime(path, (old, old))
    # The change of the status shows only after a tick of the file system's clock.
    time.sleep(0.06)
    return path


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("AITIA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("AITIA_ADAPTERS", "off")
    monkeypatch.setattr(hashing, "_known", {})
    return tmp_path / "data"


def records(data):
    return [
        line.record
        for segment in reader.segments(data / "journal")
        for line in reader.read(segment)
    ]


def aside(data):
    return list((data / "journal").glob(f"*/{pending.PREFIX}*"))


def uses(data):
    query = """PREFIX prov: <http://www.w3.org/ns/prov#>
        SELECT ?x WHERE { GRAPH ?g { ?task prov:used ?x } }"""
    with closing(OxigraphStore(None)) as store:
        assert ingest(data, store).problems == ()
        return {row[0].value for row in store.select(query)[1]}


def test_it_is_named_by_its_content_at_the_end_of_the_run(data, large):
    name = content_iri(sha256(large.read_bytes()).hexdigest())
    with aitia.run("r") as run:
        assert aitia.use(large, role="training") == large
        (waiting,) = aside(data)
        assert run.id in str(waiting)
        deadline = time.monotonic() + 20
        while not hashing._known and time.monotonic() < deadline:
            time.sleep(0.01)
    assert not aside(data)
    (entity,) = [r for r in records(data) if isinstance(r, Entity)]
    assert (entity.id, entity.type, entity.label) == (name, "aitia:Dataset", "big.bin")
    assert entity.digest == sha256(large.read_bytes()).hexdigest()
    assert entity.attributes["aitia:byteSize"] == SIZE
    (used,) = [r for r in records(data) if isinstance(r, Used)]
    assert (used.activity, used.entity, used.role) == ("", name, "training")
    assert files.told[entity.digest] == "aitia:Dataset"
    assert uses(data) == {name}


def test_the_same_is_recorded_at_once_where_it_is_known(data, large):
    status = hashing.Status.of(large.stat())
    digest = sha256(large.read_bytes()).hexdigest()
    hashing._known[status] = digest
    with aitia.run("r"):
        aitia.use(large)
        assert not aside(data)
    assert uses(data) == {content_iri(digest)}


def test_what_was_not_hashed_in_time_is_left_to_the_reader(data, large, monkeypatch):
    monkeypatch.setattr(postponed, "PATIENCE", 0.0)
    monkeypatch.setattr(hashing.Hasher, "want", lambda self, path, status: None)
    with aitia.run("r"):
        aitia.use(large)
    assert len(aside(data)) == 1
    assert not [r for r in records(data) if isinstance(r, (Entity, Used))]
    assert uses(data) == {content_iri(sha256(large.read_bytes()).hexdigest())}
    assert not aside(data)


def test_what_a_reader_took_while_the_run_went_on_is_not_recorded_twice(data, large, monkeypatch):
    name = content_iri(sha256(large.read_bytes()).hexdigest())
    with aitia.run("r"):
        aitia.use(large)
        assert uses(data) == {name}
        aitia.use(large)
    assert not aside(data)
    assert uses(data) == {name}


def test_a_file_that_changed_after_it_was_hashed_keeps_its_name(data, large):
    name = content_iri(sha256(large.read_bytes()).hexdigest())
    status = hashing.Status.of(large.stat())
    with aitia.run("r"):
        aitia.use(large)
        deadline = time.monotonic() + 20
        while hashing.known(status) is None and time.monotonic() < deadline:
            time.sleep(0.01)
        large.write_bytes(b"other")
    assert uses(data) == {name}
    assert not [r for r in records(data) if isinstance(r, Note)]


@pytest.mark.parametrize("size", [0, 1 << 10, 1 << 20])
def test_small_files_are_recorded_at_once(data, tmp_path, size):
    path = tmp_path / "small"
    path.write_bytes(bytes(size))
    with aitia.run("r"):
        aitia.use(path)
        assert not aside(data)
    assert uses(data) == {content_iri(sha256(bytes(size)).hexdigest())}


def test_a_kill_loses_no_use(data, large):
    code = (
        "import aitia, sys, time, aitia.capture.hashing as h\n"
        "h.Hasher.want = lambda *a: None\n"
        "aitia.capture('killed'); aitia.use(sys.argv[1]); print('used', flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, large], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert uses(data) == {content_iri(sha256(large.read_bytes()).hexdigest())}
