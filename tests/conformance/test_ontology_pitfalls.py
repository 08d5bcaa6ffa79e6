"""Pitfalls of ontologies: none is in ours without a reason, and each is found when planted."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools/ontology_quality.py"
DEFECTS: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "ontology_pitfalls/defects.toml").read_text(encoding="utf-8")
)
CORE = "https://w3id.org/aitia/core"
PREFIXES = {
    "aitia": "https://w3id.org/aitia/ns#",
    "o": "https://w3id.org/aitia/scheme/optimizer#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "prov": "http://www.w3.org/ns/prov#",
    "dcterms": "http://purl.org/dc/terms/",
    "vann": "http://purl.org/vocab/vann/",
    "bibo": "http://purl.org/ontology/bibo/",
}


def tool() -> Any:
    spec = importlib.util.spec_from_file_location("ontology_quality", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


quality = tool()
PITFALLS = {pitfall.name: pitfall for pitfall in quality.pitfalls()}


@pytest.fixture(scope="module")
def ontology() -> ox.Store:
    return quality.load()


@pytest.fixture
def copy(ontology: ox.Store) -> ox.Store:
    store = ox.Store()
    store.extend(ontology)
    return store


def plant(store: ox.Store, defect: dict[str, str]) -> None:
    graph = defect.get("graph", CORE)
    if "remove" in defect:
        head = "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items())
        store.update(f"{head} DELETE WHERE {{ GRAPH <{graph}> {{ {defect['remove']} }} }}")
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    store.load(
        (head + defect.get("add", "")).encode(),
        format=ox.RdfFormat.TURTLE,
        to_graph=ox.NamedNode(graph),
    )


@pytest.mark.parametrize("name", PITFALLS)
def test_the_ontology_is_free_of(name: str, ontology: ox.Store) -> None:
    found = {name: quality.look(ontology, PITFALLS[name])}
    assert quality.unexpected(found) == []


def test_every_pitfall_has_a_planted_defect() -> None:
    assert set(DEFECTS) == set(PITFALLS)


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_found(name: str, ontology: ox.Store, copy: ox.Store) -> None:
    before = set(quality.look(ontology, PITFALLS[name]))
    plant(copy, DEFECTS[name])
    new = set(quality.look(copy, PITFALLS[name])) - before
    assert DEFECTS[name]["finds"] in {one.focus for one in new}
    # Only what was planted is new: the query does not cry at its neighbours.
    assert len(new) <= 8


def test_what_is_allowed_is_found_and_has_a_reason(ontology: ox.Store) -> None:
    found = {(one.pitfall, one.focus) for rows in quality.survey(ontology).values() for one in rows}
    reasons = quality.allowed()
    assert set(reasons) - found == set()
    for why in reasons.values():
        assert len(why) >= 20
        assert why.endswith(".")
    assert not [name for name, _ in reasons if PITFALLS[name].after.startswith("OOPS! P40")]


@pytest.mark.parametrize("name", PITFALLS)
def test_a_pitfall_says_what_it_is(name: str) -> None:
    pitfall = PITFALLS[name]
    assert pitfall.level in ("error", "warning", "info")
    assert pitfall.title[0].isupper()
    assert not pitfall.title.endswith(".")
    assert pitfall.after
    assert pitfall.text.isascii()


def test_the_page_is_fresh(ontology: ox.Store) -> None:
    assert quality.TARGET.read_text(encoding="utf-8") == quality.page(ontology), (
        "run: python tools/ontology_quality.py"
    )
