from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aitia.capture.files import locator as file_locator
from aitia.capture.files import look
from aitia.errors import NotFoundError
from aitia.query.search import content, find
from aitia.records import Entity, Generated, RunStarted, Started, Used
from aitia.store.oxigraph import OxigraphStore
from aitia.vocabulary.iris import content_iri

RUN = "11111111-2222-4333-8444-555555555555"
OTHER = "11119999-2222-4333-8444-555555555555"
BEGAN = 1_790_000_000_000_000_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    path.write_bytes(b"a,b\n1,2\n")
    return path


def keep(*runs: tuple[str, list[Any]]) -> OxigraphStore:
    from aitia.ingest.mapping import Mapper
    from aitia.ingest.placement import Origin
    from aitia.ingest.triples import to_nquads

    store = OxigraphStore()
    for run, records in runs:
        mapper = Mapper(run, Origin("aitia", "0.1.0"))
        begun = RunStarted(run, "the run", BEGAN)
        triples = [t for i, r in enumerate([begun, *records]) for t in mapper.map(r, "", i)]
        triples += [*mapper.finish(alive=False), *mapper.describe("0" * 64)]
        store.replace({mapper.graph: to_nquads(triples, mapper.graph)})
    return store


def used(path: Path) -> list[Any]:
    """Return the records of a run that used a file as it is now."""
    digest = look(str(path), 10**6).digest
    assert digest is not None
    attributes = {"aitia:locator": file_locator(str(path))}
    entity = Entity(content_iri(digest), "aitia:Dataset", path.name, digest, attributes)
    return [entity, Used("", entity.id)]


def test_a_file_is_found_by_its_content_wherever_it_lies(file: Path, tmp_path: Path) -> None:
    store = keep((RUN, used(file)))
    copy = tmp_path / "copy.csv"
    copy.write_bytes(file.read_bytes())
    assert find(store, str(copy)) == find(store, str(file)) == content(str(file))


def test_a_digest_and_an_iri_are_found(file: Path) -> None:
    store = keep((RUN, used(file)))
    here = content(str(file))
    digest = look(str(file), 10**6).digest
    assert here is not None
    assert digest is not None
    assert find(store, digest.upper()) == find(store, here) == here


def test_a_file_that_changed_since_is_told(file: Path) -> None:
    store = keep((RUN, used(file)))
    before = content(str(file))
    file.write_bytes(b"other")
    with pytest.raises(NotFoundError, match="changed since") as caught:
        find(store, str(file))
    assert caught.value.next_step == f"aitia why {before}"


def test_a_file_that_is_gone_is_found_by_where_it_was(file: Path) -> None:
    store = keep((RUN, used(file)))
    before = content(str(file))
    file.unlink()
    assert find(store, str(file)) == before


def test_a_file_that_was_never_seen_is_told(file: Path) -> None:
    store = keep((RUN, []))
    with pytest.raises(NotFoundError, match="was never recorded") as caught:
        find(store, str(file))
    assert "aitia.use" in caught.value.next_step


def test_a_run_and_a_thing_are_found_by_name(file: Path) -> None:
    store = keep((RUN, used(file)))
    assert find(store, "the run") == find(store, RUN) == find(store, "1111") == f"urn:uuid:{RUN}"
    assert find(store, "data.csv") == content(str(file))


def test_a_name_that_means_many_lists_them() -> None:
    made = [
        record
        for i in range(3)
        for record in (
            Started(str(i), "make", BEGAN + i),
            Entity(f"e{i}", "aitia:Model", "net"),
            Generated(f"e{i}", str(i)),
        )
    ]
    store = keep((RUN, made))
    with pytest.raises(NotFoundError, match="3 things were 'net'") as caught:
        find(store, "net")
    assert f"urn:uuid:{RUN}#e2" in caught.value.expected


def test_a_name_that_means_two_runs_is_refused() -> None:
    store = keep((RUN, []), (OTHER, []))
    with pytest.raises(NotFoundError, match="means 2 runs"):
        find(store, "1111")


@pytest.mark.parametrize("thing", ["urn:none", "f" * 64, "ni:///sha-256;none"])
def test_an_identifier_of_nothing_is_told(thing: str) -> None:
    with pytest.raises(NotFoundError, match="nothing was recorded of"):
        find(keep((RUN, [])), thing)


@pytest.mark.parametrize("thing", ["no such", 'x" ; ?p ?o } #', "a\nb", "", "\udcff", "a\0b"])
def test_any_text_may_be_asked_for(thing: str) -> None:
    with pytest.raises(NotFoundError):
        find(keep((RUN, [])), thing)


def test_half_a_character_may_be_asked_for() -> None:
    with pytest.raises(NotFoundError):
        find(keep((RUN, [])), "\ud800")
