"""Names of samplers, and the concepts of the taxonomy that they stand for."""

from __future__ import annotations

import re

import pytest

from aitia import resources
from aitia.vocabulary.strategies import NAMES, strategy

_CONCEPT = re.compile(r"^:(\w+) a skos:Concept ;(.*?)\.\n(?=\n|\Z)", re.MULTILINE | re.DOTALL)
_LABELS = re.compile(r"skos:(?:pref|alt)Label (.*?) ;\n")


def labels() -> list[tuple[str, str]]:
    text = resources.read_text("ontology", "taxonomies", "sampling-strategy.ttl")
    found = []
    for concept, body in _CONCEPT.findall(text):
        names = re.findall(r'"([^"]+)"', " ".join(_LABELS.findall(body)))
        found += [(concept, name) for name in (concept, *names)]
    return found


def test_each_name_of_the_taxonomy_leads_to_its_concept() -> None:
    found = labels()
    assert len({concept for concept, _ in found}) == 10
    for concept, name in found:
        known = strategy(name)
        # It is the parent of three concepts, and itself says too little to make an experiment.
        wanted = None if concept == "IndependentOfResults" else concept
        assert (None if known is None else known.name) == wanted, name


@pytest.mark.parametrize(
    ("name", "concept", "independent"),
    [
        ("TPESampler", "BayesianOptimisation", False),
        ("GPSampler", "BayesianOptimisation", False),
        ("CmaEsSampler", "EvolutionarySearch", False),
        ("NSGA-Net", "EvolutionarySearch", False),
        ("HalvingGridSearchCV", "EarlyStoppingSearch", False),
        ("BruteForceSampler", "Factorial", True),
        ("QMCSampler", "QuasiRandom", True),
        ("RandomizedSearchCV", "RandomSearch", True),
    ],
)
def test_names_of_libraries_are_known(name: str, concept: str, independent: bool) -> None:
    found = strategy(name)
    assert found is not None
    assert (found.name, found.independent) == (concept, independent)
    assert found.concept == f"scheme:sampling-strategy#{concept}"


def test_other_names_are_not_guessed() -> None:
    for name in ("", "randm", "random forest", "dice", "by habit", "PartialFixedSampler"):
        assert strategy(name) is None
    assert len({strategy(name) for name in NAMES} - {None}) == len(NAMES)
