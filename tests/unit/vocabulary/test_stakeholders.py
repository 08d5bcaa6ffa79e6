from __future__ import annotations

import pytest

from aitia.errors import NotFoundError
from aitia.vocabulary.scopes import NAMES
from aitia.vocabulary.stakeholders import STAKEHOLDERS, name_of, named, terms_for
from aitia.vocabulary.terms import MODULES

SCHEME = "https://w3id.org/aitia/scheme/stakeholder#"


def test_there_are_six() -> None:
    assert set(STAKEHOLDERS) == {
        "data scientist",
        "HPC operator",
        "workflow developer",
        "auditor",
        "domain scientist",
        "affected person",
    }


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("auditor", "auditor"),
        ("AUDITOR", "auditor"),
        ("hpc-operator", "HPC operator"),
        ("hpc", "HPC operator"),
        ("data_scientist", "data scientist"),
        ("end user", "affected person"),
        ("ML engineer", "data scientist"),
    ],
)
def test_a_name_is_understood(text: str, name: str) -> None:
    assert named(text) == name


@pytest.mark.parametrize("text", ["", "d", "astronaut", "auditors of it"])
def test_another_name_is_refused(text: str) -> None:
    with pytest.raises(NotFoundError, match="no stakeholder"):
        named(text)


def test_the_nearest_name_is_suggested() -> None:
    with pytest.raises(NotFoundError, match="'domain scientist', perhaps"):
        named("domain scientest")


def test_every_term_matters_to_someone_and_none_is_made_up() -> None:
    scopes = [terms_for(name) for name in STAKEHOLDERS]
    assert frozenset().union(*scopes) == MODULES.keys()
    assert len(set(scopes)) == len(scopes)


def test_iris_have_names() -> None:
    assert name_of(SCHEME + "Auditor") == "auditor"
    assert name_of(SCHEME + "Nobody") is None
    assert len(NAMES) == len(STAKEHOLDERS)
