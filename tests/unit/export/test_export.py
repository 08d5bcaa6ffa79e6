"""The one door of exports: every format by its name, and clear refusals."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from aitia.errors import ExportError, NotFoundError
from aitia.export import FORMATS, CrateOptions, export, format_of
from aitia.records import RunEnded, RunStarted
from aitia.store.oxigraph import OxigraphStore

ONE, TWO = "8e077096-e943-4091-9833-1649ddf057c8", "9e077096-e943-4091-9833-1649ddf057c8"
FILES = sorted(name for name, known in FORMATS.items() if known.endings != ("/",))


@pytest.fixture
def full(store: OxigraphStore, keep: Callable[..., str]) -> OxigraphStore:
    for run in (ONE, TWO):
        keep([RunStarted(run, "a run", 5), RunEnded(6)], run=run)
    return store


@pytest.mark.parametrize("name", FILES)
def test_a_file_and_a_stream_get_the_same(full: OxigraphStore, tmp_path: Path, name: str) -> None:
    stream = io.BytesIO()
    path = tmp_path / f"out{FORMATS[name].endings[0]}"
    assert export(full, name, stream) == export(full, name, path)
    assert stream.getvalue() == path.read_bytes() != b""
    assert format_of(path) == name


@pytest.mark.parametrize("name", FILES)
def test_one_run_holds_nothing_of_the_other(full: OxigraphStore, name: str) -> None:
    stream = io.BytesIO()
    done = export(full, name, stream, ONE)
    assert (done.format, done.runs) == (name, 1)
    assert ONE.encode() in stream.getvalue()
    assert TWO.encode() not in stream.getvalue()


def test_a_crate_is_a_folder(full: OxigraphStore, tmp_path: Path) -> None:
    done = export(full, "rocrate", tmp_path / "crate", crate=CrateOptions(licence="urn:x:cc0"))
    assert (done.runs, done.things) == (2, 2)
    assert b"urn:x:cc0" in (tmp_path / "crate" / "ro-crate-metadata.json").read_bytes()
    with pytest.raises(ExportError, match="cannot go to a stream"):
        export(full, "rocrate", io.BytesIO())


def test_no_optional_library_is_needed(
    full: OxigraphStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("rdflib", "prov", "rocrate", "numpy", "pandas", "pyarrow"):
        monkeypatch.setitem(sys.modules, name, None)
    for name in FORMATS:
        assert export(full, name, tmp_path / name).runs == 2


def test_an_unknown_format_gets_the_list(full: OxigraphStore, tmp_path: Path) -> None:
    with pytest.raises(ExportError) as caught:
        export(full, "rdfxml", tmp_path / "x")
    assert str(caught.value) == (
        "there is no format 'rdfxml'. expected one of jsonld, nquads, provjson, rocrate, trig, "
        "turtle. next: aitia export --help"
    )


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("runs.ttl", "turtle"),
        ("RUNS.NQ", "nquads"),
        ("a.prov.json", "provjson"),
        ("crate/", "rocrate"),
        ("x.jsonld", "jsonld"),
    ],
)
def test_formats_by_ending(name: str, form: str) -> None:
    assert format_of(name) == form


def test_an_unknown_ending_gets_the_list() -> None:
    with pytest.raises(ExportError, match=r"expected one of \.ttl, \.trig, \.nq, \.jsonld"):
        format_of("runs.txt")


def test_an_unknown_run_writes_nothing(full: OxigraphStore, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no run 'nobody'"):
        export(full, "turtle", tmp_path / "x.ttl", "nobody")
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_returns_no_quads_is_refused(full: OxigraphStore) -> None:
    class Damaged(OxigraphStore):
        def graphs(self) -> list[str]:
            return [f"urn:uuid:{ONE}#bundle"]

        def dump(self, graph: str) -> bytes:
            return b"<a> <b .\n"

    with pytest.raises(ExportError, match="is not N-Quads"):
        export(Damaged(None), "turtle", io.BytesIO())


def test_formats_that_rdf_tools_know_have_their_media_type() -> None:
    for name, form in {"turtle": ox.RdfFormat.TURTLE, "trig": ox.RdfFormat.TRIG}.items():
        assert FORMATS[name].media_type == form.media_type
        assert FORMATS[name].endings == (f".{form.file_extension}",)
