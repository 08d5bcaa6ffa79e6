from __future__ import annotations

import pyoxigraph as ox
import pytest

from aitia.validation.constraints import COMPONENTS
from aitia.validation.words import bare, default_message, severity_name


@pytest.mark.parametrize("kind", sorted(COMPONENTS))
def test_every_component_has_a_sentence(kind: str) -> None:
    name = kind[0].upper() + kind[1:] + "ConstraintComponent"
    assert "ConstraintComponent" not in default_message(name)


def test_components_of_others_are_named() -> None:
    assert default_message("MyComponent") == "The constraint MyComponent is broken"


def test_severities() -> None:
    assert severity_name("http://www.w3.org/ns/shacl#Warning") == "should"
    assert severity_name("urn:x:Fatal") == "urn:x:Fatal"


def test_bare_terms() -> None:
    assert bare(ox.NamedNode("urn:a")) == "urn:a"
    assert bare(ox.Literal("a")) == '"a"'
