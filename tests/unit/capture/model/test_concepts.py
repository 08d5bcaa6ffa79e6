import re
from pathlib import Path

import pytest

from aitia import resources
from aitia.capture.model import concepts
from aitia.records import Entity


def test_frameworks_call_the_same_thing_differently() -> None:
    assert concepts.optimizer("adam") == concepts.optimizer("Adam")
    assert concepts.optimizer("Adam") == Entity("scheme:optimizer#Adam", "aitia:Optimizer", "Adam")
    assert concepts.loss("log_loss") == concepts.loss("CrossEntropyLoss")
    assert concepts.loss("squared_error") == concepts.loss("MSELoss")


def test_an_unknown_name_is_a_concept_of_its_own() -> None:
    assert concepts.optimizer("Lion") == Entity("scheme:optimizer#Lion", "aitia:Optimizer", "Lion")
    assert concepts.loss("my_own loss").id == "scheme:loss-function#MyOwnLoss"


def test_where_names_are_not_all_optimisers_an_unknown_one_is_none() -> None:
    assert concepts.optimizer("svd", closed=True) is None
    assert concepts.optimizer("lbfgs", closed=True) is not None


@pytest.mark.parametrize(
    ("scheme", "names"),
    [("optimizer", concepts._OPTIMIZERS), ("loss-function", concepts._LOSSES)],
)
def test_every_known_name_is_a_concept_of_the_taxonomy(scheme: str, names: dict[str, str]) -> None:
    text = Path(resources.path("ontology"), "taxonomies", f"{scheme}.ttl").read_text("utf-8")
    defined = set(re.findall(r"^:(\w+) a ", text, re.MULTILINE))
    assert set(names.values()) <= defined
