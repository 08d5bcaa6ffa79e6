from __future__ import annotations

from pathlib import Path

import pytest

from aitia.ingest.pipeline import teach
from aitia.query.classes import ancestors, prefixes
from aitia.store.oxigraph import OxigraphStore
from aitia.validation.extensions import load
from aitia.vocabulary.terms import ANCESTORS

MODULE = """@prefix lab: <https://example.org/lab#> .
@prefix aitia: <https://w3id.org/aitia/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://example.org/lab> a owl:Ontology .
lab:Plate a owl:Class ; rdfs:subClassOf aitia:Dataset .
lab:Dish a owl:Class ; rdfs:subClassOf lab:Plate .
"""


@pytest.fixture
def store() -> OxigraphStore:
    return OxigraphStore(None)


def test_without_extensions_the_ontology_says_what_is_above(store: OxigraphStore) -> None:
    assert ancestors(store) is ANCESTORS


def test_classes_of_an_extension_are_below_those_of_the_ontology(
    store: OxigraphStore, tmp_path: Path
) -> None:
    path = tmp_path / "lab.ttl"
    path.write_text(MODULE)
    teach(store, load([str(path)]))
    above = ancestors(store)["https://example.org/lab#Dish"]
    assert {"https://example.org/lab#Plate", "aitia:Dataset", "prov:Entity"} <= set(above)


def test_the_prefix_of_an_extension_is_known(store: OxigraphStore, tmp_path: Path) -> None:
    path = tmp_path / "lab.ttl"
    path.write_text(MODULE)
    assert prefixes(store) == {}
    teach(store, load([str(path)]))
    assert prefixes(store) == {"lab": "https://example.org/lab#"}
