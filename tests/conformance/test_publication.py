"""What is published of the ontology: every format, every address, and no term ever lost."""

from __future__ import annotations

import asyncio
import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pyoxigraph as ox
import pytest

ROOT = Path(__file__).parents[2]
BASE = "https://w3id.org/aitia/"


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ontology, released, pages = tool("ontology"), tool("released"), tool("ontology_pages")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("published") / "ontology"
    ontology.build(folder)
    return folder


def names() -> list[str]:
    return [name for name, _ in ontology.documents()]


def test_every_document_is_there_in_every_format(built: Path) -> None:
    assert len(names()) >= 40
    for name in names():
        assert all((built / f"{name}.{ending}").is_file() for ending in ontology.FORMATS), name
    assert (built / "context.jsonld").is_file()


def test_a_format_that_says_another_graph_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    triples = ontology.parse(ROOT / "ontology/causal.ttl")
    ontology.serialise(tmp_path, "causal", triples)
    write = ox.serialize

    def forgetful(triples: list[ox.Triple], *rest: object, **more: object) -> None:
        other = [*triples[1:], ox.Triple(ontology.WHOLE, ontology.TYPE, ontology.PROV)]
        write(other, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ontology.ox, "serialize", forgetful)
    with pytest.raises(SystemExit, match="says another graph"):
        ontology.serialise(tmp_path, "causal", triples)


def test_all_formats_say_the_same(built: Path) -> None:
    rdflib = pytest.importorskip("rdflib")
    compare = pytest.importorskip("rdflib.compare")
    graphs = [
        rdflib.Graph().parse(built / f"causal.{ending}", format=form)
        for ending, form in (("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld"), ("nt", "nt"))
    ]
    assert len(graphs[0]) > 100
    assert all(compare.isomorphic(graphs[0], other) for other in graphs[1:])


def test_the_whole_imports_prov_alone_and_keeps_every_term(built: Path) -> None:
    quads = list(ox.parse(path=str(built / "all.nt"), format=ox.RdfFormat.N_TRIPLES))
    imports = [quad.object for quad in quads if quad.predicate == ontology.IMPORTS]
    headers = [quad.subject for quad in quads if quad.object == ontology.HEADER]
    assert imports == [ontology.PROV]
    assert headers == [ontology.WHOLE]
    terms = {term for term in released.declared(quad.triple for quad in quads) if "/ns#" in term}
    assert {term for term in released.released() if "/ns#" in term} <= terms


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # pyLODE leaves its files to the collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_pages_that_readers_are_sent_to_are_made(built: Path) -> None:
    if importlib.util.find_spec("pylode") is None:
        pytest.skip("pyLODE is not installed: pip install 'aitia[pages]'")
    # The library that pyLODE writes with makes an event loop where there is none, and leaves it.
    with asyncio.Runner() as runner:
        asyncio.set_event_loop(runner.get_loop())
        ontology.page(built, "causal")
        asyncio.set_event_loop(None)
    text = (built / "causal.html").read_text(encoding="utf-8")
    assert "causal claim" in text
    for term in ("CausalClaim", "FeatureTable", "endMarks"):
        assert text.count(f'id="{term}"') >= 1


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("javac") is None, reason="no JDK: the OWL API cannot run")
def test_the_owl_syntaxes_are_written(built: Path) -> None:
    pytest.importorskip("owlready2")
    assert ontology.owl(built) == "7 ontologies in OWL/XML and functional syntax"
    functional = (built / "all.ofn").read_text(encoding="utf-8")
    assert "Declaration(Class(<https://w3id.org/aitia/ns#CausalClaim>))" in functional
    assert "<Ontology" in (built / "core.owx").read_text(encoding="utf-8")


def test_no_released_term_is_gone() -> None:
    assert len(released.released()) > 300
    assert released.removed() == []


def test_a_term_that_is_gone_is_named_and_a_deprecated_one_is_not(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "ontology", tmp_path / "ontology")
    path = tmp_path / "ontology/causal.ttl"
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    kept = [block for block in blocks if not block.startswith("aitia:FeatureTable ")]
    path.write_text("\n\n".join(kept), encoding="utf-8")
    assert released.removed(tmp_path / "ontology") == [BASE + "ns#FeatureTable"]
    kept.append("aitia:FeatureTable owl:deprecated true .\n")
    path.write_text("\n\n".join(kept), encoding="utf-8")
    assert released.removed(tmp_path / "ontology") == []


def test_the_page_and_the_diagrams_are_fresh() -> None:
    assert pages.main(["--check"]) == 0


@pytest.mark.parametrize("name", [*ontology.MODULES])
def test_a_diagram_shows_every_class_of_its_module(name: str) -> None:
    svg = (ROOT / f"docs/images/ontology/{name}.svg").read_text(encoding="utf-8")
    classes = pages.read()[name].classes
    assert classes
    assert all(f">{one.name}</text>" in svg for one in classes)
