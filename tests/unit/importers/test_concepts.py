"""Foreign names of optimizers and losses, as concepts of the ontology's schemes."""

from __future__ import annotations

from aitia.importers.concepts import concept
from aitia.vocabulary.iris import SCHEME


def test_finds_a_concept_by_any_of_its_names() -> None:
    for name in ("SGD", "sgd", "stochastic gradient descent"):
        assert concept("optimizer", "aitia:Optimizer", name).id == f"{SCHEME}optimizer#SGD"
    found = concept("loss-function", "aitia:LossFunction", "CrossEntropyLoss")
    assert found == (
        f"{SCHEME}loss-function#CrossEntropy",
        "aitia:LossFunction",
        "CrossEntropy",
        None,
        {},
    )


def test_an_unknown_name_is_a_concept_of_its_own() -> None:
    found = concept("optimizer", "aitia:Optimizer", "Sophia G")
    assert (found.id, found.label) == (f"{SCHEME}optimizer#Sophia%20G", "Sophia G")
