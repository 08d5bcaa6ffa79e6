"""The taxonomies that divide the terms: architecture from behaviour, and telemetry by quantity."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest

from aitia import resources
from aitia.vocabulary.terms import (
    ANCESTORS,
    CLASSES,
    DATA_PROPERTIES,
    MODULES,
    OBJECT_PROPERTIES,
)

SKOS = "http://www.w3.org/2004/02/skos/core#"
SEE = "http://www.w3.org/2000/01/rdf-schema#seeAlso"
AITIA = "https://w3id.org/aitia/ns#"
FAMILIES = {
    "NeuralNetworks",
    "TreesAndEnsembles",
    "LinearModels",
    "KernelModels",
    "Clusterings",
    "ProbabilisticModels",
    "FoundationModels",
}
TERMS = CLASSES | DATA_PROPERTIES | OBJECT_PROPERTIES
POINTING = (
    "architectural-feature",
    "behavioural-feature",
    "layer-kind",
    "model-family",
    "telemetry-quantity",
)
KINDS = ("feedback-kind", "decision-kind", "adaptation-method", "split-role")
# What each training has, whatever its method, and what models have in common.
COMMON = {
    "aitia:Architecture",
    "aitia:Checkpoint",
    "aitia:EvaluationRun",
    "aitia:Model",
    "aitia:TrainingEpoch",
    "aitia:checkpointStep",
    "aitia:evaluatedOn",
    "aitia:hasArchitecture",
    "aitia:trainedOn",
}


def concepts(name: str) -> dict[str, dict[str, set[str]]]:
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    path = resources.path("ontology", "taxonomies", f"{name}.ttl")
    for triple in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
        _, mark, local = str(triple.subject)[1:-1].partition("#")
        value = triple.object
        if mark and isinstance(value, (ox.NamedNode, ox.Literal)):
            found[local][triple.predicate.value].add(value.value)
    return found


def pointed(name: str) -> set[str]:
    """Return the terms of the ontology to which the concepts of a scheme point."""
    return {iri.replace(AITIA, "aitia:") for about in concepts(name).values() for iri in about[SEE]}


@pytest.mark.parametrize("name", POINTING)
def test_a_scheme_points_to_terms_that_exist(name: str) -> None:
    assert pointed(name)
    assert pointed(name) - TERMS == set()


@pytest.mark.parametrize("name", POINTING[:2])
def test_both_taxonomies_speak_of_every_kind_of_model(name: str) -> None:
    found = concepts(name)
    tops = {local for local, about in found.items() if about[SKOS + "topConceptOf"]}
    assert tops == FAMILIES
    parents = {iri.partition("#")[2] for about in found.values() for iri in about[SKOS + "broader"]}
    assert parents >= FAMILIES
    leaves = found.keys() - parents
    assert all(found[leaf][SEE] for leaf in leaves)


def test_what_is_architecture_is_not_behaviour() -> None:
    assert pointed("architectural-feature") & pointed("behavioural-feature") == set()


def test_every_term_of_models_has_its_place() -> None:
    placed = pointed("architectural-feature") | pointed("behavioural-feature")
    terms = {term for term in TERMS if MODULES.get(term) == "model"}
    assert terms >= COMMON
    assert terms - placed == COMMON


def test_every_kind_of_architecture_has_families() -> None:
    kinds = {term for term in CLASSES if "aitia:Architecture" in ANCESTORS[term]}
    assert len(kinds) >= 6
    assert kinds <= pointed("model-family")


def test_every_sampled_quantity_has_its_place() -> None:
    found = concepts("telemetry-quantity")
    placed = {name for about in found.values() for name in about[SKOS + "altLabel"]}
    page = Path(resources.root()) / "docs" / "reference" / "graph.md"
    if not page.exists():
        pytest.skip("an installed copy comes without the pages")
    _, _, rest = page.read_text(encoding="utf-8").partition("Telemetry about the run")
    listed = set(re.findall(r"`([a-z_]+_[a-z_]+)`", rest.partition("\n## ")[0]))
    assert len(listed) >= 15
    assert listed == placed


@pytest.mark.parametrize(
    "name", ["feedback-kind", "decision-kind", "adaptation-method", "split-role"]
)
def test_kinds_used_in_examples_are_concepts(name: str) -> None:
    found = concepts(name)
    used = set()
    for path in (*Path(resources.path("ontology", "examples")).glob("*.ttl"), VALID):
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(rf"scheme/{name}#(\w+)", text))
    assert used
    assert used <= found.keys()


VALID = Path(__file__).parents[1] / "shapes" / "valid.ttl"
