"""Parts of large graphs: in memory or in files, and in the store while others are made."""

from pathlib import Path

import pytest

from aitia.errors import StoreError
from aitia.ingest import parts
from aitia.ingest.parts import Loader, Parts
from aitia.store.oxigraph import OxigraphStore

GRAPH = "urn:g"


def triple(number):
    return f"<urn:s{number}>", "<urn:p>", f'"{number}"'


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(parts, "PART_BYTES", 60)


def test_a_small_graph_stays_in_memory(tmp_path):
    made = Parts(str(tmp_path), GRAPH)
    made.write([triple(1), triple(2)])
    made.write([triple(3)])

    assert made.end().count(b" <urn:g> .\n") == made.quads == 3
    assert not made.paths
    assert not list(tmp_path.iterdir())


def test_a_large_graph_goes_to_files(tmp_path, small):
    made = Parts(str(tmp_path), GRAPH)
    for number in range(5):
        made.write([triple(number)])

    assert made.end() == b""
    assert b"".join(Path(path).read_bytes() for path in made.paths).count(b"\n") == 5
    made.restart()
    assert not list(tmp_path.iterdir())


def test_parts_are_in_the_store_before_all_are_made(tmp_path, small):
    store = OxigraphStore(None)
    with Loader(store, set()) as loader:
        made = Parts(str(tmp_path), GRAPH, loader)
        made.write([triple(1), triple(2)])
        assert loader.took(tuple(made.paths))
        assert store.dump(GRAPH).count(b"\n") == 2
        made.restart()
        made.write([triple(3), triple(4)])
        made.end()
        assert loader.took(tuple(made.paths))

    assert store.dump(GRAPH).count(b"\n") == 2
    assert b"urn:s1" not in store.dump(GRAPH)


def test_what_the_store_has_stays_until_all_of_what_replaces_it_is_made(tmp_path, small):
    store = OxigraphStore(None)
    store.replace({GRAPH: b"<urn:old> <urn:p> <urn:o> <urn:g> .\n"})
    with Loader(store, store.graphs()) as loader:
        made = Parts(str(tmp_path), GRAPH, loader)
        made.write([triple(1), triple(2)])
        made.end()
        assert not loader.took(tuple(made.paths))

    assert b"urn:old" in store.dump(GRAPH)


def test_a_store_that_cannot_take_a_part_is_told_of(tmp_path, small):
    store = OxigraphStore(None)
    with Loader(store, set()) as loader:
        store.close()
        made = Parts(str(tmp_path), GRAPH, loader)
        made.write([triple(1), triple(2)])
        with pytest.raises(StoreError):
            loader.took(tuple(made.paths))
