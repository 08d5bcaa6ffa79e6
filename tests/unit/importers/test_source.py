"""The file of an import: its digest, its lines, its place in the graph."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from aitia.errors import ImportFormatError, NotFoundError
from aitia.importers.source import bundle_iri, first_line, lines, open_source
from aitia.records import Derived, Entity
from aitia.store.graphs import bundle
from aitia.vocabulary.iris import content_iri

RUN = "8e077096-e943-4091-9833-1649ddf057c8"


def test_names_a_file_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"one\ntwo")
    source = open_source(path)
    digest = sha256(b"one\ntwo").hexdigest()
    assert (source.name, source.digest, source.size) == ("a.jsonl", digest, 7)
    assert list(lines(source)) == [(1, b"one", True), (2, b"two", False)]
    entity, derived = source.records(RUN, "flowcept")
    assert isinstance(entity, Entity)
    assert (entity.id, entity.digest) == (content_iri(digest), digest)
    assert derived == Derived(bundle(RUN, "flowcept"), content_iri(digest))


def test_a_bundle_has_the_name_that_the_store_gives_it() -> None:
    for recorder in ("flowcept", "flowcept-inference", "a b"):
        assert bundle_iri(RUN, recorder) == bundle(RUN, recorder)


def test_names_the_line_that_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"")
    error = open_source(path).refuse(3, "a cow", expected="a horse", next_step="swap them")
    assert str(error) == "line 3 of a.jsonl: a cow. expected a horse. next: swap them"


def test_says_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no file"):
        open_source(tmp_path / "missing")
    with pytest.raises(ImportFormatError, match="cannot be read"):
        open_source(tmp_path)
    assert first_line(tmp_path) == b""
    assert first_line(tmp_path / "missing") == b""


def test_a_name_that_is_not_utf8_becomes_text(tmp_path: Path) -> None:
    path = Path(str(tmp_path) + "/caf\udce9.jsonl")
    path.write_bytes(b"x")
    assert open_source(path).name == "caf\\udce9.jsonl"
